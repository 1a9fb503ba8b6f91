"""Fixture folders: `input.html` (written by us), `meta.json` (how it was fetched, which trap it
holds) and `output.json` (the fields the case is about; others are not compared)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage

FIXTURES = Path(__file__).parent / "fixtures"
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def meta(self) -> dict[str, Any]:
        return self._json("meta.json")

    @property
    def expected(self) -> dict[str, Any]:
        return self._json("output.json")

    def fetched(self, body: bytes | None = None) -> Fetched:
        meta = self.meta
        return Fetched(
            url=meta["url"],
            status=meta["status"],
            headers=meta.get("headers", {}),
            body=(self.folder / "input.html").read_bytes() if body is None else body,
            requested_url=meta.get("requestedUrl"),
        )

    def answer(self, body: bytes | None = None) -> dict[str, Any]:
        """The same shape as `output.json`, with every field."""
        if self.meta["kind"] == "search":
            return self._search_answer(self.fetched(body))
        if self.meta["kind"] == "list":
            return self._list_answer(self.fetched(body))
        page = ProductPage(
            self.fetched(body),
            asked_asin=self._asked_asin(),
            lang=self.meta.get("lang"),
            scraped_at=MOMENT,
        )
        item = page.item()
        plain = numbers(plain_from_item(item)) if item is not None else None
        return {"pageStatus": page.status.value, "item": plain}

    def _search_answer(self, fetched: Fetched) -> dict[str, Any]:
        meta = self.meta
        page = SearchPage(
            fetched,
            keyword=meta.get("keyword"),
            lang=meta.get("lang"),
            page=meta.get("page", 1),
            rank_offset=meta.get("rankOffset", 0),
            organic_offset=meta.get("organicOffset", 0),
            scraped_at=MOMENT,
        )
        rows = [numbers(plain_from_item(row)) for row in page.rows()]
        return {
            "pageStatus": page.status.value,
            "rows": rows,
            "hasNext": page.has_next,
            "info": plain_from_item(page.info) if page.info else None,
        }

    def _list_answer(self, fetched: Fetched) -> dict[str, Any]:
        page = BestsellersPage(fetched, lang=self.meta.get("lang"), scraped_at=MOMENT)
        rows = [numbers(plain_from_item(row)) for row in page.rows()]
        return {"pageStatus": page.status.value, "rows": rows, "hasNext": page.has_next}

    def _asked_asin(self) -> str:
        asked: str = self.meta.get("askedAsin", "B0FIXTURE1")
        return asked

    def _json(self, name: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return loaded


def all_cases() -> list[Case]:
    return [Case(folder) for folder in sorted(FIXTURES.iterdir()) if folder.is_dir()]


def misses(case: Case) -> list[str]:
    """What the answer says otherwise than expected, one line each; empty when all is well."""
    answer, expected = case.answer(), case.expected
    found = [
        f"{key}: expected {expected[key]!r}, got {answer.get(key)!r}"
        for key in expected
        if key not in ("rows", "item") and expected[key] != answer.get(key)
    ]
    if "rows" in expected:
        found += _row_misses(expected["rows"], answer["rows"])
    if "item" in expected:
        found += _record_misses("item", expected["item"], answer["item"])
    return found


def numbers(value: Any) -> Any:
    """Decimals as JSON would hold them, so that both sides compare."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: numbers(entry) for key, entry in value.items()}
    return [numbers(entry) for entry in value] if isinstance(value, list) else value


def _row_misses(expected: list[Any], rows: list[Any]) -> list[str]:
    if len(expected) != len(rows):
        return [f"rows: expected {len(expected)}, got {len(rows)}"]
    pairs = enumerate(zip(expected, rows, strict=True))
    return [miss for i, (want, row) in pairs for miss in _record_misses(f"row {i + 1}", want, row)]


def _record_misses(where: str, expected: Any, record: Any) -> list[str]:
    if expected is None or record is None:
        return [] if expected is record else [f"{where}: expected {expected!r}, got {record!r}"]
    return [
        f"{where}.{key}: expected {value!r}, got {record[key]!r}"
        for key, value in expected.items()
        if record[key] != value
    ]
