from __future__ import annotations

from flask import Response

from control_api.azscraper.answers import user_answer
from control_api.azscraper.blueprint import dialect_blueprint
from control_api.azscraper.schemas.auth import LoginBody, OkAnswer, RegisterBody, SessionAnswer
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.context import client_address, services
from control_api.json_text import json_answer
from control_api.tokens import token_for_user
from storage.users import User

auth = dialect_blueprint("auth", "Accounts and tokens", is_public=True)


@auth.post(
    "/auth/register",
    summary="Register",
    responses={201: SessionAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def register(body: RegisterBody) -> Response:
    user = services().accounts.register(
        body.email, body.password, name=body.name, ip=client_address()
    )
    return _session(user, 201)


@auth.post(
    "/auth/login",
    summary="Log in",
    responses={200: SessionAnswer, 415: ErrorEnvelope},
)
def login(body: LoginBody) -> Response:
    return _session(services().accounts.login(body.email, body.password, ip=client_address()), 200)


@auth.post("/auth/logout", summary="Log out", responses={200: OkAnswer})
def logout() -> Response:
    """Tokens are stateless: the client forgets its own."""
    return json_answer({"data": {"ok": True}})


def _session(user: User, status: int) -> Response:
    data = {"accessToken": token_for_user(user), "user": user_answer(user)}
    return json_answer({"data": data}, status)
