from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.schemas.account.auth import (
    ChangePasswordBody,
    DeleteAccountBody,
    HandoffAnswer,
    HandoffTokenBody,
    LoginBody,
    RegisterBody,
    SessionAnswer,
    SessionOut,
)
from control_api.azscraper.schemas.account.members import KeysEndedAnswer
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import client_address, current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.http.tokens import token_for_user
from control_api.services.records import User

_LIMITED: dict[str | int, Any] = dict.fromkeys((400, 415, 429, 503), ErrorEnvelope)
_CREDENTIALS: dict[str | int, Any] = {401: ErrorEnvelope, **_LIMITED}

auth = dialect_blueprint("auth", "Accounts and tokens", is_public=True)


@auth.post(
    "/auth/register",
    summary="Register",
    description="Makes an organization of the user's own, with the signup bonus; with an"
    " `invitationToken` the user joins the organization that invites.",
    responses={
        201: SessionAnswer,
        **dict.fromkeys((403, 404, 409), ErrorEnvelope),
        **_LIMITED,
    },
)
def register(body: RegisterBody) -> Response:
    user = services().sign_in.register(
        body.email,
        body.password,
        name=body.name,
        referral_code=body.referralCode,
        invitation_token=body.invitationToken,
        ip=client_address(),
    )
    return _session(user, 201)


@auth.post("/auth/login", summary="Log in", responses={200: SessionAnswer, **_CREDENTIALS})
def login(body: LoginBody) -> Response:
    return _session(services().sign_in.login(body.email, body.password, ip=client_address()), 200)


@auth.post(
    "/auth/login-handoff",
    summary="Log in for another page",
    description="The token is good for one /auth/verify-handoff within 60 seconds.",
    responses={200: HandoffAnswer, **_CREDENTIALS},
)
def login_handoff(body: LoginBody) -> Response:
    token, expires_at = services().sign_in.start_handoff(
        body.email, body.password, ip=client_address()
    )
    return json_answer(HandoffAnswer.of({"handoffToken": token, "expiresAt": expires_at}))


@auth.post(
    "/auth/verify-handoff",
    summary="Take over a login",
    responses={200: SessionAnswer, **_CREDENTIALS},
)
def verify_handoff(body: HandoffTokenBody) -> Response:
    return _session(services().sign_in.finish_handoff(body.token, ip=client_address()), 200)


@auth.post(
    "/auth/change-password",
    summary="Change the password",
    description="Every older token of the user ends; the answer holds a new one.",
    responses={200: SessionAnswer, 403: ErrorEnvelope, **_CREDENTIALS},
)
def change_password(body: ChangePasswordBody) -> Response:
    user = services().sign_in.change_password(
        current_actor().user_id,
        current=body.currentPassword,
        new=body.newPassword,
        ip=client_address(),
    )
    return _session(user, 200)


@auth.post(
    "/auth/delete-account",
    summary="Delete your account",
    description="Its tokens and API keys end. Refused to the only owner of an organization with other"
    " people, and to the only person of one with projects unless `deleteProjects` is true.",
    responses={200: KeysEndedAnswer, 403: ErrorEnvelope, 409: ErrorEnvelope, **_CREDENTIALS},
)
def delete_account(body: DeleteAccountBody) -> Response:
    actor = current_actor()
    services().sign_in.confirm_password(actor.user_id, body.currentPassword, ip=client_address())
    keys_ended = services().departures.delete_account(actor, with_projects=body.deleteProjects)
    return json_answer(KeysEndedAnswer(success=True, keysEnded=keys_ended))


@auth.post("/auth/logout", summary="Log out", responses={200: OkAnswer})
def logout() -> Response:
    """Tokens are stateless: the client forgets its own."""
    return done()


def _session(user: User, status: int) -> Response:
    told = {"passwordChangeRequired": True} if user.must_change_password else {}
    session = SessionOut.model_validate({"accessToken": token_for_user(user), "user": user, **told})
    return json_answer(SessionAnswer.of(session), status)
