"""What all blueprints but those of /api/v1 share: the errors any route may answer."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from control_api.http.schemas import ErrorEnvelope

_COMMON_ERRORS = (400, 401, 403, 404, 413, 500, 503)
# Of routes that ask for no credential, name no object and read nothing.
_PUBLIC_ERRORS = (413, 500)


def dialect_blueprint(name: str, about: str, *, is_public: bool = False) -> APIBlueprint:
    return APIBlueprint(
        name,
        __name__,
        abp_tags=[Tag(name=name, description=about)],
        abp_responses=dict.fromkeys(
            (str(status) for status in (_PUBLIC_ERRORS if is_public else _COMMON_ERRORS)),
            ErrorEnvelope,
        ),
    )
