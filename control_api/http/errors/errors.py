"""The codes of errors with their statuses, and the envelope that all but /api/v1 answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from control_api.http.schemas import ErrorBody, ErrorEnvelope

STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {
        "VALIDATION_ERROR": 400,
        "INVALID_ASIN": 400,
        "UNAUTHORIZED": 401,
        "INVALID_CREDENTIALS": 401,
        "WRONG_CURRENT_PASSWORD": 401,
        "PAYMENT_REQUIRED": 402,
        "INSUFFICIENT_CREDITS": 402,
        "FORBIDDEN": 403,
        "PASSWORD_CHANGE_REQUIRED": 403,
        "NOT_FOUND": 404,
        "JOB_NOT_FOUND": 404,
        "PROJECT_NOT_FOUND": 404,
        "SCHEDULE_NOT_FOUND": 404,
        "API_KEY_NOT_FOUND": 404,
        "WEBHOOK_NOT_FOUND": 404,
        "SPIDER_NOT_FOUND": 404,
        "MONITOR_NOT_FOUND": 404,
        "WATCH_NOT_FOUND": 404,
        "ALERT_NOT_FOUND": 404,
        "METHOD_NOT_ALLOWED": 405,
        "CONFLICT": 409,
        "EMAIL_ALREADY_EXISTS": 409,
        "CURSOR_EXPIRED": 410,
        "PAYLOAD_TOO_LARGE": 413,
        "UNSUPPORTED_MEDIA_TYPE": 415,
        "IDEMPOTENCY_KEY_REUSED": 422,
        "RATE_LIMIT_EXCEEDED": 429,
        "INTERNAL_ERROR": 500,
        "CANCEL_FAILED": 500,
        "SERVICE_UNAVAILABLE": 503,
    }
)


def error_envelope(
    code: str, message: str, *, details: Sequence[Any] = (), correlation_id: str | None = None
) -> ErrorEnvelope:
    told = {} if correlation_id is None else {"correlationId": correlation_id}
    error = ErrorBody.model_validate(
        {"code": code, "message": message, "details": list(details), **told}
    )
    return ErrorEnvelope(success=False, error=error)
