"""The one gate before every route: deny by default, then check that a body is one we can read.

It is a `before_request` and not a decorator, because a decorator that is forgotten, or that stands
above `@route`, leaves a route open without a sign.
"""

from __future__ import annotations

import hmac
import inspect
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from functools import cache
from typing import Any, NoReturn

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from control_api.http.access import Access, access_of, needs_stores
from control_api.http.browser_session import (
    actor_from_session,
    require_csrf_field,
    require_same_site,
)
from control_api.http.context import client_address, services, set_actor
from control_api.http.json_text import LossyJSON
from control_api.http.page_operations import operations_of_view, rule_from_template
from control_api.http.requests.request_trace import request_id
from control_api.http.tokens import claims_from_token
from control_api.services.accounts.accounts import actor_from_user
from control_api.services.accounts.actor import Actor
from control_api.services.errors import (
    Forbidden,
    InvalidInput,
    PasswordChangeRequired,
    Unauthorized,
)
from control_api.services.records import KEY_PREFIXES, Role

OPERATOR_TOKEN = "OPERATOR_TOKEN"
_CHANGE_PASSWORD = "/auth/change-password"
# What somebody may do whose password must be changed.
_MAY_COME_FIRST = frozenset({f"POST {_CHANGE_PASSWORD}", "POST /auth/logout"})
# Public routes read nothing of a body that they do not expect; the console's take forms.
_TAKE_FORMS = frozenset({Access.PUBLIC, Access.SESSION})


class BodyRule(Enum):
    """Whether a route takes a JSON object as its body, or the bytes of a file."""

    NONE = auto()
    OPTIONAL = auto()
    REQUIRED = auto()
    FILE = auto()


class StrictRequest(Request):
    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        if isinstance(e, LossyJSON):
            raise InvalidInput(str(e))
        raise InvalidInput(f"body is not valid JSON: {e}" if e else "body is not JSON")


def install_gate(app: Flask) -> None:
    app.request_class = StrictRequest
    app.before_request(_guard)


def install_body_check(app: Flask) -> None:
    app.before_request(_require_body)


def _guard() -> None:
    rule = request.url_rule
    if rule is None:
        return  # no such route or method: the router's own answer follows, and tells nothing
    _refuse_long_body()
    access = access_of(request.method, rule.rule)
    if access is Access.OPERATOR:
        _require_operator()
    elif access is Access.PUBLIC:
        if needs_stores(request.method, rule.rule):
            services().reachability.require_mongo()
    elif access is Access.SESSION:
        _require_session()
    else:
        actor = _actor_from_bearer()
        _refuse_unless_allowed(actor, access)
        if actor.must_change_password and rule.rule != _CHANGE_PASSWORD:
            raise PasswordChangeRequired
        set_actor(replace(actor, request_id=request_id()))


def _require_body() -> None:
    rule = request.url_rule
    if rule is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    _refuse_coded_body()
    view = current_app.view_functions[rule.endpoint]
    wanted = _body_of_view(view)
    access = access_of(request.method, rule.rule)
    if wanted is BodyRule.FILE:
        # Who signs in sends a form or JSON: that route says itself what is wrong with it.
        if access is not Access.PUBLIC:
            _require_type(file_types(view))
    elif wanted is BodyRule.REQUIRED or (wanted is BodyRule.OPTIONAL and request.get_data()):
        _require_json_object()
    elif wanted is BodyRule.NONE and access not in _TAKE_FORMS:
        _refuse_body()


def _require_session() -> None:
    """A page may do what the operations of the API may that it stands for, and no more."""
    actor = actor_from_session()
    rule = request.url_rule
    assert rule is not None
    operations = operations_of_view(current_app.view_functions[rule.endpoint])
    for operation in operations:
        method, _, path = operation.partition(" ")
        _refuse_unless_allowed(actor, access_of(method, rule_from_template(path)))
    if request.method not in ("GET", "HEAD"):
        require_same_site()
        require_csrf_field()
    if actor.must_change_password and _MAY_COME_FIRST.isdisjoint(operations):
        raise PasswordChangeRequired
    set_actor(replace(actor, request_id=request_id()))


