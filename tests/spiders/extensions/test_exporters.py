from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from scrapy.exporters import BaseItemExporter

from spiders.extensions.exporters import PlainJsonExporter, PlainJsonLinesExporter
from spiders.items.money import Money


@dataclass
class Row:
    title: str
    price: Money | None = None
    rating: Decimal | None = None
    at: datetime | None = None


ROWS = [
    Row("Käse 🧀", Money(Decimal("19.90"), "EUR", "19,90 €"), Decimal(4)),
    Row('quotes " and \n lines', at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)),
]
PLAIN: list[dict[str, Any]] = [
    {
        "title": "Käse 🧀",
        "price": {"amount": 19.9, "currency": "EUR", "raw": "19,90 €"},
        "rating": 4,
        "at": None,
    },
    {
        "title": 'quotes " and \n lines',
        "price": None,
        "rating": None,
        "at": "2026-01-02T03:04:05.678Z",
    },
]


def export(exporter: type[BaseItemExporter], rows: list[Row]) -> str:
    file = io.BytesIO()
    made: Any = exporter(file)  # type: ignore[call-arg]
    made.start_exporting()
    for row in rows:
        made.export_item(row)
    made.finish_exporting()
    return file.getvalue().decode()


def test_lines_hold_one_row_each() -> None:
    lines = export(PlainJsonLinesExporter, ROWS).splitlines()
    assert [json.loads(line) for line in lines] == PLAIN
    assert '"rating":4,' in lines[0], "a whole number stays one"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_json_is_one_list_however_many_rows_there_are(count: int) -> None:
    assert json.loads(export(PlainJsonExporter, ROWS[:count])) == PLAIN[:count]


def test_what_is_no_item_is_refused() -> None:
    with pytest.raises(TypeError, match="not an item: str"):
        export(PlainJsonExporter, ["text"])  # type: ignore[list-item]
