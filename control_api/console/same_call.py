"""The same as the page, as a call of the API for curl."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from control_api.http.own_address import own_origin


def curl(method: str, path: str, body: Mapping[str, Any] | None = None) -> str:
    parts = ["curl"]
    if method != "GET":
        parts.append(f"-X {method}")
    parts.append('-H "Authorization: Bearer $TOKEN"')
    if body is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    parts.append(shlex.quote(own_origin() + path))
    return " \\\n  ".join(parts)
