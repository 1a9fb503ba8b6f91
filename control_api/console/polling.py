"""A page whose list is kept up to date: its one polled section, asked for every minute under the page's address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request
from markupsafe import Markup

_EVERY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Section:
    """`path`: where a browser asks for it again; None where the page stays as it is."""

    html: Markup
    path: str | None
    every_seconds: int = _EVERY_SECONDS


def polled_page(page: str, section: str, /, *, is_polled: bool = True, **parts: Any) -> Response:
    """The template `page`, which includes `polled.html`; for a browser that has the page, the section alone, and
    204 when that shows what there is."""
    html = Markup(render_template(section, **parts))
    version = hashlib.sha256(html.encode()).hexdigest()[:16]
    shown = Section(html, _path(version) if is_polled else None)
    if "HX-Request" not in request.headers:
        return make_response(render_template(page, section=shown, **parts))
    if request.args.get("seen") == version:
        return Response(status=204)
    return make_response(render_template("polled.html", section=shown))


def _path(version: str) -> str:
    asked = [(name, text) for name, text in request.args.items(multi=True) if name != "seen"]
    return f"{request.path}?{urlencode([*asked, ('seen', version)])}"
