"""The address that links of ours begin with."""

from __future__ import annotations

from flask import current_app, request


def own_origin() -> str:
    origin: str = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return origin
