"""The table of docs/reliability.md names each route that the API has, and no other."""

from __future__ import annotations

import re

from flask_openapi3.openapi import OpenAPI

from tests.control_api.http.world import routes
from tests.reliability.__main__ import BEGIN, END, PAGE

_ROW = re.compile(r"^\| ([A-Z]+) `([^`]+)` \|", re.MULTILINE)


def rows() -> set[tuple[str, str]]:
    measured = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    return set(_ROW.findall(measured))


def test_the_table_names_no_route_that_is_gone(app: OpenAPI) -> None:
    assert len(rows()) > 100
    assert rows() - {(method, rule) for method, rule, _ in routes(app)} == set()


def test_the_table_names_every_route(app: OpenAPI) -> None:
    assert {(method, rule) for method, rule, _ in routes(app)} - rows() == set()
