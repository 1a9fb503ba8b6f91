"""What the parser of today reads from a saved page, beside the rows that are stored. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from spiders.items.formats.moments import text_from_instant
from spiders.sites.offers import is_wanted

Row = Mapping[str, Any]

# What the crawl says of a row, and not its page.
OF_THE_CRAWL = frozenset(
    {"target", "parentTarget", "jobId", "deliverToAsked", "scrapedAt", "parserVersion"}
)
_WARNINGS_OF_THE_CRAWL = ("location_mismatch", "place_unconfirmed", "currency_mismatch")
_FILL_FAILED = "fill_failed:"
# What tells rows of a page apart, by whichever of these they have.
_IDENTITY = ("asin", "offerId", "sellerId", "condition", "suggestion", "sponsored")


class RowState(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ONLY_STORED = "only_stored"
    ONLY_NOW = "only_now"


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    stored: Any
    now: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """`page` and `position`: the place of the stored row; None where none is stored."""

    state: RowState
    page: int | None = None
    position: int | None = None
    changes: Sequence[FieldChange] = ()


@dataclass(frozen=True, slots=True)
class StoredRow:
    page: int
    position: int
    data: Row


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: Sequence[ComparedRow] = field(default_factory=list)

    def count(self, state: RowState) -> int:
        return sum(row.state is state for row in self.rows)

    @property
    def is_same(self) -> bool:
        return all(row.state is RowState.SAME for row in self.rows)


def compared(
    stored: Sequence[StoredRow],
    now: Sequence[Row],
    params: Mapping[str, Any],
    *,
    left_out: Collection[str] = (),
) -> Comparison:
    """`params`: what was asked of the target, which may want fewer rows than its page has. `left_out`: fields
    that are the crawl's with this type of job, beside OF_THE_CRAWL."""
    not_of_page = OF_THE_CRAWL.union(left_out)
    wanted = [row for row in now if _is_wanted(row, params)]
    rows = [_compared_row(old, new, not_of_page) for old, new in _pairs(stored, wanted)]
    if params.get("maxResults") or params.get("maxOffers"):
        while rows and rows[-1].state is RowState.ONLY_NOW:
            # The target was content with the rows before.
            rows.pop()
    return Comparison(rows)


def _is_wanted(row: Row, params: Mapping[str, Any]) -> bool:
    if row.get("sponsored") and not params.get("includeSponsored", True):
        return False
    conditions = params.get("conditions") or ()
    return not conditions or is_wanted(row.get("condition"), conditions)


def _pairs(
    stored: Sequence[StoredRow], now: Sequence[Row]
) -> Iterator[tuple[StoredRow | None, Row | None]]:
    """Rows of as many as there were are told by their order, others by what they are about."""
    if len(stored) == len(now):
        yield from zip(stored, now, strict=True)
        return
    matcher = SequenceMatcher(
        None, [_identity(row.data) for row in stored], [_identity(row) for row in now], False
    )
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(stored[old_start:old_end], now[new_start:new_end], strict=True)
            continue
        for old in stored[old_start:old_end]:
            yield old, None
        for new in now[new_start:new_end]:
            yield None, new


def _identity(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in _IDENTITY)


def _compared_row(
    stored: StoredRow | None, now: Row | None, not_of_page: Collection[str]
) -> ComparedRow:
    if stored is None:
        return ComparedRow(state=RowState.ONLY_NOW)
    if now is None:
        return ComparedRow(state=RowState.ONLY_STORED, page=stored.page, position=stored.position)
    changes = list(_changes(_leaves(stored.data, not_of_page), _leaves(now, not_of_page)))
    return ComparedRow(
        state=RowState.CHANGED if changes else RowState.SAME,
        page=stored.page,
        position=stored.position,
        changes=changes,
    )


def _changes(stored: Row, now: Row) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*stored, *now]):
        before, after = stored.get(name), now.get(name)
        if name == "warnings":
            before, after = _own_warnings(before), _own_warnings(after)
        if before != after:
            yield FieldChange(name, before, after)


def _leaves(row: Row, not_of_page: Collection[str]) -> dict[str, Any]:
    """`price.amount` for what is nested; a record that is null has no leaves, and null is none."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name not in not_of_page:
            _add_leaves(found, name, value)
    return found


def _add_leaves(found: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for inner, one in value.items():
            _add_leaves(found, f"{name}.{inner}", one)
    elif value is not None:
        found[name] = _plain(value)


def _plain(value: Any) -> Any:
    """As JSON has it, as the other side comes."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return text_from_instant(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _own_warnings(warnings: Any) -> list[str]:
    return sorted(
        text
        for text in warnings or ()
        if text not in _WARNINGS_OF_THE_CRAWL and not text.startswith(_FILL_FAILED)
    )
