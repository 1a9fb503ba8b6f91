"""The first rows of a result, as a table."""

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

Row = dict[str, Any]

SEARCH = ("keyword", "rank", "asin", "title", "price", "rating", "sponsored")
DETAILS = ("asin", "title", "brand", "price", "availability", "rating")
CHANGES = ("asin", "title", "field", "before", "after", "percent")
_RIGHT = ("rank", "price", "rating", "before", "after", "percent")


def table_of(rows: Sequence[Row], columns: Sequence[str], *, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in _RIGHT else "left",
            # The one column that may give way: every other value must stay whole.
            no_wrap=column != "title",
            max_width=38 if column == "title" else None,
        )
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    return table


def _cell(value: object) -> Text:
    # Text, not str: brackets in a title are not markup.
    return Text(text_of(value), no_wrap=True, overflow="ellipsis")


def text_of(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "currency" in value and "raw" not in value:
        # Money of the change feed, which keeps no text of the page.
        return f"{value['amount']:.2f} {value['currency']}"
    if isinstance(value, dict):
        return str(value.get("raw") or "–")
    return str(value)
