from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from control_api.azscraper.schemas.base import Answer, Body, ListMeta

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


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


class NewApiKeyAnswer(Answer):
    data: NewApiKeyOut


class ApiKeyOut(Answer):
    id: str
    name: str
    keyHint: str
    createdAt: str
    lastUsedAt: str | None


class ApiKeysAnswer(Answer):
    data: list[ApiKeyOut]
    meta: ListMeta


class SuccessAnswer(Answer):
    success: bool
