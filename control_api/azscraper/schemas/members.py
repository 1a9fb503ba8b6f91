from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from control_api.azscraper.schemas.auth import Email, NewPassword
from control_api.azscraper.schemas.base import Answer, Body, ListMeta


class MemberPath(BaseModel):
    id: str


class AddMemberBody(Body):
    email: Email
    password: NewPassword
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    role: Literal["member", "owner"] = "member"


class MemberOut(Answer):
    id: str
    email: str
    name: str | None
    role: Literal["member", "owner"]
    createdAt: str


class MemberAnswer(Answer):
    data: MemberOut


class MembersAnswer(Answer):
    data: list[MemberOut]
    meta: ListMeta
