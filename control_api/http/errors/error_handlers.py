"""Every error becomes one record here, and an answer in the dialect of the path it came from."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from flask import Flask, Response, current_app, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from control_api.http.context import services
from control_api.http.errors.errors import STATUS_OF_CODE, error_envelope
from control_api.http.errors.signposts import message_of_missing_route, path_without_slash
from control_api.http.errors.validation_messages import messages_from_validation_error
from control_api.http.json_text import json_answer
from control_api.http.requests.request_names import body_models, body_names
from control_api.http.schemas import Answer
from control_api.http.v1_errors import is_v1_path, v1_error
from control_api.services.errors import (
    InvalidInput,
    RateLimited,
    ServiceError,
    StorageAway,
    Unavailable,
)

log = logging.getLogger(__name__)

_CODE_OF_STATUS = {
    400: "VALIDATION_ERROR",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    status: int
    code: str
    message: str
    details: Sequence[Any] = ()
    correlation_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def install_error_handlers(app: Flask) -> None:
    app.register_error_handler(ServiceError, _on_service_error)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(StorageAway, _on_storage_away)
    app.register_error_handler(Exception, _on_unhandled)


def refuse_invalid_input(error: ValidationError) -> NoReturn:
    """flask-openapi3 hands schema errors over here."""
    view = current_app.view_functions[request.endpoint or ""]
    messages = messages_from_validation_error(error, body_names(view), body_models(view))
    # One message says it all; with more, `details` lists them.
    raise InvalidInput(messages[0], messages if len(messages) > 1 else ())


def _on_service_error(error: ServiceError) -> Response:
    headers = {}
    if isinstance(error, (RateLimited, Unavailable)):
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    return _answer(
        Refusal(
            status=STATUS_OF_CODE[error.code],
            code=error.code,
            message=error.message,
            details=error.details,
            headers=headers,
        )
    )


def _on_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    message = error.description or error.name
    if status in (404, 405) and request.routing_exception is not None:
        location = path_without_slash()
        if location is not None:
            return Response(status=308, headers={"Location": location})
        message = message_of_missing_route()
    elif status in (404, 405):
        message = f"Cannot {request.method} {request.path}"
    if status == 413:
        message = f"body must not be larger than {current_app.config['MAX_CONTENT_LENGTH']} bytes"
    allow = getattr(error, "valid_methods", None)
    return _answer(
        Refusal(
            status=status,
            code=_CODE_OF_STATUS.get(status, "VALIDATION_ERROR"),
            message=message,
            headers={"Allow": ", ".join(sorted(allow))} if allow else {},
        )
    )


def _on_storage_away(error: Exception) -> Response:
    log.error("a server is away: %s", error)
    return _answer(
        Refusal(
            status=503,
            code=Unavailable.code,
            message="The service cannot reach its database; try again soon",
            headers={"Retry-After": str(math.ceil(Unavailable.retry_after_seconds))},
        )
    )


def _on_unhandled(error: Exception) -> Response:
    return _answer(
        Refusal(
            status=500,
            code="INTERNAL_ERROR",
            message="Internal server error",
            correlation_id=note_defect(error),
        )
    )


def note_defect(error: Exception) -> str:
    """Log and count an error that nobody foresaw; the id that the log has for it."""
    correlation_id = secrets.token_hex(8)
    log.error("unhandled error, correlationId=%s", correlation_id, exc_info=error)
    services().count_defect("api")
    return correlation_id


def _answer(refusal: Refusal) -> Response:
    response = json_answer(_body(refusal), refusal.status)
    response.headers.extend(dict(refusal.headers))
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _body(refusal: Refusal) -> Answer:
    if is_v1_path(request.path):
        return v1_error(
            refusal.status,
            refusal.message,
            details=refusal.details,
            correlation_id=refusal.correlation_id,
        )
    return error_envelope(
        refusal.code,
        refusal.message,
        details=refusal.details,
        correlation_id=refusal.correlation_id,
    )
