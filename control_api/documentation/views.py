"""Swagger UI and ReDoc from the installed packages: nothing is loaded from another host."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, send_from_directory
from werkzeug.exceptions import NotFound

from control_api.documentation.answer_examples import show_examples
from control_api.documentation.newcomers import introduce
from control_api.documentation.sentences import describe_operations, describe_properties
from control_api.http.access import Access, access_of
from control_api.http.json_text import json_as_it_is

_PAGES = Path(__file__).with_name("pages")
_ASSETS = {
    "swagger": Path(str(files("flask_openapi3_swagger"))) / "templates" / "swagger",
    "redoc": Path(str(files("flask_openapi3_redoc"))) / "templates" / "redoc",
    "pages": _PAGES,
}
_ASSET_TYPES = (".js", ".css", ".svg")

_Scheme = dict[str, list[str]]
_TOKEN: _Scheme = {"bearer": []}
_KEY: _Scheme = {"apiKey": []}
_OPERATOR: _Scheme = {"operator": []}
_SECURITY: dict[Access, list[_Scheme]] = {
    Access.PUBLIC: [],
    Access.OPERATOR: [_OPERATOR],
    Access.PROJECT: [_TOKEN, _KEY],
    Access.USER_KEY: [_TOKEN, _KEY],
    Access.USER: [_TOKEN],
    Access.OWNER: [_TOKEN],
    Access.ADMIN: [_TOKEN],
}

# ReDoc's bundle asks a CDN for its maker's logo; the browser is told to ask nobody but us.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)

documentation = Blueprint("documentation", __name__, url_prefix="/api")


@documentation.get("/docs")
def swagger_ui() -> Response:
    return _page("swagger.html")


@documentation.get("/redoc")
def redoc() -> Response:
    return _page("redoc.html")


@documentation.get("/openapi.json")
def openapi_document() -> Response:
    document: dict[str, Any] = current_app.api_doc  # type: ignore[attr-defined]
    _drop_assumed_errors(document)
    _state_security(document)
    show_examples(document)
    introduce(document)
    describe_operations(document)
    describe_properties(document)
    return json_as_it_is(document)


@documentation.get("/assets/<path:name>")
def asset(name: str) -> Response:
    folder, _, rest = name.partition("/")
    if folder not in _ASSETS or not rest.endswith(_ASSET_TYPES):
        raise NotFound
    return send_from_directory(_ASSETS[folder], rest, max_age=86_400)


def _page(name: str) -> Response:
    response = send_from_directory(_PAGES, name)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _drop_assumed_errors(document: dict[str, Any]) -> None:
    """flask-openapi3 gives each operation without a 400 one with a list of errors, which no route of
    ours answers."""
    for item in document["paths"].values():
        for operation in item.values():
            refused = operation["responses"].get("400", {}).get("content", {})
            if refused.get("application/json", {}).get("schema", {}).get("type") == "array":
                del operation["responses"]["400"]


def _state_security(document: dict[str, Any]) -> None:
    """What each operation asks for, from the table that the gate reads."""
    for path, item in document["paths"].items():
        rule = path.replace("{", "<").replace("}", ">")
        for method, operation in item.items():
            if schemes := _SECURITY[access_of(method.upper(), rule)]:
                operation["security"] = schemes
