from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, BaseModel, Field

from control_api.http.requests.inputs import Name
from control_api.http.schemas import Answer, Body, Envelope, ListMeta, Moment


def _of_key(name: str, attribute: str) -> Any:
    """A field that is read from the `key` of a ListedKey, or from an answer's own JSON."""
    return Field(validation_alias=AliasChoices(name, AliasPath("key", attribute)))


class ApiKeyPath(BaseModel):
    projectId: str
    id: str


class ApiKeyBody(Body):
    name: Name


class NewApiKeyOut(Answer):
    id: str
    name: str
    key: str
    createdAt: Moment


class NewApiKeyAnswer(Envelope):
    data: NewApiKeyOut


class CreatorOut(Answer):
    id: str
    email: str
    name: str | None


class ApiKeyOut(Answer):
    """`createdBy` null: the account of who made the key is gone, and the key opens nothing."""

    id: Annotated[str, _of_key("id", "id")]
    name: Annotated[str, _of_key("name", "name")]
    keyHint: Annotated[str, _of_key("keyHint", "hint")]
    createdBy: Annotated[
        CreatorOut | None, Field(validation_alias=AliasChoices("createdBy", "creator"))
    ]
    createdAt: Annotated[Moment, _of_key("createdAt", "created_at")]
    lastUsedAt: Annotated[Moment | None, _of_key("lastUsedAt", "last_used_at")]


class KeyProjectOut(Answer):
    id: str
    name: str | None


class OrganizationKeyOut(ApiKeyOut):
    """`project` null: the key stands for the user who made it, under /api/v1."""

    project: KeyProjectOut | None


class OrganizationKeyPath(BaseModel):
    id: str


class OrganizationKeysAnswer(Envelope):
    data: list[OrganizationKeyOut]
    meta: ListMeta


class ApiKeysAnswer(Envelope):
    data: list[ApiKeyOut]
    meta: ListMeta
