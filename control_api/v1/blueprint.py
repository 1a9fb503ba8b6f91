"""What all blueprints under /api/v1 share: their prefix and the errors any may answer."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from control_api.http.v1_errors import V1Error

_COMMON_ERRORS = (400, 401, 403, 404, 413, 429, 500, 503)
# Of routes that ask for no credential and name no object.
_PUBLIC_ERRORS = (400, 413, 429, 500, 503)


def v1_blueprint(name: str, about: str, *, is_public: bool = False) -> APIBlueprint:
    return APIBlueprint(
        f"v1-{name}",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[Tag(name=f"v1: {name}", description=about)],
        abp_responses=dict.fromkeys(
            (str(status) for status in (_PUBLIC_ERRORS if is_public else _COMMON_ERRORS)), V1Error
        ),
    )
