from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from control_api.services.monitors.rules.checks import Check
from control_api.services.monitors.rules.field_tables import FieldTable
from spiders.types.job_type import JobType

Rows = Sequence[Mapping[str, Any]]


class AskedTarget(Protocol):
    """Of a job, or to be one of it."""

    @property
    def value(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def marketplace(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


class EndedTarget(AskedTarget, Protocol):
    @property
    def search_info(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


class ReadsCheck(Protocol):
    def __call__(self, target: EndedTarget, rows: Rows, failure: str | None) -> Check:
        """`failure`: why it broke off behind these rows; None: it succeeded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorKind:
    """How the targets of a type of job are told apart, looked at and followed.

    `watched`: what tells a watch apart, also as a text that a job can be asked for; None: no monitor can
    follow such a target. `found_by`: the fields of a target of the watch, and their values. `row_fields`:
    what must be read of a row. `thing`, `things`: what a watch is, for messages and pages; `asked`: as which
    texts it is asked for.
    """

    type: JobType
    thing: str
    things: str
    asked: str
    table: FieldTable
    row_fields: Sequence[str]
    watched: Callable[[AskedTarget], str | None]
    found_by: Callable[[str], Mapping[str, Any]]
    # The same for targets of two jobs that ask for the same.
    key: Callable[[AskedTarget], Hashable]
    reads: ReadsCheck
    # Of a list: how many places are followed where the client does not say, and at most. None: all.
    places: int | None = None
    max_places: int | None = None
    # A check of one has so many rows: that many targets are taken together.
    batch: int = 200
    # Of a target that failed, the rows of its good pages tell something.
    is_told_in_parts: bool = False

    @property
    def name(self) -> str:
        return self.type.name

    @property
    def fields(self) -> Sequence[str]:
        """Those that a comparison of two jobs may be asked for."""
        return self.table.names

    @property
    def loud(self) -> Sequence[str]:
        return tuple(one.name for one in self.table.fields if one.is_loud)

    def check(self, target: EndedTarget, rows: Rows) -> Check:
        """Of a target that succeeded."""
        return self.reads(target, rows, None)
