"""What every request leaves behind: an id, a line in the log, headers that protect its answer."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

_HEADER = "X-Request-Id"
# A client's own id may go into our log only if it cannot forge a line there.
_SANE = re.compile(r"^[A-Za-z0-9._:-]{8,128}$")
_SILENT = frozenset({"/health", "/health/live", "/metrics"})

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Answers are data; pages that show something bring a policy of their own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_HTTPS_ONLY = "max-age=31536000"

_log = structlog.stdlib.get_logger("control_api.http.access")


def install_trace(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)


def trust_proxies(app: Flask, count: int) -> None:
    """Take the client's address and scheme from the last `count` proxies, which the operator runs."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def request_id() -> str:
    """The id that the client gave, or ours."""
    found: str = g.request_id
    return found


def _begin() -> None:
    given = request.headers.get(_HEADER, "")
    g.request_id = given if _SANE.match(given) else secrets.token_hex(16)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(requestId=g.request_id)


def _finish(response: Response) -> Response:
    response.headers[_HEADER] = g.request_id
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _HTTPS_ONLY
    if request.path not in _SILENT:
        _write_line(response)
    return response


def _write_line(response: Response) -> None:
    actor = g.get("actor")
    _log.info(
        "request",
        method=request.method,
        # Never the query string: clients put secrets there.
        path=request.path[:500],
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1),
        address=request.remote_addr,
        organizationId=actor.organization_id if actor else None,
        userId=actor.user_id if actor else None,
        apiKeyId=actor.api_key_id if actor else None,
    )
