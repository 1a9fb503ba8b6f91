from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from control_api.http.schemas import Answer, Body, Envelope

_EMAIL = re.compile(r"^[^@\s\x00-\x1f]+@(?:localhost|[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+)$")


def _require_email(text: str) -> str:
    if not _EMAIL.match(text):
        raise ValueError("must be an email")
    return text


Email = Annotated[str, Field(max_length=254), AfterValidator(_require_email)]


NewPassword = Annotated[str, Field(min_length=8, max_length=200)]


class RegisterBody(Body):
    email: Email
    password: NewPassword
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    referralCode: Annotated[str, Field(max_length=100)] | None = None
    # The person joins the organization that invites, instead of one of their own.
    invitationToken: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class LoginBody(Body):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=200)]


class ChangePasswordBody(Body):
    currentPassword: Annotated[str, Field(max_length=200)]
    newPassword: NewPassword


class DeleteAccountBody(Body):
    """`deleteProjects`: of a person who is alone in the organization, with jobs and rows."""

    currentPassword: Annotated[str, Field(max_length=200)]
    deleteProjects: bool = False


class HandoffTokenBody(Body):
    token: Annotated[str, Field(min_length=1, max_length=500)]


class HandoffOut(Answer):
    handoffToken: str
    expiresAt: str


class HandoffAnswer(Envelope):
    data: HandoffOut


class UserOut(Answer):
    id: str
    email: str
    name: str | None


class SessionOut(Answer):
    """`passwordChangeRequired`: until POST /auth/change-password all other routes answer 403."""

    accessToken: str
    user: UserOut
    passwordChangeRequired: bool = False


class SessionAnswer(Envelope):
    data: SessionOut


class Ok(Answer):
    ok: bool


class OkAnswer(Envelope):
    data: Ok
