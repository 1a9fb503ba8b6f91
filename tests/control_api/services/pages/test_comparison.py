from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from control_api.services.pages.comparison import (
    FieldChange,
    RowState,
    StoredRow,
    compared,
)

SAME, CHANGED = RowState.SAME, RowState.CHANGED
GONE, NEW = RowState.ONLY_STORED, RowState.ONLY_NOW


def stored(*rows: Mapping[str, Any]) -> list[StoredRow]:
    return [StoredRow(1, position, row) for position, row in enumerate(rows, start=1)]


def states(
    old: list[Mapping[str, Any]], new: list[Mapping[str, Any]], **params: Any
) -> list[RowState]:
    return [row.state for row in compared(stored(*old), new, params).rows]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldChange]:
    (row,) = compared(stored(old), [new], {}).rows
    return list(row.changes)


def test_values_are_compared_as_json_has_them() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    old = {"price": {"amount": Decimal("19.99"), "raw": None}, "at": at, "n": [Decimal(1)]}
    new = {"price": {"amount": 19.99}, "at": "2026-01-02T00:00:00.000Z", "n": [1.0]}
    assert changes(old, new) == []


def test_a_change_within_a_record_is_named_by_its_leaf() -> None:
    old, new = {"price": None, "title": "A"}, {"price": {"amount": 5.0}, "title": "A"}
    assert changes(old, new) == [FieldChange("price.amount", None, 5.0)]


@pytest.mark.parametrize(
    "name", ["target", "parentTarget", "jobId", "deliverToAsked", "scrapedAt", "parserVersion"]
)
def test_what_the_crawl_says_is_left_out(name: str) -> None:
    assert changes({name: "then"}, {name: None}) == []


def test_what_the_crawl_counts_is_left_out() -> None:
    old, new = {"page": 2, "position": 12}, {"page": 2, "position": 2}
    assert changes(old, new) == [FieldChange("position", 12, 2)]
    assert compared(stored(old), [new], {}, left_out={"position"}).is_same


def test_warnings_of_the_crawl_are_left_out() -> None:
    old = {"warnings": ["place_unconfirmed", "count_approximate", "fill_failed:TIMEOUT"]}
    assert changes(old, {"warnings": ["count_approximate"]}) == []
    assert changes(old, {"warnings": []}) == [FieldChange("warnings", ["count_approximate"], [])]


def test_rows_are_told_by_what_they_are_about_where_their_number_differs() -> None:
    old = [{"asin": "A"}, {"asin": "B", "title": "b"}, {"asin": "C"}]
    assert states(old, [{"asin": "A"}, {"asin": "C"}]) == [SAME, GONE, SAME]
    assert states(old, [{"asin": "A"}, {"asin": "X"}, *old[1:]]) == [SAME, NEW, SAME, SAME]
    assert states(old, [old[0], {"asin": "B", "title": "other"}, old[2]]) == [SAME, CHANGED, SAME]


def test_the_place_is_the_stored_rows() -> None:
    found = compared([StoredRow(3, 7, {"asin": "A"})], [], {}).rows
    assert [(row.state, row.page, row.position) for row in found] == [(GONE, 3, 7)]


def test_rows_that_were_not_asked_for_are_not_missed() -> None:
    paid, own = {"asin": "P", "sponsored": True}, {"asin": "A", "sponsored": False}
    assert states([own], [paid, own], includeSponsored=False) == [SAME]
    assert states([own], [paid, own]) == [NEW, SAME]
    assert states([own], [own, {"asin": "B"}, {"asin": "C"}], maxResults=1) == [SAME]
    assert states([own], [own, {"asin": "B"}], maxOffers=1) == [SAME]
    new, used = {"offerId": "1", "condition": "new"}, {"offerId": "2", "condition": "used_good"}
    assert states([new], [used, new], conditions=["new"]) == [SAME]


def test_nothing_stored_and_nothing_read_is_the_same() -> None:
    assert compared([], [], {}).is_same
