"""A row's values as cells of a table: money as `29.99 USD`, lists cut short, addresses as links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from control_api.console.words import is_link
from control_api.http.rows.row_fields import known_columns
from control_api.services.monitors.histories.kept_rows import is_product
from control_api.services.records import Job, Row
from spiders.items.formats.free_columns import FreeColumns

Path = tuple[str, ...]

# What a table shows unless it is asked for more, by the fields that rows of the type have.
_FIRST = (
    "suggestion", "name", "sellerId", "rank", "asin", "title", "price", "rating", "ratingsCount",
    "positivePercent", "country", "sponsored", "keyword", "brand", "availability", "seller.name",
    "condition", "shippingPrice", "shipsFrom", "isFeatured", "category.name", "position", "type",
    "departments", "target",
)  # fmt: skip
_MAX_FIRST = 8
_SHOWN_IN_LIST = 2
_MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Cell:
    """`link`: the address that the text leads to: a page of ours, or one of http or https."""

    text: str
    link: str | None = None
    is_number: bool = False


def columns_of(job: Job, rows: Sequence[Row]) -> list[Path]:
    """Every column a table of these rows can have; money is one, and not three."""
    known = known_columns(job)
    if known is None:
        known = FreeColumns([row.data for row in rows]).paths
    return list(dict.fromkeys(_without_money_parts(tuple(path)) for path in known))


def chosen_columns(columns: Sequence[Path], asked: Sequence[str]) -> list[Path]:
    """Those asked for by name, in the job's order; else the first that people look at."""
    by_name = {".".join(path): path for path in columns}
    found = [path for name, path in by_name.items() if name in set(asked)]
    if found:
        return found
    first = [by_name[name] for name in _FIRST if name in by_name][:_MAX_FIRST]
    return first or list(columns[:_MAX_FIRST])


def cells_of(row: Row, columns: Sequence[Path]) -> list[Cell]:
    return [_cell(_value(row.data, path), path, row.data) for path in columns]


def _without_money_parts(path: Path) -> Path:
    return path[:-1] if len(path) > 1 and path[-1] in ("amount", "currency", "raw") else path


def _value(row: Mapping[str, Any], path: Path) -> Any:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any, path: Path, row: Mapping[str, Any]) -> Cell:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    text = _text(value)
    if is_link(value):
        return Cell(urlsplit(value).netloc + urlsplit(value).path, value)
    if path == ("asin",) and is_product(row.get("marketplace", ""), text):
        return Cell(text, f"/console/products/{row['marketplace']}/{text}")
    if path == ("title",) and is_link(row.get("url")):
        return Cell(text, row["url"])
    return Cell(text, is_number=is_number or _is_money(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH] + "…"
    if _is_money(value):
        return _money_text(value)
    if isinstance(value, Mapping):
        return " | ".join(f"{name}: {_text(one)}" for name, one in islice(value.items(), 3))
    if isinstance(value, Sequence):
        shown = [_text(one) for one in value[:_SHOWN_IN_LIST]]
        more = len(value) - len(shown)
        return " | ".join([*shown, *([f"+{more}"] if more > 0 else [])])
    return str(value)


def _is_money(value: Any) -> bool:
    return isinstance(value, Mapping) and {"amount", "currency"} <= value.keys()


def _money_text(value: Mapping[str, Any]) -> str:
    amount = value["amount"]
    if amount is None:
        return str(value.get("raw") or "")
    return f"{amount} {value['currency'] or ''}".strip()