def _actor_from_bearer() -> Actor:
    token = _credential()
    claims = None if token.startswith(KEY_PREFIXES) else claims_from_token(token)
    services().reachability.require_mongo()
    if claims is None:
        return _actor_from_key(token)
    user = services().accounts.find_token_owner(claims.user_id, claims.generation)
    if user is None:
        raise Unauthorized
    return actor_from_user(user, client_address())


def _actor_from_key(key: str) -> Actor:
    actor = services().api_keys.find_actor(key, client_address())
    if actor is None:
        raise Unauthorized
    return actor


def _credential() -> str:
    """The token or key that the request names; Authorization goes before X-API-Key."""
    key = request.headers.get("X-API-Key", "").strip()
    if key and "Authorization" not in request.headers:
        if not key.startswith(KEY_PREFIXES):
            raise Unauthorized
        return key
    return _bearer()


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    return token.strip()


def _refuse_unless_allowed(actor: Actor, access: Access) -> None:
    is_for_keys = access is Access.PROJECT or (
        access is Access.USER_KEY and actor.project_id is None
    )
    if actor.api_key_id is not None and not is_for_keys:
        raise Forbidden("An API key cannot do this; use an access token")
    if access is Access.ADMIN and not actor.is_admin:
        raise Forbidden("Only an admin can do this")
    if access is Access.OWNER and actor.role is not Role.OWNER:
        raise Forbidden("Only an owner of the organization can do this")


def _require_operator() -> None:
    expected = current_app.config[OPERATOR_TOKEN]
    # Without a token set, nobody is the operator.
    if not expected or not hmac.compare_digest(_bearer().encode(), expected.encode()):
        raise Unauthorized


def _refuse_long_body() -> None:
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length is not None and request.content_length > limit:
        raise RequestEntityTooLarge
    # Of a chunked body werkzeug reads as much as the limit allows, and does not say it stopped.
    if "Transfer-Encoding" in request.headers and len(request.get_data()) >= limit:
        raise RequestEntityTooLarge


@cache
def _body_of_view(view: Callable[..., Any]) -> BodyRule:
    parameters = inspect.signature(view, eval_str=True).parameters
    if "raw" in parameters:
        return BodyRule.FILE
    body = parameters.get("body")
    if body is None:
        return BodyRule.NONE
    extra = body.annotation.model_config.get("openapi_extra", {})
    return BodyRule.REQUIRED if extra.get("required", True) else BodyRule.OPTIONAL


def file_types(view: Callable[..., Any]) -> tuple[str, ...]:
    """The content types that a route takes as the bytes of a file."""
    raw = inspect.signature(view, eval_str=True).parameters["raw"]
    return tuple(raw.annotation.mimetypes)


def _require_type(types: tuple[str, ...]) -> None:
    if request.mimetype not in types:
        raise UnsupportedMediaType(f"Content-Type must be {' or '.join(types)}")


def _refuse_coded_body() -> None:
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedMediaType(
            f"Content-Encoding {coding[:40]!r} is not read; send the body as it is"
        )


def _refuse_body() -> None:
    """What cannot be meant for this route would be ignored without a word. An empty object says
    nothing; many clients send one with every POST."""
    if request.get_data().strip() not in (b"", b"{}"):
        raise InvalidInput("this route takes no body")


def _require_json_object() -> None:
    if not request.is_json:
        if request.get_data():
            raise UnsupportedMediaType("Content-Type must be application/json")
        raise InvalidInput("body must be a JSON object")
    # Parsed here once; the schemas read the cached value.
    if not isinstance(request.get_json(), dict):
        raise InvalidInput("body must be a JSON object")
