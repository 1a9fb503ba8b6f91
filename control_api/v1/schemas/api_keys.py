from __future__ import annotations

from pydantic import BaseModel, RootModel

from control_api.http.inputs import KeyName
from control_api.http.schemas import Answer, Body


class V1KeyPath(BaseModel):
    id: str


class V1KeyBody(Body):
    name: KeyName


class NewV1KeyOut(Answer):
    id: str
    name: str
    key: str
    created_at: str


class V1KeyOut(Answer):
    id: str
    name: str
    key_hint: str
    created_at: str
    last_used_at: str | None


class V1KeysOut(RootModel[list[V1KeyOut]]):
    pass
