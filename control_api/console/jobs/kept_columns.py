"""The columns that a person chose, kept by their browser for each type of jobs."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, after_this_request, request

_PREFIX = "columns-"
_SECONDS = 365 * 24 * 60 * 60
_MAX_LENGTH = 2_000
_SEPARATOR = ","


def columns_asked(kind: str) -> list[str]:
    """Of the address, which are kept from now on, or those that were kept. An empty one stands for the usual."""
    if "column" not in request.args:
        kept = request.cookies.get(_PREFIX + kind, "")[:_MAX_LENGTH]
        return [name for name in kept.split(_SEPARATOR) if name]
    names = [name for name in request.args.getlist("column") if name]
    _keep(kind, names)
    return names


def _keep(kind: str, names: Sequence[str]) -> None:
    text = _SEPARATOR.join(names)
    if len(text) > _MAX_LENGTH or not text.isascii():
        return

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            _PREFIX + kind,
            text,
            max_age=_SECONDS if text else 0,
            path="/console",
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response
