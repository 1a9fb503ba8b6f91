"""Products by a part of their title, in the rows of an organization's jobs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person, sign_in
from tests.control_api.console.seeded import HOSTILE, search_row
from tests.control_api.crawling import end_target


def listed(page: str) -> list[str]:
    return re.findall(r'<a href="(/console/products/[^"]+)">', page)


def test_products_are_found_by_a_part_of_their_title(
    person: Person, settlement: Settlement, app: Flask, make_tenant
) -> None:
    for title in ("A KETTLE of steel", HOSTILE[0]):
        job = person.tenant.make_job()["id"]
        rows = [
            search_row(1, title=title, marketplace="US"),
            search_row(2, title="desk lamp", brand="Kettle & co", marketplace="US"),
            search_row(3, title="a kettle of a place that is none", marketplace="<b>"),
        ]
        end_target(settlement, job, 0, rows)
    page = person.get("/products?q=kettle").text
    assert listed(page) == ["/console/products/US/B000000001"]
    assert "1 product in 6 rows of 2 jobs" in page
    page = person.get("/products", query_string={"q": HOSTILE[0]}).text
    assert len(listed(page)) == 1 and HOSTILE[0] not in page
    assert "No title in these rows has" in person.get("/products?q=teapot").text
    stranger = sign_in(app, make_tenant("unlimited"))
    assert listed(stranger.get("/products?q=kettle").text) == []


def test_a_search_goes_on_with_older_jobs(
    person: Person, settlement: Settlement, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        job = person.tenant.make_job()["id"]
        end_target(settlement, job, 0, [search_row(number, title="lamp", marketplace="DE")])
    monkeypatch.setattr("control_api.console.monitors.product_search._MAX_ROWS", 1)
    newest = person.get("/products?q=lamp").text
    assert listed(newest) == ["/console/products/DE/B000000002"]
    onward = re.search(r'href="(\?q=lamp[^"]+)">Older jobs', newest)
    assert onward
    older = person.get(f"/products{unescape(onward[1])}").text
    assert listed(older) == ["/console/products/DE/B000000001"] and "Older jobs" not in older
    assert person.get("/products?q=lamp&before=odd").status_code == 400
