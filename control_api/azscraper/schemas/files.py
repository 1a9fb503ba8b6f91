from __future__ import annotations

from typing import Literal

from control_api.http.rows.row_queries import CsvQuery

FileFormat = Literal["json", "csv", "jsonl", "ndjson"]


class ColumnFileQuery(CsvQuery):
    """What a file that has its columns beforehand is asked with."""

    format: FileFormat | Literal["parquet"] = "json"
    gzip: bool = False

    @property
    def written_format(self) -> str:
        return "jsonl" if self.format == "ndjson" else self.format


class FileQuery(ColumnFileQuery):
    """What every other file that is downloaded is asked with."""

    format: FileFormat = "json"
