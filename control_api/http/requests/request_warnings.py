"""What a request asked for that has no effect. Nothing that a user sends is ignored without a word.

A view calls `warn`; the answer's envelope takes the warnings up where the dialect has one.
Query names are checked for every route, and also told in a header: not every answer is an object.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, has_request_context, request

from control_api.http.access import is_of_console
from control_api.http.nearest import did_you_mean
from control_api.http.requests.request_names import query_names, repeatable_names
from control_api.http.v1_errors import is_v1_path
from control_api.services.errors import InvalidInput

UNKNOWN_PARAMETERS = "X-Unknown-Parameters"
_MAX_WARNINGS = 100
_MAX_NAME_LENGTH = 100


def warn(path: str, message: str) -> None:
    found: list[dict[str, str]] = g.setdefault("warnings", [])
    if len(found) < _MAX_WARNINGS:
        found.append({"path": path, "message": message})


def enveloped(body: dict[str, Any]) -> dict[str, Any]:
    """`{"data": ...}` with the request's warnings beside it."""
    if not has_request_context() or "data" not in body or is_v1_path(request.path):
        return body
    found = g.get("warnings")
    return {**body, "warnings": [*body.get("warnings", ()), *found]} if found else body


def install_query_check(app: Flask) -> None:
    app.before_request(_check_query_names)
    app.after_request(_name_unknown_parameters)


def _check_query_names() -> None:
    if request.url_rule is None or not request.args or is_of_console(request.url_rule.rule):
        return
    view = current_app.view_functions[request.url_rule.endpoint]
    known = query_names(view)
    _refuse_two_values(known - repeatable_names(view))
    unknown = [name[:_MAX_NAME_LENGTH] for name in request.args if name not in known][
        :_MAX_WARNINGS
    ]
    for name in unknown:
        meant = did_you_mean(name, known)
        text = f"`{name}` is not a parameter of this address and has no effect{meant}"
        warn(f"query.{name}", text)
    g.unknown_parameters = unknown


def _refuse_two_values(names: frozenset[str]) -> None:
    """Flask takes the first, and the others would be ignored."""
    for name, values in request.args.lists():
        if name in names and len(set(values)) > 1:
            raise InvalidInput(
                f"{name} must be given once; it stands in the address {len(values)} times"
            )


def _name_unknown_parameters(response: Response) -> Response:
    names = g.get("unknown_parameters")
    if names:
        # A name is the client's text: in a header it stands as it stood in the address.
        response.headers[UNKNOWN_PARAMETERS] = ", ".join(quote(name, safe="[]$") for name in names)
    return response
