"""CSV of items that no job type fixes the columns of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from control_api.http.rows.exports import free_csv_chunks
from spiders.items.formats.free_columns import MAX_COLUMNS, FreeColumns, UnknownColumn
from storage.base.records import Row


def rows_of(*data: Mapping[str, Any]) -> list[Row]:
    return [Row(f"job:000000:000001:{number:06d}", one) for number, one in enumerate(data)]


def table(rows: Iterable[Row]) -> list[list[str]]:
    text = b"".join(free_csv_chunks(rows)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_each_rows_fields_are_columns_in_the_order_of_their_first_sight() -> None:
    rows = rows_of({"a": 1, "b": 2}, {"b": 3, "c": 4})
    assert table(rows) == [["a", "b", "c"], ["1", "2", ""], ["", "3", "4"]]


def test_records_flatten_with_dots_and_stand_side_by_side() -> None:
    rows = rows_of(
        {"price": {"amount": 1}, "title": "x"}, {"price": {"amount": 2, "currency": "EUR"}}
    )
    assert table(rows) == [
        ["price.amount", "price.currency", "title"],
        ["1", "", "x"],
        ["2", "EUR", ""],
    ]


def test_what_is_null_here_and_a_record_there_has_no_column_of_its_own() -> None:
    rows = rows_of({"price": None, "note": None}, {"price": {"amount": 2}, "note": {}})
    assert table(rows) == [["price.amount", "note"], ["", ""], ["2", ""]]


def test_a_value_here_and_a_record_there_are_both_shown() -> None:
    rows = rows_of({"price": "free"}, {"price": {"amount": 2}})
    assert table(rows) == [["price", "price.amount"], ["free", ""], ["", "2"]]


def test_cells_and_names_that_begin_like_a_formula_are_escaped() -> None:
    rows = rows_of({"=cmd()": "=1+1", "list": ["a", "b"], "minus": -5})
    assert table(rows) == [["'=cmd()", "list", "minus"], ["'=1+1", "a | b", "-5"]]


def test_no_row_is_an_empty_file() -> None:
    assert list(free_csv_chunks([])) == []


@pytest.mark.parametrize(
    ("item", "header"),
    [
        ({"by": {f"n{number}": number for number in range(MAX_COLUMNS + 1)}, "a": 1}, ["by", "a"]),
        ({f"n{number}": number for number in range(MAX_COLUMNS + 1)}, ["item"]),
    ],
    ids=["a record by name", "an item by name"],
)
def test_names_that_are_data_do_not_become_columns(item: dict[str, Any], header: list[str]) -> None:
    shown = table(rows_of({"a": 0}, item))
    assert sorted(shown[0]) == sorted(header)
    assert any(f"n{MAX_COLUMNS}: {MAX_COLUMNS}" in cell for cell in shown[2])


class Growing:
    """A job that runs on: the second reading finds another row, with another column."""

    def __init__(self, later: Row) -> None:
        self._rows = rows_of({"a": 1}, {"a": 2})
        self._later = later

    def __iter__(self) -> Iterator[Row]:
        yield from list(self._rows)
        by_key = {row.key: row for row in [*self._rows, self._later]}
        self._rows = [by_key[key] for key in sorted(by_key)]


def test_what_is_written_after_the_columns_are_known_is_not_in_the_file() -> None:
    rows = Growing(Row("job:000000:000001:000009", {"b": 9}))
    assert table(rows) == [["a"], ["1"], ["2"]]
    assert table(rows) == [["a", "b"], ["1", ""], ["2", ""], ["", "9"]]


def test_a_row_that_became_another_one_breaks_the_file_off() -> None:
    """The job was run again meanwhile: rather no file than one without a column."""
    rows = Growing(Row("job:000000:000001:000000", {"new": 1}))
    with pytest.raises(UnknownColumn, match="new"):
        table(rows)


def test_a_null_in_a_later_row_is_no_unknown_column() -> None:
    columns = FreeColumns([{"a": 1}])
    assert columns.values({"a": None, "b": None}) == [None]
