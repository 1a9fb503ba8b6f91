"""Feed exporters (`-O rows.jsonl`, `FEEDS`): every format that Scrapy ships, each with the rows of the
API, number for number and column for column. They take every kind of item."""

from __future__ import annotations

import codecs
import json
import marshal
import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exporters import BaseItemExporter

from spiders.items.formats.cells import cell, cell_text, csv_lines, escaped
from spiders.items.formats.free_columns import FreeColumns
from spiders.items.formats.json_text import json_bytes, json_values
from spiders.items.formats.plain import plain_from_item
from spiders.items.formats.xml_text import xml_element
from spiders.types.registry import TYPE_OF_ITEM, TYPE_OF_SPIDER

Path = Sequence[str]

_MEMORY_BYTES = 8 * 1024 * 1024


class PlainExporter(BaseItemExporter):
    """What all share. `fields_to_export` names fields, a mapping also their names in the file."""

    encoding_errors = "strict"

    def __init__(self, file: BytesIO, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self._file = file
        self._encoder: codecs.IncrementalEncoder | None = None

    def export_item(self, item: Any) -> None:
        self.export_row(self._chosen(plain_from_item(item)))

    def export_row(self, row: dict[str, Any]) -> None:
        raise NotImplementedError

    def _chosen(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.fields_to_export is None:
            return row
        names = self._names()
        if self.export_empty_fields:
            return {shown: row.get(name) for name, shown in names.items()}
        return {shown: row[name] for name, shown in names.items() if name in row}

    def _names(self) -> dict[str, str]:
        chosen = self.fields_to_export
        if isinstance(chosen, Mapping):
            return dict(chosen)
        return {name: name for name in chosen or ()}

    def _json(self, row: Mapping[str, Any], indent: int | None = None) -> bytes:
        if indent is None and self._is_utf8:
            return json_bytes(row)
        # Escapes say in any encoding what it has no letters for.
        text = json.dumps(json_values(row), ensure_ascii=not self._is_utf8, indent=indent)
        return self._encoded(text)

    @property
    def _is_utf8(self) -> bool:
        return codecs.lookup(self.encoding or "utf-8").name == "utf-8"

    def _encoded(self, text: str) -> bytes:
        # One encoder for the file: UTF-16 has one byte order mark, at its start.
        if self._encoder is None:
            make = codecs.getincrementalencoder(self.encoding or "utf-8")
            self._encoder = make(self.encoding_errors)
        return self._encoder.encode(text)


class PlainJsonLinesExporter(PlainExporter):
    def export_row(self, row: dict[str, Any]) -> None:
        self._file.write(self._json(row) + self._encoded("\n"))


class PlainJsonExporter(PlainExporter):
    _is_begun = False

    def export_row(self, row: dict[str, Any]) -> None:
        mark = self._encoded(",\n" if self._is_begun else "[\n")
        self._file.write(mark + self._json(row, self.indent or None))
        self._is_begun = True

    def finish_exporting(self) -> None:
        self._file.write(self._encoded("\n]\n" if self._is_begun else "[]\n"))


class PlainXmlExporter(PlainExporter):
    encoding_errors = "xmlcharrefreplace"

    def __init__(
        self, file: BytesIO, item_element: str = "item", root_element: str = "items", **options: Any
    ) -> None:
        super().__init__(file, **options)
        self._item_element = item_element
        self._root_element = root_element

    def start_exporting(self) -> None:
        encoding = self.encoding or "utf-8"
        self._write(f'<?xml version="1.0" encoding="{encoding}"?>\n<{self._root_element}>\n')

    def export_row(self, row: dict[str, Any]) -> None:
        self._write(xml_element(self._item_element, row, indent=self.indent, depth=1, is_line=True))

    def finish_exporting(self) -> None:
        self._write(f"</{self._root_element}>\n")

    def _write(self, text: str) -> None:
        self._file.write(self._encoded(text))


class PlainPickleExporter(PlainExporter):
    def __init__(self, file: BytesIO, protocol: int = 4, **options: Any) -> None:
        super().__init__(file, **options)
        self._protocol = protocol

    def export_row(self, row: dict[str, Any]) -> None:
        self._file.write(pickle.dumps(json_values(row), self._protocol))


class PlainMarshalExporter(PlainExporter):
    def export_row(self, row: dict[str, Any]) -> None:
        self._file.write(marshal.dumps(json_values(row)))


class PlainCsvExporter(PlainExporter):
    """The API's columns for the items that have such. The columns of other items are those that any
    row fills: the rows wait in a temporary file until all are known."""

    def __init__(
        self,
        file: BytesIO,
        include_headers_line: bool = True,
        errors: str | None = None,
        join_multivalued: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(file, **options)
        self._has_header = include_headers_line
        self.encoding_errors = errors or "strict"
        self._list_mark = join_multivalued
        self._kind: type | None = None
        self._spider_name = ""
        self._columns: list[tuple[str, Path]] | None = None
        self._waiting: tempfile.SpooledTemporaryFile[bytes] | None = None
        if self.fields_to_export is not None:
            self._begin([(shown, name.split(".")) for name, shown in self._names().items()])

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: BytesIO, *_: Any, **options: Any) -> Self:
        exporter = cls(file, **options)
        exporter._spider_name = crawler.spidercls.name
        return exporter

    def export_item(self, item: Any) -> None:
        row = plain_from_item(item)
        if self._columns is None and self._waiting is None:
            self._decide(item, row)
        elif self._kind not in (None, type(item)):
            raise TypeError(
                f"this CSV file has the columns of {self._kind_name()}, and not those of"
                f" {type(item).__name__}: write them to files of their own (item_classes of FEEDS)"
            )
        if self._columns is None:
            assert self._waiting is not None
            self._waiting.write(pickle.dumps(json_values(row)))
            return
        self._write_lines([[self._cell(row, path) for _, path in self._columns]])

    def finish_exporting(self) -> None:
        if self._waiting is not None:
            self._write_waiting(self._waiting)
        elif self._columns is None:
            known = TYPE_OF_SPIDER.get(self._spider_name)
            if known is not None and known.columns is not None:
                self._begin([(name, name.split(".")) for name in known.columns])

    def _decide(self, item: Any, row: Mapping[str, Any]) -> None:
        known = TYPE_OF_ITEM.get(type(item))
        columns = known.columns_of_row(row) if known else None
        if columns is not None:
            self._kind = type(item)
            self._begin([(".".join(path), path) for path in columns])
        else:
            # Closed when the file is finished.
            self._waiting = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115

    def _begin(self, columns: list[tuple[str, Path]]) -> None:
        self._columns = columns
        self._write_header([escaped(name) for name, _ in columns])

    def _write_waiting(self, waiting: tempfile.SpooledTemporaryFile[bytes]) -> None:
        columns = FreeColumns(_rows_in(waiting))
        if columns.paths:
            self._write_header(columns.header)
            for row in _rows_in(waiting):
                self._write_lines([[self._cell_text(v) for v in columns.values(row)]])
        waiting.close()

    def _write_header(self, names: Sequence[str]) -> None:
        # `-o` adds to a file, whose first line stands already.
        is_new = not self._file.seekable() or self._file.tell() == 0
        if self._has_header and is_new:
            self._write_lines([names])

    def _cell(self, row: Mapping[str, Any], path: Path) -> str:
        if self._list_mark is not None:
            value: Any = row
            for name in path:
                value = value.get(name) if isinstance(value, Mapping) else None
            return self._cell_text(value)
        return cell(row, path)

    def _cell_text(self, value: Any) -> str:
        if self._list_mark is not None and isinstance(value, list):
            return escaped(self._list_mark.join(cell_text(entry) for entry in value))
        return cell_text(value)

    def _write_lines(self, lines: list[Sequence[str]]) -> None:
        self._file.write(self._encoded(csv_lines(lines, **self._kwargs).decode()))

    def _kind_name(self) -> str:
        return self._kind.__name__ if self._kind else ""


def _rows_in(file: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[dict[str, Any]]:
    """The rows that were written; they are of plain values alone, and of our own making."""
    file.seek(0)
    while True:
        try:
            yield pickle.load(file)
        except EOFError:
            return
