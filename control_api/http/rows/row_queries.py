"""What a query says about the rows of an answer, and how a CSV file of them is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from control_api.http.rows.exports import CsvStyle
from control_api.http.schemas import Query
from control_api.services.errors import InvalidInput
from spiders.items.formats.cells import CellStyle

Fields = Annotated[
    str | None,
    Field(
        max_length=20_000,
        description="Only these fields, in this order: names separated by commas, such as `asin,price.amount`. "
        "The name of a record (`price`) is all of it. Left out: every field.",
    ),
]
Provenance = Annotated[bool, Field(description="Each row names its job, as `jobId`.")]
Complete = Annotated[
    bool, Field(description="While the job runs the answer is a 409, instead of its rows so far.")
]
# Word or sign; in an address `;` and tab are easier written as words.
_DELIMITERS = {
    ",": ",", "comma": ",", ";": ";", "semicolon": ";", "\t": "\t", "tab": "\t", "|": "|", "pipe": "|",
}  # fmt: skip


def _delimiter(value: str) -> str:
    if value not in _DELIMITERS:
        raise ValueError("should be one of , ; | tab, comma, semicolon or pipe")
    return _DELIMITERS[value]


class IncludeQuery(Query):
    include: Annotated[
        Literal["rows"] | None,
        Field(description="`rows` adds the first 100 rows to the job, as `rows`."),
    ] = None


class CsvQuery(Query):
    """How a CSV file is written. Without any of these it is RFC 4180 for programs."""

    bom: Annotated[
        bool,
        Field(
            description="CSV for Excel on Windows: the file begins with a BOM, and `lists` is `text`."
        ),
    ] = False
    delimiter: Annotated[
        str,
        Field(
            max_length=10,
            description="What separates the columns of a CSV file: `,` `;` `|` or a tab, or one of the words "
            "`comma` `semicolon` `pipe` `tab`.",
        ),
        AfterValidator(_delimiter),
    ] = ","
    escape: Annotated[
        bool,
        Field(
            description="An apostrophe is put before cells of a CSV file that a spreadsheet would run as a formula; "
            "`0` leaves them as they are, for programs."
        ),
    ] = True
    lists: Annotated[
        Literal["json", "text"] | None,
        Field(
            description="How records within a list are written in a CSV file: as `json`, or as `text` for people. "
            "Left out: `text` with `bom`, else `json`."
        ),
    ] = None

    @property
    def style(self) -> CsvStyle:
        reads_records = self.lists == "text" or (self.lists is None and self.bom)
        cells = CellStyle(escapes_formulas=self.escape, reads_records=reads_records)
        return CsvStyle(self.delimiter, has_bom=self.bom, cells=cells)

    def require_csv(self, file_format: str) -> None:
        """These options have no effect on other formats, and are refused there."""
        given = sorted(self.model_fields_set & CsvQuery.model_fields.keys())
        if given and file_format != "csv":
            raise InvalidInput(f"{given[0]} goes with format=csv, not with {file_format}")
