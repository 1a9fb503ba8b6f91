"""What a monitor knows as Parquet, read by the programs that users have, beside the API and the other files."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest
from pyarrow import parquet

from control_api.http.rows import parquet as written
from control_api.http.rows.parquet import CellKind, ParquetColumn, parquet_chunks
from control_api.services.records import Row
from storage.monitors.chunks import Chunks
from tests.control_api.monitors.files import UNAVAILABLE, file, lines, seen
from tests.control_api.monitors.shop import ASINS, Shop, page, two

__all__ = ["seen"]

KINDS = ("parquet", "csv", "jsonl")


def table(shop: Shop, name: str, query: str = "") -> pyarrow.Table:
    return parquet.read_table(io.BytesIO(file(shop, name, f"format=parquet&{query}")))


class TestHistory:
    def test_m14_each_format_says_the_same(self, seen: Shop) -> None:
        found = table(seen, "history")
        own = lines(seen, "history")
        assert len(own) > 20
        for row, line in zip(found.to_pylist(), own, strict=True):
            number = row.pop("number")
            assert row.pop("at") == datetime.fromisoformat(line.pop("at"))
            assert (number is None) == (line["number"] is None)
            assert number is None or number == Decimal(str(line["number"]))
            del line["number"]
            assert row == line

    def test_amounts_are_exact_and_times_are_times(self, seen: Shop) -> None:
        schema = table(seen, "history").schema
        assert {field.name: str(field.type) for field in schema} == {
            "watchId": "string",
            "value": "string",
            "field": "string",
            "at": "timestamp[ms, tz=UTC]",
            "number": "decimal128(19, 4)",
            "text": "string",
            "currency": "string",
            "isAbsent": "bool",
        }

    def test_a_part_can_be_asked_for_and_packed(self, seen: Shop) -> None:
        query = "format=parquet&fields=price&from=2026-03-01T06:30:00Z&to=2026-03-01T06:45:00Z"
        data = gzip.decompress(file(seen, "history", f"{query}&gzip=1"))
        found = parquet.read_table(io.BytesIO(data)).to_pylist()
        assert [(one["number"], one["field"]) for one in found] == [
            (Decimal("24.9900"), "price"),
            (Decimal("10.0000"), "price"),
        ]

    def test_a_file_that_breaks_off_is_read_by_nobody(
        self, seen: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any, **__: Any) -> Any:
            raise OSError

        monkeypatch.setattr(Chunks, "of_watch", fail)
        with pytest.raises(pyarrow.ArrowInvalid):
            table(seen, "history")

    def test_it_is_an_attachment_of_its_own_kind(self, seen: Shop) -> None:
        path = f"/monitors/{seen.monitor}/history/export?format=parquet"
        answer = seen.tenant.get(path)
        assert answer.content_type == "application/vnd.apache.parquet"
        assert f"history-{seen.monitor}.parquet" in answer.headers["Content-Disposition"]


def test_duckdb_reads_each_file_and_says_what_the_api_says(seen: Shop, tmp_path: Path) -> None:
    with duckdb.connect() as database:
        found = []
        for kind in KINDS:
            path = tmp_path / f"history.{kind}"
            path.write_bytes(file(seen, "history", f"format={kind}&fields=price,availability"))
            reader = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[kind]
            query = (
                'SELECT value, field, epoch_ms("at"::TIMESTAMPTZ), number::DOUBLE, text, currency, isAbsent '
                f"FROM {reader}('{path}') ORDER BY value, field, \"at\""
            )
            found.append(database.execute(query).fetchall())
    assert found[0] == found[1] == found[2]
    for asin in ASINS[:2]:
        watch = f"/watches/{seen.monitor}:{asin}/history?fields=price,availability"
        history = seen.tenant.get(watch).json["data"]
        for name, course in history.items():
            told = [
                (datetime.fromtimestamp(row[2] / 1000).astimezone(), row[3], row[4], row[6])
                for row in found[0]
                if row[:2] == (asin, name)
            ]
            assert told == [
                (
                    datetime.fromisoformat(at),
                    value if name == "price" else None,
                    value if name == "availability" else None,
                    value is None,
                )
                for at, value in course["steps"]
            ]


def test_the_statement_of_the_documents(seen: Shop, tmp_path: Path) -> None:
    statement = "SELECT value, min(number) FROM read_json('history.jsonl') WHERE field = 'price' GROUP BY value;"
    assert statement in Path("docs/monitoring.md").read_text()
    (tmp_path / "history.jsonl").write_bytes(file(seen, "history", "format=jsonl"))
    with duckdb.connect() as database:
        database.execute(f"SET file_search_path = '{tmp_path}'")
        assert set(database.execute(statement).fetchall()) == {(ASINS[0], 18.99), (ASINS[1], 10.0)}


class TestWatches:
    def test_a_row_is_a_watch_as_the_list_has_it(self, shop: Shop) -> None:
        rank = {"category": "Toys", "nodeId": "165793011", "rank": 7, "isRoot": True}
        badge = {"type": "best_seller", "text": "Best Seller"}
        row = page("18.99", bestSellerRanks=[rank], badges=[badge], isPrime=True, rating="4.5")
        shop.round(two(row, page()))
        shop.round(two(row, page(None, **UNAVAILABLE)))
        change = {"tags": ["own", "top"], "target": 19.99999}
        shop.tenant.patch(f"/watches/{shop.monitor}:{ASINS[0]}", json=change)
        listed = shop.watches()["data"]
        first, second = table(shop, "watches").to_pylist()
        plain = ("id", "value", "label", "tags", "note", "target", "enabled", "missed", "isGone")
        for found, one in zip((first, second), listed, strict=True):
            assert {name: found[name] for name in plain} == {name: one[name] for name in plain}
            assert found["lastOkAt"] == datetime.fromisoformat(one["lastOkAt"])
            assert found["isStale"] is True
        assert (first["price"], first["currency"]) == (Decimal("18.99"), "USD")
        assert (first["rating"], first["rank"]) == (Decimal("4.5"), 7)
        assert (first["isPrime"], first["badges"]) == (True, ["best_seller"])
        assert (second["price"], second["availability"]) == (None, "unavailable")


def rows(count: int, taken: list[int]) -> Iterator[Row]:
    for number in range(count):
        taken.append(number)
        yield Row(str(number), {"n": number, "amount": Decimal("922337203685477.5807")})


def test_m17_a_file_is_written_a_group_of_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "ROWS_A_GROUP", 20)
    monkeypatch.setattr(written, "_BATCH", 5)
    columns = [
        ParquetColumn("n", ("n",), CellKind.WHOLE),
        ParquetColumn("amount", ("amount",), CellKind.NUMBER),
        ParquetColumn("none", ("n", "inside"), CellKind.TEXT),
    ]
    taken: list[int] = []
    chunks = parquet_chunks(rows(45, taken), columns, subject="a test")
    first = next(chunks)
    assert len(taken) == 20
    read = parquet.ParquetFile(io.BytesIO(first + b"".join(chunks)))
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [20, 20, 5]
    # The greatest amount that a history can hold, to the last place.
    assert read.read().to_pylist() == [
        {"n": number, "amount": Decimal("922337203685477.5807"), "none": None}
        for number in range(45)
    ]


def test_no_row_at_all_is_a_file_with_columns() -> None:
    columns = [ParquetColumn("n", ("n",), CellKind.WHOLE)]
    data = b"".join(parquet_chunks([], columns, subject="a test"))
    found = parquet.read_table(io.BytesIO(data))
    assert (found.num_rows, found.column_names) == (0, ["n"])
    assert json.dumps(found.to_pylist()) == "[]"
