"""Refusals as pages: what happened, and whether it was done."""

from __future__ import annotations

import logging
import math
from urllib.parse import quote, urlsplit

from flask import Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from control_api.console.blueprint import console, see_other
from control_api.http.browser_session import SessionRequired, own_path
from control_api.http.errors.error_handlers import note_defect
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.services.errors import (
    PasswordChangeRequired,
    RateLimited,
    ServiceError,
    StorageAway,
    Unavailable,
)

log = logging.getLogger(__name__)

_TITLES = {
    400: "This cannot be done as asked",
    401: "Not signed in",
    402: "Not enough credits",
    403: "Not allowed",
    404: "Not found",
    405: "Not found",
    409: "Not possible now",
    413: "Too large",
    429: "Too often",
    500: "Something went wrong",
    503: "Not available at the moment",
}


def error_page(
    status: int, message: str, *, details: list[object] | None = None, reference: str = ""
) -> Response:
    title = _TITLES.get(status, "Not possible")
    page = render_template(
        "error.html", title=title, message=message, details=details or [], reference=reference
    )
    return make_response(page, status)


@console.get("/console/<path:rest>")
def _no_page(rest: str) -> Response:
    if rest.endswith("/"):
        return redirect(own_path(request.path.rstrip("/")), 308)  # type: ignore[return-value]
    return error_page(404, "There is no such page.")


@console.errorhandler(SessionRequired)
def _on_no_session(error: SessionRequired) -> Response:
    """To the sign-in, and from there back to the page; what a form sent is not done later."""
    asked = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        asked = shown.path + (f"?{shown.query}" if shown.query else "")
        return Response(status=401, headers={"HX-Redirect": _login_path(asked)})
    return see_other(_login_path(asked))


def _login_path(asked: str | None) -> str:
    path = own_path(asked)
    return (
        f"/console/login?next={quote(path, safe='/')}" if path != "/console" else "/console/login"
    )


@console.errorhandler(PasswordChangeRequired)
def _on_password_change_required(error: PasswordChangeRequired) -> Response:
    return see_other("/console/password")


@console.errorhandler(ServiceError)
def _on_service_error(error: ServiceError) -> Response:
    response = error_page(STATUS_OF_CODE[error.code], error.message, details=error.details)
    if isinstance(error, (RateLimited, Unavailable)):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    return response


@console.errorhandler(HTTPException)
def _on_http_exception(error: HTTPException) -> Response:
    return error_page(error.code or 500, error.description or error.name)


@console.errorhandler(StorageAway)
def _on_storage_away(error: StorageAway) -> Response:
    log.error("a server is away: %s", error)
    message = "The service cannot reach its database. Nothing was changed; try again soon."
    response = error_page(503, message)
    response.headers["Retry-After"] = str(math.ceil(Unavailable.retry_after_seconds))
    return response


@console.errorhandler(Exception)
def _on_unhandled(error: Exception) -> Response:
    return error_page(500, "The service met an error of its own.", reference=note_defect(error))
