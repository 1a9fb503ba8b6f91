"""What a monitor knows, and its history, as files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from typing import Any

import pytest

from control_api.http.rows.exports import INTERRUPTED
from control_api.services.monitors.histories import monitor_files
from storage.monitors.chunks import Chunks
from tests.control_api.monitors.files import file, lines, seen
from tests.control_api.monitors.shop import ASINS, Shop, page, two

__all__ = ["seen"]


def table(shop: Shop, name: str, query: str = "") -> list[dict[str, str]]:
    text = file(shop, name, f"format=csv&{query}").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestHistoryFile:
    def test_a_line_a_step_and_each_format_says_the_same(self, seen: Shop) -> None:
        own = lines(seen, "history", "fields=price,seller")
        assert [
            (one["value"], one["field"], one["at"][11:16], one["number"], one["isAbsent"])
            for one in own
            if one["field"] == "price"
        ] == [
            (ASINS[0], "price", "06:00", 24.99, False),
            (ASINS[0], "price", "07:00", 18.99, False),
            (ASINS[1], "price", "06:00", 10, False),
            (ASINS[1], "price", "07:00", None, True),
        ]
        assert [one["currency"] for one in own if one["field"] == "price"] == ["USD"] * 3 + [None]
        assert json.loads(file(seen, "history", "fields=price,seller")) == own
        assert json.loads(file(seen, "history", "format=json&fields=price,seller")) == own
        for line, row in zip(own, table(seen, "history", "fields=price,seller"), strict=True):
            number, is_absent = row.pop("number"), row.pop("isAbsent")
            assert (float(number) if number else None) == line.pop("number")
            assert json.loads(is_absent) == line.pop("isAbsent")
            assert row == {name: value or "" for name, value in line.items()}

    def test_it_says_what_the_history_of_a_watch_says(self, seen: Shop) -> None:
        watch = f"{seen.monitor}:{ASINS[0]}"
        history = seen.tenant.get(f"/watches/{watch}/history").json["data"]
        found = [one for one in lines(seen, "history") if one["watchId"] == watch]
        for name, course in history.items():
            assert [one["at"] for one in found if one["field"] == name] == [
                step[0] for step in course["steps"]
            ], name
        assert {one["field"] for one in found} == set(history)

    def test_what_is_no_number_is_a_text(self, shop: Shop) -> None:
        rank = {"category": "Toys", "nodeId": "165793011", "rank": 7, "isRoot": True}
        badge = {"type": "best_seller", "text": "Best Seller"}
        row = page(bestSellerRanks=[rank], badges=[badge], isPrime=True)
        shop.round(two(row, page()))
        found = {one["field"]: (one["number"], one["text"]) for one in reversed(lines(shop, "history"))}  # fmt: skip
        assert found["rank"] == (7, "165793011")
        assert found["badges"] == (None, "best_seller")
        assert found["isPrime"] == (None, "true")
        assert found["availability"] == (None, "in_stock")

    def test_a_part_of_the_time_begins_with_what_was_in_force(self, seen: Shop) -> None:
        part = "fields=price&from=2026-03-01T06:30:00Z&to=2026-03-01T06:45:00Z"
        assert [(one["at"], one["number"]) for one in lines(seen, "history", part)] == [
            ("2026-03-01T06:30:00.000Z", 24.99),
            ("2026-03-01T06:30:00.000Z", 10),
        ]

    def test_it_is_read_a_page_of_watches_at_a_time(
        self, seen: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = lines(seen, "history")
        monkeypatch.setattr(monitor_files, "_PAGE", 1)
        assert lines(seen, "history") == whole

    def test_a_file_that_breaks_off_says_so(
        self, seen: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any, **__: Any) -> Any:
            raise OSError

        monkeypatch.setattr(Chunks, "of_watch", fail)
        assert file(seen, "history", "format=jsonl").endswith(INTERRUPTED)

    @pytest.mark.parametrize(
        "query", ["fields=cost", "from=2026-01-02&to=2026-01-01", "format=xlsx", "bom=1"]
    )
    def test_what_cannot_be_answered_is_refused(self, shop: Shop, query: str) -> None:
        answer = shop.tenant.get(f"/monitors/{shop.monitor}/history/export?{query}")
        assert answer.status_code == 400


class TestWatchesFile:
    def test_each_line_is_a_watch_as_the_list_has_it(self, seen: Shop) -> None:
        assert lines(seen, "watches") == seen.watches()["data"]
        assert lines(seen, "watches", "tag=none") == []

    def test_a_table_has_a_column_a_field(self, seen: Shop) -> None:
        change = {"tags": ["own", "top"], "target": 19.99}
        seen.tenant.patch(f"/watches/{seen.monitor}:{ASINS[0]}", json=change)
        first, second = table(seen, "watches", "bom=1")
        assert (first["value"], first["tags"], first["target"]) == (ASINS[0], "own | top", "19.99")
        assert (first["price"], first["currency"], first["availability"]) == (
            "18.99",
            "USD",
            "in_stock",
        )
        now = seen.watch()["now"]["seller"]
        assert (first["sellerId"], first["sellerName"]) == (now["id"] or "", now["name"] or "")
        assert (second["price"], second["availability"], second["lastOutcome"]) == (
            "",
            "unavailable",
            "ok",
        )

    def test_it_can_be_packed(self, seen: Shop) -> None:
        plain = file(seen, "watches", "format=csv")
        assert gzip.decompress(file(seen, "watches", "format=csv&gzip=1")) == plain


@pytest.mark.parametrize("name", ["watches", "history"])
def test_without_its_package_parquet_is_refused_and_not_counted(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    path = f"/monitors/{shop.monitor}/{name}/export?format=parquet"
    for method in ("GET", "HEAD"):
        answer = shop.tenant.call(method, path)
        assert answer.status_code == 400
    refused = shop.tenant.get(path).json["error"]
    assert refused["code"] == "VALIDATION_ERROR"
    assert "pyarrow (requirements/parquet.txt)" in refused["message"]
    assert shop.tenant.get("/audit?action=monitor.exported").json["data"] == []
    assert file(shop, name, "format=csv")


@pytest.mark.parametrize("name", ["watches", "history"])
def test_a_file_is_an_export_of_the_plan(shop: Shop, name: str) -> None:
    path = f"/monitors/{shop.monitor}/{name}/export"
    assert shop.tenant.call("HEAD", path).status_code == 200
    assert shop.tenant.call("HEAD", "/monitors/nonsense/history/export").status_code == 404
    for _ in range(20):
        file(shop, name, "format=csv")
    entries = shop.tenant.get("/audit?action=monitor.exported").json["data"]
    assert len(entries) == 20
    assert entries[0]["metadata"]["of"] == name
    assert shop.tenant.get(path).status_code == 403
