"""What a 404 and a 405 say: what is near, what is allowed, and where the wanted thing is done."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from statistics import fmean
from types import MappingProxyType
from urllib.parse import quote

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect, Rule

from control_api.http.access import is_of_console

_MAX_ROUTES = 3
_CLOSE = 0.7
# Comparing costs by length, and nobody mistypes so much.
_MAX_LENGTH = 150

# Where it is done what another API does at (method, rule).
_DONE_AT: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("DELETE", "/jobs/<id>"): "cancel with POST /jobs/{id}/cancel",
        ("PATCH", "/jobs/<id>"): "a job does not change; run it again with POST /jobs/{id}/retry",
        ("POST", "/jobs/<id>"): "run it again with POST /jobs/{id}/retry",
        ("GET", "/jobs/<id>/retry"): "a new job is made with POST",
        ("GET", "/jobs/<id>/cancel"): "a job is cancelled with POST",
        ("POST", "/jobs/<id>/results"): "create a job with POST /projects/{projectId}/jobs",
        ("POST", "/api/v1/jobs/<id>"): "create a job with POST /api/v1/jobs",
        ("PATCH", "/api/v1/jobs/<id>"): "cancel with DELETE /api/v1/jobs/{id}",
        ("DELETE", "/schedules/<id>/slots"): "delete with DELETE /schedules/{id}",
        ("GET", "/webhooks/<id>"): "list with GET /projects/{projectId}/webhooks",
        ("GET", "/auth/login"): "sign in with POST and a JSON body",
        ("GET", "/auth/register"): "register with POST and a JSON body",
        ("DELETE", "/organization"): "leave with POST /organization/leave",
    }
)


def message_of_missing_route() -> str:
    """For a 404 or 405 of the router itself; no object was looked for."""
    text = f"Cannot {request.method} {request.path}"
    error = request.routing_exception
    if isinstance(error, MethodNotAllowed):
        return f"{text}; allowed: {', '.join(_allowed(error))}{_done_at()}"
    near = _nearest_routes()
    return f"{text}; did you mean {' or '.join(near)}?" if near else text


def path_without_slash() -> str | None:
    """Where a GET or HEAD that ends with a slash is answered, as a Location; None: nowhere."""
    if request.method not in ("GET", "HEAD") or not isinstance(request.routing_exception, NotFound):
        return None
    # One slash in front, or a browser would read a host's name from it.
    path = "/" + request.path.strip("/")
    if path == request.path or not request.path.endswith("/") or not _answers(path):
        return None
    query = request.query_string.decode("latin-1")
    return quote(path, safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def _allowed(error: MethodNotAllowed) -> list[str]:
    return sorted(error.valid_methods or ())


def _done_at() -> str:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    for method in adapter.allowed_methods():
        rule, _ = adapter.match(method=method, return_rule=True)
        hint = _DONE_AT.get((request.method, rule.rule))
        if hint is None and request.method == "PUT" and "PATCH" in adapter.allowed_methods():
            hint = "change with PATCH"
        return f"; {hint}" if hint else ""
    return ""


def _answers(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        adapter.match(path, method=request.method)
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True


def _nearest_routes() -> list[str]:
    asked = request.path.strip("/").lower()
    if not asked or len(asked) > _MAX_LENGTH:
        return []
    found: list[tuple[float, str]] = []
    for template, methods in _routes(current_app._get_current_object()):  # type: ignore[attr-defined]
        score = _likeness(template.strip("/").lower().split("/"), asked.split("/"))
        if score >= _CLOSE:
            has_method = request.method in methods
            method = request.method if has_method else methods[0]
            # What may be asked in the same way comes before what may not.
            found.append((score - (0.0 if has_method else 0.05), f"{method} {template}"))
    return [route for _, route in sorted(found, key=_by_likeness)[:_MAX_ROUTES]]


def _by_likeness(found: tuple[float, str]) -> tuple[float, int, str]:
    score, route = found
    return -score, len(route), route


def _likeness(parts: list[str], asked: list[str]) -> float:
    """From 0 to 1. A parameter is like anything, and says nothing."""
    fixed = [part for part in parts if not part.startswith("{")]
    if len(parts) == len(asked):
        shares = [
            _share(part, text)
            for part, text in zip(parts, asked, strict=True)
            if not part.startswith("{")
        ]
        return fmean(shares) if shares and min(shares) >= _CLOSE else 0.0
    # `/login` for `/auth/login`, `/api/projects` for `/projects`.
    if fixed[-len(asked) :] == asked or asked[-len(fixed) :] == fixed:
        # `/v1/jobs` is rather `/api/v1/jobs` than `/jobs`: more of it is the same.
        return 0.9 + min(len(fixed), len(asked)) / 1000
    # What both begin with, a version say, does not make them alike.
    while fixed and asked and fixed[0] == asked[0]:
        fixed, asked = fixed[1:], asked[1:]
    return _share("/".join(fixed), "/".join(asked))


def _share(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


@cache
def _routes(app: Flask) -> list[tuple[str, list[str]]]:
    """(template, its methods) of each route, as the API's description writes them."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if is_of_console(rule.rule):
            continue
        found.setdefault(_template(rule), set()).update((rule.methods or set()) - {"HEAD"})
    return [(template, sorted(methods)) for template, methods in found.items()]


def _template(rule: Rule) -> str:
    return "/".join(
        f"{{{part[1:-1].rpartition(':')[2]}}}" if part.startswith("<") else part
        for part in rule.rule.split("/")
    )
