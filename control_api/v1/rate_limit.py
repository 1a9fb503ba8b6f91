"""So many requests an hour and user on /api/v1, counted over all API processes."""

from __future__ import annotations

import math
import time

from flask import Flask, Response, g, request

from control_api.http.context import services
from control_api.http.v1_errors import is_v1_path
from control_api.services.errors import RateLimited
from control_api.services.records import Window


def install_rate_limit(app: Flask) -> None:
    """After the gate, which knows the user, and before whatever else may refuse the request."""
    app.before_request(_count)
    app.after_request(_tell)


def _count() -> None:
    actor = g.get("actor")
    if actor is None or not is_v1_path(request.path):
        return
    window = services().request_limit.count(actor)
    g.v1_window = window
    if not window.passed:
        raise RateLimited(max(1.0, window.resets_at - time.time()))


def _tell(response: Response) -> Response:
    window: Window | None = g.get("v1_window")
    if window is not None:
        response.headers["X-RateLimit-Limit"] = str(window.limit)
        response.headers["X-RateLimit-Remaining"] = str(window.remaining)
        response.headers["X-RateLimit-Reset"] = str(math.ceil(window.resets_at))
    return response
