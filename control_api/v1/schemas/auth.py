from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from flask_openapi3.models import RawModel
from pydantic import AfterValidator, BaseModel, Field, model_validator

from control_api.http.requests.inputs import Email, NewPassword
from control_api.http.schemas import Answer, Body

_FORM = "application/x-www-form-urlencoded"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]|^\s|\s$")


def _refuse_unprintable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("must not begin or end with a space, nor hold control characters")
    return text


class V1LoginForm(BaseModel):
    """As a form it may carry what OAuth2 clients add (`grant_type`, `scope`)."""

    username: Annotated[
        str, Field(max_length=254, description="The user's name or e-mail address.")
    ]
    password: Annotated[str, Field(max_length=200, description="The account's password.")]


class V1LoginBody(Body, V1LoginForm):
    pass


class V1LoginRequest(RawModel):
    mimetypes = ["application/json", _FORM, "multipart/form-data"]  # noqa: RUF012 (its base says so)


class V1RegisterBody(Body):
    """Without `email` the user has no address: the username stands in its place."""

    username: Annotated[
        str, Field(min_length=1, max_length=200), AfterValidator(_refuse_unprintable)
    ]
    password: NewPassword
    email: Email | None = None

    @model_validator(mode="after")
    def _refuse_foreign_address(self) -> Self:
        if self.email is not None and "@" in self.username and self.username != self.email:
            raise ValueError("username must not hold an @, unless it is the email")
        return self


class V1TokenAnswer(Answer):
    access_token: str
    token_type: Literal["bearer"]
