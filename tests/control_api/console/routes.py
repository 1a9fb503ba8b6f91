"""The routes of the console."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from control_api.http.access import is_of_console


def console_routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD"}):
            if is_of_console(rule.rule):
                yield method, rule.rule, rule.endpoint
