"""The session of a person's browser: its cookie, and proof that a change was asked for on our pages.

Under /console the cookie alone counts; everywhere else it is not looked at.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import urlsplit

from flask import Response, current_app, request

from control_api.http.context import client_address, services
from control_api.services.accounts.accounts import actor_from_user
from control_api.services.accounts.actor import Actor
from control_api.services.errors import Forbidden
from control_api.services.records import User

INSECURE_COOKIE = "CONSOLE_INSECURE_COOKIE"
CSRF_FIELD = "csrf"
HOME = "/console"

# A path of the console with characters that cannot lead a browser elsewhere.
_OWN_PATH = re.compile(r"/console(?:/[A-Za-z0-9._~:@%/-]*)?(?:\?[A-Za-z0-9._~:@%/?&=+,;!*-]*)?")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SessionRequired(Exception):
    """The request has no session that holds: the person signs in and comes back."""


def cookie_name() -> str:
    # A browser takes `__Host-` cookies only as Secure, for this host alone and for all paths.
    return "azscraper" if current_app.config[INSECURE_COOKIE] else "__Host-azscraper"


def session_token() -> str | None:
    return request.cookies.get(cookie_name())


def actor_from_session() -> Actor:
    """Raises SessionRequired."""
    token = session_token()
    services().reachability.require_mongo()
    user = services().console_sign_in.find_user(token) if token else None
    if user is None:
        raise SessionRequired
    return actor_from_user(user, client_address())


def begin_session(user: User, response: Response) -> None:
    """Always with a new token: one that was planted in the browser before stands for nobody."""
    token = services().console_sign_in.start(
        user,
        replaces=session_token(),
        address=client_address(),
        browser=request.headers.get("User-Agent", ""),
    )
    response.set_cookie(
        cookie_name(),
        token,
        secure=not current_app.config[INSECURE_COOKIE],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def end_session(response: Response) -> None:
    token = session_token()
    if token is not None:
        services().console_sign_in.end(token)
    response.delete_cookie(
        cookie_name(),
        secure=not current_app.config[INSECURE_COOKIE],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def csrf_token() -> str:
    """Bound to the session's token, which no other site and no page's text knows."""
    return _csrf_of(session_token() or "")


def require_same_site() -> None:
    """Refuse a change that another site's page asked for.

    Browsers send Sec-Fetch-Site over https and to localhost, Origin with each POST.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = urlsplit(request.headers.get("Origin", "")).netloc == request.host
    if not is_ours:
        raise Forbidden("This was asked for by a page of another site; nothing was done")


def require_csrf_field() -> None:
    given = request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise Forbidden("The form is not one of this session; open the page again and repeat it")


def own_path(text: str | None) -> str:
    """`text` if it is a path of the console, else the console's home."""
    if not text or not _OWN_PATH.fullmatch(text) or "//" in text:
        return HOME
    # A browser takes `%2e%2e` for the folder above as well.
    path = text.partition("?")[0].lower().replace("%2e", ".")
    return HOME if ".." in path else text


def keeps_cookies() -> bool:
    """Whether a browser keeps a session that was begun at this address."""
    host = urlsplit(f"//{request.host}").hostname or ""
    is_trusted = request.is_secure or host in _LOCAL_HOSTS or host.endswith(".localhost")
    return is_trusted or bool(current_app.config[INSECURE_COOKIE])


def _csrf_of(token: str) -> str:
    return hmac.new(token.encode(), b"azscraper console form", hashlib.sha256).hexdigest()
