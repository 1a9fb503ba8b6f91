"""A product that is followed in another currency from some day on: no amount is taken for one of the other."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from control_api.azscraper.schemas.monitors.alerts import FiringsAnswer
from control_api.azscraper.schemas.monitors.watches import WatchHistoryAnswer
from tests.control_api.monitors.shop import ASINS, Shop, two
from tests.control_api.services.monitors.following import sold

YEN, DINAR = "JPY", "KWD"


@pytest.fixture
def moved(shop: Shop) -> Shop:
    """Two days in Japan, then in Kuwait, a look each day."""
    shop.pause = timedelta(days=1)
    for price, currency in (
        ("3980", YEN), ("3480", YEN), ("8.125", DINAR), ("8.125", DINAR), ("8.125", DINAR), ("7.995", DINAR),
    ):  # fmt: skip
        shop.round(two(sold(price, currency), sold("1", YEN)))
    return shop


def history(shop: Shop, query: str) -> Any:
    path = f"/watches/{shop.monitor}:{ASINS[0]}/history?fields=price{query}"
    return shop.get(path, WatchHistoryAnswer)["data"]


def test_a_history_is_in_one_currency(moved: Shop) -> None:
    found = history(moved, "")["price"]
    assert found["unit"] == {"currency": DINAR}
    assert [step[1] for step in found["steps"]] == [8.125, 7.995]
    before = history(moved, "&to=2026-03-04T00:00:00Z")["price"]
    assert before["unit"] == {"currency": YEN}
    assert [step[1] for step in before["steps"]] == [3980, 3480]
    cells = history(moved, "&form=buckets&bucket=1d&to=2026-03-06T12:00:00Z")["price"]["buckets"]
    assert [cell["close"] for cell in cells if cell["close"] is not None] == [8.125, 7.995]
    compact = history(moved, "&form=compact")
    assert compact["currency"] == DINAR
    assert compact["series"]["price"][1::2] == [81_250, 79_950]


def test_the_lowest_price_is_one_of_the_currency(moved: Shop) -> None:
    assert moved.watch()["lowest"]["amount"] == 7.995
    assert moved.watch()["context"]["currency"] == DINAR


def test_a_file_names_the_currency_of_each_price(moved: Shop) -> None:
    path = f"/monitors/{moved.monitor}/history/export?format=csv&fields=price,availability"
    lines = list(csv.DictReader(io.StringIO(moved.tenant.get(path).text)))
    own = [one for one in lines if one["value"] == ASINS[0]]
    assert [(float(one["number"]), one["currency"]) for one in own if one["field"] == "price"] == [
        (3980, YEN), (3480, YEN), (8.125, DINAR), (7.995, DINAR),
    ]  # fmt: skip
    assert [one["text"] for one in own if one["field"] == "availability"] == ["in_stock"]
    later = moved.tenant.get(f"{path}&from=2026-03-06T00:00:00Z").text
    of_later = [one for one in csv.DictReader(io.StringIO(later)) if one["field"] == "price"]
    assert {one["currency"] for one in of_later if one["value"] == ASINS[0]} == {DINAR}


def test_an_alert_compares_amounts_of_one_currency(shop: Shop) -> None:
    """8 dinars are not the lowest since 3,480 yen."""
    shop.pause = timedelta(days=1)
    when = {"field": "price", "is": "lowest_in", "days": 2}
    body = {"name": "a", "when": when, "fireOnFirst": True}
    alert = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=body).json["data"]["id"]
    prices = [("3980", YEN)] * 3 + [("8.125", DINAR)] * 3 + [("8.250", DINAR), ("7.995", DINAR)]
    for price, currency in prices:
        shop.round(two(sold(price, currency), sold("1", YEN)))
    fired = shop.get(f"/alerts/{alert}/firings", FiringsAnswer)["data"]
    assert [(one["value"], one["after"]) for one in fired] == [
        (ASINS[0], {"amount": 7.995, "currency": DINAR})
    ]


def test_a_watch_that_learns_its_currency_anew_begins_another_piece(shop: Shop) -> None:
    shop.pause = timedelta(days=1)
    shop.round(two(sold("3980", YEN), sold("1", YEN)))
    path = f"/watches/{shop.monitor}:{ASINS[0]}"
    assert shop.tenant.patch(path, json={"relearnContext": True}).status_code == 200
    shop.round(two(sold("8.125", DINAR), sold("1", YEN)))
    assert [step[1] for step in history(shop, "")["price"]["steps"]] == [8.125]
