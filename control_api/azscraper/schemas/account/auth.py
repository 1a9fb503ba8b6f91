from __future__ import annotations

from typing import Annotated

from pydantic import Field

from control_api.http.requests.inputs import Email, NewPassword
from control_api.http.schemas import Answer, Body, Envelope, Moment


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
    expiresAt: Moment


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
