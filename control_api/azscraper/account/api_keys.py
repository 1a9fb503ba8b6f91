from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.account.api_keys import (
    ApiKeyBody,
    ApiKeyPath,
    ApiKeysAnswer,
    NewApiKeyAnswer,
    NewApiKeyOut,
    OrganizationKeyPath,
    OrganizationKeysAnswer,
)
from control_api.azscraper.schemas.account.projects import ProjectPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, succeeded
from control_api.http.schemas import ErrorEnvelope, SuccessAnswer

api_keys = dialect_blueprint("api-keys", "Keys that stand for one project. Access tokens only")

_KEYS = "/private/projects/<projectId>/api-keys"


@api_keys.get(_KEYS, summary="List a project's keys", responses={200: ApiKeysAnswer})
def list_api_keys(path: ProjectPath) -> Response:
    keys = services().api_keys.list_all(current_actor(), path.projectId)
    return json_answer(ApiKeysAnswer.of(keys, total=len(keys)))


@api_keys.post(
    _KEYS,
    summary="Create a key",
    description="The key is shown in this answer and never again.",
    responses={201: NewApiKeyAnswer, 415: ErrorEnvelope},
)
def create_api_key(path: ProjectPath, body: ApiKeyBody) -> Response:
    key, text = services().api_keys.create(current_actor(), path.projectId, body.name)
    return json_answer(NewApiKeyAnswer.of(NewApiKeyOut.read(key, key=text)), 201)


@api_keys.patch(
    f"{_KEYS}/<id>", summary="Rename a key", responses={200: SuccessAnswer, 415: ErrorEnvelope}
)
def rename_api_key(path: ApiKeyPath, body: ApiKeyBody) -> Response:
    services().api_keys.rename(current_actor(), path.projectId, key_id=path.id, name=body.name)
    return succeeded()


@api_keys.delete(f"{_KEYS}/<id>", summary="Revoke a key", responses={200: SuccessAnswer})
def revoke_api_key(path: ApiKeyPath) -> Response:
    services().api_keys.revoke(current_actor(), path.projectId, path.id)
    return succeeded()


@api_keys.get(
    "/organization/api-keys",
    summary="List all keys of the organization",
    description="Keys of its projects and of its people, with who made each. Owners only.",
    responses={200: OrganizationKeysAnswer},
)
def list_organization_keys() -> Response:
    found = services().api_keys.list_of_organization(current_actor())
    return json_answer(OrganizationKeysAnswer.of(found, total=len(found)))


@api_keys.delete(
    "/organization/api-keys/<id>",
    summary="Revoke any key of the organization",
    description="Owners only.",
    responses={200: SuccessAnswer},
)
def revoke_organization_key(path: OrganizationKeyPath) -> Response:
    services().api_keys.revoke_of_organization(current_actor(), path.id)
    return succeeded()
