from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from control_api.azscraper.schemas.account.members import RoleName
from control_api.http.requests.inputs import Email
from control_api.http.schemas import Answer, Body, Envelope, ListMeta, Moment

Token = Annotated[str, Field(min_length=1, max_length=500)]


class InvitationPath(BaseModel):
    id: str


class InvitationLinkPath(BaseModel):
    token: str


class InvitationBody(Body):
    """`email`: only an account with this address may accept; left out: whoever has the link."""

    email: Email | None = None
    role: RoleName = "member"
    expiresInDays: Annotated[int, Field(ge=1, le=30)] = 7


class AcceptBody(Body):
    token: Token


class InvitationOut(Answer):
    id: str
    email: str | None
    role: RoleName
    createdAt: Moment
    expiresAt: Moment


class NewInvitationOut(InvitationOut):
    """`token` and `link` are shown in this answer and never again."""

    token: str
    link: str


class NewInvitationAnswer(Envelope):
    data: NewInvitationOut


class InvitationsAnswer(Envelope):
    data: list[InvitationOut]
    meta: ListMeta


class OrganizationOut(Answer):
    id: str
    name: str


class JoinedOut(Answer):
    organization: OrganizationOut
    role: RoleName


class JoinedAnswer(Envelope):
    data: JoinedOut


class LeftOut(Answer):
    """`organization` is the new one of the person who left; it starts without a signup bonus."""

    organization: OrganizationOut
    keysEnded: int


class LeftAnswer(Envelope):
    data: LeftOut
