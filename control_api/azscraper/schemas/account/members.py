from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from control_api.http.requests.inputs import Email, NewPassword
from control_api.http.schemas import Answer, Body, Envelope, ListMeta, Moment

RoleName = Literal["member", "owner"]


class MemberPath(BaseModel):
    id: str


class AddMemberBody(Body):
    """The person must change this password at the first use of the account."""

    email: Email
    password: NewPassword
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    role: RoleName = "member"

    @model_validator(mode="before")
    @classmethod
    def _tell_of_invitations(cls, body: Any) -> Any:
        if isinstance(body, dict) and body.get("password") is None:
            raise ValueError(
                "needs a password; to let the person choose one, use POST /organization/invitations"
            )
        return body


class ChangeMemberBody(Body):
    role: RoleName


class MemberOut(Answer):
    id: str
    email: str
    name: str | None
    role: RoleName
    createdAt: Moment


class MemberAnswer(Envelope):
    data: MemberOut


class MembersAnswer(Envelope):
    data: list[MemberOut]
    meta: ListMeta


class KeysEndedAnswer(Answer):
    """`keysEnded`: how many API keys of the person are refused from now on."""

    success: bool
    keysEnded: int
