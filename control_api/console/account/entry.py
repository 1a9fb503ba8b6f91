"""Signing in and out."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.http.browser_session import (
    SessionRequired,
    actor_from_session,
    begin_session,
    end_session,
    keeps_cookies,
    own_path,
    require_same_site,
)
from control_api.http.context import client_address, current_actor, services
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.services.errors import (
    InvalidCredentials,
    InvalidInput,
    ServiceError,
    Unauthorized,
    WrongCurrentPassword,
)
from control_api.services.records import User

# As the API's own schemas limit them.
_MAX_PASSWORD_LENGTH, _MIN_PASSWORD_LENGTH = 200, 8


@console.get("/console/login")
def login_form() -> Response:
    return _login_page(200)


@console.post("/console/login")
def login() -> Response:
    require_same_site()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        user = services().sign_in.login(
            email[:254], password[:_MAX_PASSWORD_LENGTH], ip=client_address()
        )
    except InvalidCredentials:
        return _login_page(401, email=email, error="No user has this e-mail and password.")
    return _signed_in(user, request.form.get("next"))


@console.get("/console/enter")
def enter_form() -> Response:
    """The token stands in the fragment, which no server and no log sees; the page's script posts it."""
    page = render_template("account/enter.html", asks=_should_ask())
    return make_response(page)


@console.post("/console/enter")
def enter() -> Response:
    require_same_site()
    token = request.form.get("token", "")[:500]
    sign_in = services().sign_in
    try:
        if request.form.get("ask") and not request.form.get("confirmed"):
            user = sign_in.look_at_handoff(token, ip=client_address())
            return make_response(render_template("account/confirm.html", user=user, token=token))
        user = sign_in.finish_handoff(token, ip=client_address())
    except Unauthorized:
        message = "This link was used or is older than a minute. Sign in, or ask for a new link."
        return _login_page(401, error=message)
    return _signed_in(user, None)


@console.action("/logout", api=("POST /auth/logout",))
def logout() -> Response:
    response = see_other("/console/login")
    end_session(response)
    return response


@console.page("/password", api=("POST /auth/change-password",))
def password_form() -> Response:
    return make_response(render_template("account/password.html", is_forced=_is_forced(), error=""))


@console.action("/password", api=("POST /auth/change-password",))
def change_password() -> Response:
    current, new = request.form.get("current", ""), request.form.get("new", "")
    try:
        if not _MIN_PASSWORD_LENGTH <= len(new) <= _MAX_PASSWORD_LENGTH:
            raise InvalidInput("The new password needs 8 to 200 characters.")
        user = services().sign_in.change_password(
            current_actor().user_id,
            current=current[:_MAX_PASSWORD_LENGTH],
            new=new,
            ip=client_address(),
        )
    except (WrongCurrentPassword, InvalidInput) as error:
        page = render_template("account/password.html", is_forced=_is_forced(), error=error.message)
        return make_response(page, _status(error))
    return _signed_in(user, None)


@console.page("/sessions", api=("POST /auth/logout",))
def sessions() -> str:
    found = services().console_sign_in.list_sessions(current_actor())
    return render_template("account/sessions.html", sessions=found)


@console.action("/sessions/<id>/end", api=("POST /auth/logout",))
def end_other_session(id: str) -> Response:  # noqa: A002 (the address' word)
    services().console_sign_in.end_session(current_actor(), id)
    return see_other("/console/sessions")


def _signed_in(user: User, next_path: str | None) -> Response:
    response = see_other(own_path(next_path))
    begin_session(user, response)
    return response


def _login_page(status: int, *, email: str = "", error: str = "") -> Response:
    asked = request.form.get("next") or request.args.get("next")
    page = render_template(
        "account/login.html",
        next=own_path(asked),
        email=email,
        error=error,
        keeps_cookies=keeps_cookies(),
    )
    return make_response(page, status)


def _should_ask() -> bool:
    """Of a link that a person opened themselves there is nothing to ask, unless somebody is signed in.
    Another site's page may have made the link, to sign the person in as somebody else."""
    if request.headers.get("Sec-Fetch-Site") != "none":
        return True
    try:
        actor_from_session()
    except SessionRequired:
        return False
    return True


def _is_forced() -> bool:
    return current_actor().must_change_password


def _status(error: ServiceError) -> int:
    return STATUS_OF_CODE[error.code]
