"""Feed exporters of direct mode (`-O rows.jsonl`): the same rows as the API's, number for number."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import orjson
from scrapy.exporters import BaseItemExporter

from spiders.items.plain import plain_from_item


class PlainJsonLinesExporter(BaseItemExporter):
    def __init__(self, file: BytesIO, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self._file = file

    def export_item(self, item: Any) -> None:
        self._file.write(json_from_item(item) + b"\n")


class PlainJsonExporter(BaseItemExporter):
    def __init__(self, file: BytesIO, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self._file = file
        self._separator = b"[\n"

    def export_item(self, item: Any) -> None:
        self._file.write(self._separator + json_from_item(item))
        self._separator = b",\n"

    def finish_exporting(self) -> None:
        if self._separator == b"[\n":
            self._file.write(b"[]\n")
        else:
            self._file.write(b"\n]\n")


def json_from_item(item: Any) -> bytes:
    return orjson.dumps(plain_from_item(item), default=_number)


def _number(value: Any) -> float | int:
    if isinstance(value, Decimal):
        whole = int(value)
        return whole if whole == value else float(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
