"""Errors under /api/v1: `{"detail", "type", "error"}`. ScrapeMaster's clients read `detail`, ScrapeThis' `error`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

PREFIX = "/api/v1/"

_TYPE_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {400: "validation_error", 429: "rate_limit_error", 500: "internal_error"}
)
_UNAUTHORIZED: Mapping[str, str] = MappingProxyType(
    {"detail": "Could not validate credentials", "error": "Invalid or missing API key"}
)


def is_v1_path(path: str) -> bool:
    return path.startswith(PREFIX) or path == PREFIX.rstrip("/")


def v1_error(
    status: int,
    message: str,
    *,
    details: Sequence[Any] = (),
    correlation_id: str | None = None,
) -> dict[str, Any]:
    if status == 401:
        return dict(_UNAUTHORIZED)
    text = "; ".join(str(detail) for detail in details) or message
    body = {"detail": text, "error": text}
    if status in _TYPE_OF_STATUS:
        body["type"] = _TYPE_OF_STATUS[status]
    if correlation_id is not None:
        body["correlation_id"] = correlation_id
    return body
