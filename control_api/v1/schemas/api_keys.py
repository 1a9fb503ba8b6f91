from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field, RootModel

from control_api.http.requests.inputs import Name
from control_api.http.schemas import Answer, Body, Moment


class V1KeyPath(BaseModel):
    id: str


class V1KeyBody(Body):
    name: Name


class NewV1KeyOut(Answer):
    id: str
    name: str
    key: str
    created_at: Moment


class V1KeyOut(Answer):
    id: str
    name: str
    key_hint: Annotated[str, Field(validation_alias=AliasChoices("key_hint", "hint"))]
    created_at: Moment
    last_used_at: Moment | None


class V1KeysOut(RootModel[list[V1KeyOut]]):
    pass
