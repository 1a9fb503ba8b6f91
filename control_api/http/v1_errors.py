"""Errors under /api/v1: `{"detail", "type", "error"}`. ScrapeMaster's clients read `detail`, ScrapeThis' `error`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from control_api.http.schemas import Answer

PREFIX = "/api/v1/"

_Type = Literal["validation_error", "rate_limit_error", "internal_error"]
_TYPE_OF_STATUS: Mapping[int, _Type] = MappingProxyType(
    {400: "validation_error", 429: "rate_limit_error", 500: "internal_error"}
)


class V1Error(Answer):
    """`type` on 400, 429 and 500 alone; `correlation_id` on 500."""

    detail: str
    error: str
    type: _Type | None = None
    correlation_id: str | None = None


def is_v1_path(path: str) -> bool:
    return path.startswith(PREFIX) or path == PREFIX.rstrip("/")


def v1_error(
    status: int,
    message: str,
    *,
    details: Sequence[Any] = (),
    correlation_id: str | None = None,
) -> V1Error:
    if status == 401:
        return V1Error(detail="Could not validate credentials", error="Invalid or missing API key")
    text = "; ".join(str(detail) for detail in details) or message
    body = {"detail": text, "error": text}
    if status in _TYPE_OF_STATUS:
        body["type"] = _TYPE_OF_STATUS[status]
    if correlation_id is not None:
        body["correlation_id"] = correlation_id
    return V1Error.model_validate(body)
