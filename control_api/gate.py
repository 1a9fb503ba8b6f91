"""The one gate before every route: deny by default, then check that a body is one we can read.

It is a `before_request` and not a decorator, because a decorator that is forgotten, or that stands
above `@route`, leaves a route open without a sign.
"""

from __future__ import annotations

import inspect
from typing import NoReturn

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from control_api.context import client_address, services, set_actor
from control_api.services.accounts import actor_from_user
from control_api.services.actor import Actor
from control_api.services.errors import InvalidInput, Unauthorized
from control_api.tokens import claims_from_token

# All that answers without a credential. A route that is not here is closed.
PUBLIC = frozenset(
    {
        ("POST", "/auth/register"),
        ("POST", "/auth/login"),
        ("POST", "/auth/logout"),
        ("GET", "/health"),
        ("GET", "/health/live"),
        ("GET", "/api/docs"),
        ("GET", "/api/redoc"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/assets/<path:name>"),
    }
)


class StrictRequest(Request):
    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        raise InvalidInput(f"body is not valid JSON: {e}" if e else "body is not JSON")


def install_gate(app: Flask) -> None:
    app.request_class = StrictRequest
    app.before_request(_guard)


def is_public(method: str, rule: str) -> bool:
    return ("GET" if method == "HEAD" else method, rule) in PUBLIC


def _guard() -> None:
    rule = request.url_rule
    if rule is None:
        return  # no such route or method: the router's own answer follows, and tells nothing
    _refuse_long_body()
    if not is_public(request.method, rule.rule):
        set_actor(_actor_from_bearer())
    if _takes_body(rule.endpoint):
        _require_json_object()


def _actor_from_bearer() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    claims = claims_from_token(token.strip())
    user = services().accounts.find_token_owner(claims.user_id, claims.generation)
    if user is None:
        raise Unauthorized
    return actor_from_user(user, client_address())


def _refuse_long_body() -> None:
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length is not None and request.content_length > limit:
        raise RequestEntityTooLarge
    # Of a chunked body werkzeug reads as much as the limit allows, and does not say it stopped.
    if "Transfer-Encoding" in request.headers and len(request.get_data()) >= limit:
        raise RequestEntityTooLarge


def _takes_body(endpoint: str) -> bool:
    view = current_app.view_functions[endpoint]
    return "body" in inspect.signature(view).parameters


def _require_json_object() -> None:
    if not request.is_json:
        if request.get_data():
            raise UnsupportedMediaType("Content-Type must be application/json")
        raise InvalidInput("body must be a JSON object")
    # Parsed here once; the schemas read the cached value.
    if not isinstance(request.get_json(), dict):
        raise InvalidInput("body must be a JSON object")
