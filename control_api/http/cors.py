"""Browsers of other origins: only those that the operator lists, and only with a Bearer.

Credentials that a browser sends by itself are never allowed, so a listed origin gains nothing from
somebody who is signed in elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

ANY_ORIGIN = "*"
_ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, Prefer, X-API-Key, X-Request-Id"
_SHOWN_HEADERS = (
    "Content-Disposition, Idempotent-Replayed, Preference-Applied, Retry-After, X-Job-Status,"
    " X-Page-Status, X-Page-Url, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id,"
    " X-Rows-So-Far, X-Unknown-Parameters"
)
_PREFLIGHT_SECONDS = "600"


def install_cors(app: Flask, origins: Collection[str]) -> None:
    app.before_request(_answer_options)
    if not origins:
        return

    def allow(response: Response) -> Response:
        if ANY_ORIGIN in origins:
            response.headers["Access-Control-Allow-Origin"] = ANY_ORIGIN
        else:
            response.vary.add("Origin")
            origin = request.headers.get("Origin", "")
            if origin not in origins:
                return response
            response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _SHOWN_HEADERS
        if "Access-Control-Request-Method" in request.headers and request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
            response.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
            response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
        return response

    app.after_request(allow)


def _answer_options() -> Response | None:
    """No view takes OPTIONS; a path that has one for another method says which methods it has."""
    error = request.routing_exception
    if request.method != "OPTIONS" or not isinstance(error, MethodNotAllowed):
        return None
    methods = sorted({*(error.valid_methods or ()), "OPTIONS"})
    response = Response(status=204, headers={"Allow": ", ".join(methods)})
    del response.headers["Content-Type"]
    return response
