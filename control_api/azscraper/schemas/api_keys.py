from __future__ import annotations

from pydantic import BaseModel

from control_api.http.inputs import KeyName
from control_api.http.schemas import Answer, Body, Envelope, ListMeta


class ApiKeyPath(BaseModel):
    projectId: str
    id: str


class ApiKeyBody(Body):
    name: KeyName


class NewApiKeyOut(Answer):
    id: str
    name: str
    key: str
    createdAt: str


class NewApiKeyAnswer(Envelope):
    data: NewApiKeyOut


class CreatorOut(Answer):
    id: str
    email: str
    name: str | None


class ApiKeyOut(Answer):
    """`createdBy` null: the account of who made the key is gone, and the key opens nothing."""

    id: str
    name: str
    keyHint: str
    createdBy: CreatorOut | None
    createdAt: str
    lastUsedAt: str | None


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
