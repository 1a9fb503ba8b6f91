from __future__ import annotations

from typing import Literal

from control_api.http.schemas import Answer


class V1Error(Answer):
    """`type` on 400, 429 and 500 alone; `correlation_id` on 500."""

    detail: str
    error: str
    type: Literal["validation_error", "rate_limit_error", "internal_error"] | None = None
    correlation_id: str | None = None
