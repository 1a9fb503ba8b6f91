from __future__ import annotations

from flask import Response, request
from flask_openapi3.models.media_type import MediaType
from flask_openapi3.models.schema import Schema
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from control_api.http.context import client_address, services
from control_api.http.errors.error_handlers import refuse_invalid_input
from control_api.http.json_text import json_answer
from control_api.http.tokens import token_for_user
from control_api.http.v1_errors import V1Error
from control_api.services.errors import InvalidInput
from control_api.services.records import User
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.auth import (
    V1LoginBody,
    V1LoginForm,
    V1LoginRequest,
    V1RegisterBody,
    V1TokenAnswer,
)

auth = v1_blueprint("auth", "Accounts and tokens", is_public=True)


@auth.post(
    "/auth/login",
    summary="Log in",
    description="`username` (a user's name or e-mail address) and `password`, as JSON or as a form.",
    responses={200: V1TokenAnswer, 401: V1Error, 415: V1Error},
)
def log_in(raw: V1LoginRequest) -> Response:
    asked = _credentials()
    user = services().sign_in.login_by_name(asked.username, asked.password, ip=client_address())
    return _token(user, 200)


# Of a body that may have several forms, flask-openapi3 documents no fields.
_documented = auth.paths["/api/v1/auth/login"].post
_documented.requestBody.content = dict.fromkeys(
    V1LoginRequest.mimetypes, MediaType(schema=Schema(**V1LoginForm.model_json_schema()))
)


@auth.post(
    "/auth/register",
    summary="Register",
    description="Ours: the original names the route and says nothing of it.",
    responses={201: V1TokenAnswer, 409: V1Error, 415: V1Error},
)
def register(body: V1RegisterBody) -> Response:
    user = services().sign_in.register(
        body.email or body.username,
        body.password,
        name=body.username,
        referral_code=None,
        ip=client_address(),
        username=body.username,
    )
    return _token(user, 201)


def _credentials() -> V1LoginForm:
    try:
        if request.is_json:
            return V1LoginBody.model_validate(_json_object())
        if request.form or not request.get_data():
            return V1LoginForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        refuse_invalid_input(error)
    raise UnsupportedMediaType("Content-Type must be application/json or a form's")


def _json_object() -> object:
    body = request.get_json()
    if not isinstance(body, dict):
        raise InvalidInput("body must be a JSON object")
    return body


def _token(user: User, status: int) -> Response:
    return json_answer(
        V1TokenAnswer(access_token=token_for_user(user), token_type="bearer"), status
    )
