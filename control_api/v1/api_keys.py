from __future__ import annotations

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.v1_errors import V1Error
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.api_keys import NewV1KeyOut, V1KeyBody, V1KeyOut, V1KeyPath, V1KeysOut
from control_api.v1.schemas.spiders import DoneOut

api_keys = v1_blueprint("api-keys", "Keys that stand for their user. A token only, never a key")


@api_keys.get("/api-keys", summary="List your keys", responses={200: V1KeysOut})
def list_v1_keys() -> Response:
    found = services().api_keys.list_of_user(current_actor())
    return json_answer([V1KeyOut.model_validate(key) for key in found])


@api_keys.post(
    "/api-keys",
    summary="Create a key",
    description="The key is shown in this answer and never again.",
    responses={200: NewV1KeyOut, 409: V1Error, 415: V1Error},
)
def create_v1_key(body: V1KeyBody) -> Response:
    key, text = services().api_keys.create_for_user(current_actor(), body.name)
    return json_answer(NewV1KeyOut.read(key, key=text))


@api_keys.delete("/api-keys/<id>", summary="Revoke a key", responses={200: DoneOut})
def revoke_v1_key(path: V1KeyPath) -> Response:
    services().api_keys.revoke_of_user(current_actor(), path.id)
    return json_answer(DoneOut(ok=True))
