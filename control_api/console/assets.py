"""Style and scripts. An address carries the content's hash, so a browser keeps each for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from control_api.console.blueprint import console

_FOLDER = Path(__file__).with_name("assets")
_TYPES = (".js", ".css", ".svg")
_YEAR_SECONDS = 365 * 24 * 60 * 60


@console.get("/console/assets/<path:name>")
def asset(name: str) -> Response:
    if not name.endswith(_TYPES):
        raise NotFound
    response = send_from_directory(_FOLDER, name, max_age=_YEAR_SECONDS)
    response.cache_control.immutable = True
    return response


def asset_url(name: str) -> str:
    return url_for("console.asset", name=name, v=_version(name))


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]
