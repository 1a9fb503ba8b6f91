"""`fields=asin,price.amount`: the part of each row that somebody wants, and the columns that it makes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from control_api.http.nearest import nearest_name
from control_api.services.errors import InvalidInput
from control_api.services.records import Job, Row
from spiders.items.formats.free_columns import FreeColumns
from spiders.types.registry import columns_of_job

Path = tuple[str, ...]
JOB_ID: Path = ("jobId",)

MAX_FIELDS = 500
# So many rows tell the fields of items that a spider shapes as it likes.
_ROWS_LOOKED_AT = 1_000
_CLOSE = 0.7


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a job's rows is shown. `paths` None: everything."""

    job: Job
    paths: Sequence[Path] | None = None
    # The job's columns, in their order; None: a spider's own items, whose columns only its rows tell.
    known: Sequence[Path] | None = None
    has_job_id: bool = False

    @property
    def columns(self) -> Sequence[Path] | None:
        """Of a CSV file. A record that was asked for as a whole has several."""
        if self.paths is None:
            return self.known and [*self.known, *([JOB_ID] if self.has_job_id else ())]
        return list(dict.fromkeys(column for path in self.paths for column in self._under(path)))

    def _under(self, path: Path) -> Sequence[Path]:
        within = [column for column in self.known or () if column[: len(path)] == path]
        return within or [path]

    def rows(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Can be read again from the start where `rows` can."""
        if self.paths is None and not self.has_job_id:
            return rows
        return _ShapedRows(rows, self)

    def of(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row's shown part, nested as the row is."""
        whole = {**row, JOB_ID[0]: self.job.id} if self.has_job_id else row
        return whole if self.paths is None else _part(whole, _tree(self.paths))


@dataclass(frozen=True, slots=True)
class _ShapedRows:
    _rows: Iterable[Row]
    _shape: Shape

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            yield Row(row.key, self._shape.of(row.data))


@dataclass(slots=True)
class _Node:
    """A field that is shown: whole, or only what stands in `below`."""

    below: dict[str, _Node] = field(default_factory=dict)
    is_whole: bool = False


def shape_of(
    job: Job, rows: Iterable[Row], *, fields: str | None, has_provenance: bool = False
) -> Shape:
    """Raises InvalidInput for a field that no row of the job can have, with the nearest that it can.

    `rows` are looked at for a spider's own items alone.
    """
    known = known_columns(job)
    if fields is None:
        return Shape(job, known=known, has_job_id=has_provenance)
    names = list(dict.fromkeys(name.strip() for name in fields.split(",")))
    if len(names) > MAX_FIELDS or "" in names:
        raise InvalidInput(f"fields must be 1 to {MAX_FIELDS} names, separated by commas")
    found = _FreeFields(rows) if known is None else None
    columns = found.paths if found else known or ()
    by_name = {".".join(path): path for path in [*_with_records(columns), JOB_ID]}
    unknown = [name for name in names if name not in by_name]
    if unknown and not (found and found.is_open_ended):
        raise _refusal(unknown, by_name)
    paths = [by_name.get(name) or tuple(name.split(".")) for name in names]
    if has_provenance and JOB_ID not in paths:
        paths.append(JOB_ID)
    return Shape(job, paths, known=columns, has_job_id=JOB_ID in paths)


def known_columns(job: Job) -> list[Path] | None:
    """Fixed by the job's type; of a page job, its own selectors are among them.

    None: a spider of any kind, whose items have columns of their own.
    """
    return columns_of_job(job.kind, job.spider, job.config)


class _FreeFields:
    """What the first rows have. `is_open_ended`: there is more to read, or nothing to tell by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        source = iter(rows)
        first = [row.data for row in islice(source, _ROWS_LOOKED_AT)]
        self.paths = FreeColumns(first).paths
        self.is_open_ended = not first or next(source, None) is not None


def _with_records(columns: Iterable[Path]) -> Iterator[Path]:
    """Each column, and the records that it stands in."""
    for column in columns:
        for end in range(1, len(column) + 1):
            yield column[:end]


def _refusal(unknown: Sequence[str], known: Mapping[str, Path]) -> InvalidInput:
    messages = []
    for name in unknown:
        nearest = _nearest(name, known)
        meant = f"; did you mean `{nearest}`?" if nearest else ""
        messages.append(f"fields: `{name[:100]}` is no field of these rows{meant}")
    return InvalidInput(messages[0], messages[:100] if len(messages) > 1 else ())


def _nearest(name: str, known: Iterable[str]) -> str | None:
    """As a whole first: `price_amount` is `price.amount`, and not some other amount."""
    by_plain = {_plain(one): one for one in known}
    found = difflib.get_close_matches(_plain(name[:100]), by_plain, n=1, cutoff=_CLOSE)
    return by_plain[found[0]] if found else nearest_name(name, by_plain.values())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _tree(paths: Iterable[Path]) -> _Node:
    top = _Node()
    for path in paths:
        node = top
        for name in path:
            node = node.below.setdefault(name, _Node())
        node.is_whole = True
    return top


def _part(record: Mapping[str, Any], node: _Node) -> dict[str, Any]:
    """What a row lacks is null."""
    shown: dict[str, Any] = {}
    for name, below in node.below.items():
        value = record.get(name)
        if not below.is_whole and isinstance(value, Mapping):
            value = _part(value, below)
        shown[name] = value
    return shown
