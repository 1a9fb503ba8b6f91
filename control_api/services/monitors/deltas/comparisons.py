"""How the targets of each type of job are told apart and looked at."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from control_api.services.monitors.rules.checks import (
    NOT_FOUND,
    Check,
    Reason,
    product_check,
    search_check,
    unknown_check,
)
from control_api.services.monitors.rules.fields import FIELDS, LOUD, ROW_FIELDS
from spiders.types.details import DETAILS
from spiders.types.search import SEARCH
from spiders.work.failures import FailureCode
from storage.base.records import OPEN_TARGET, Target, TargetStatus

Rows = Sequence[Mapping[str, Any]]


class Comparison(Protocol):
    """`row_fields`: what must be read of a row. `fields`: those that a client may choose among."""

    row_fields: Sequence[str]
    fields: Sequence[str]
    loud: Sequence[str]

    def key(self, target: Target) -> Hashable:
        """The same for targets of two jobs that ask for the same."""

    def check(self, target: Target, rows: Rows) -> Check:
        """Of a target that succeeded."""


class DetailsComparison:
    row_fields: Sequence[str] = ROW_FIELDS
    fields: Sequence[str] = tuple(one.name for one in FIELDS)
    loud: Sequence[str] = LOUD

    def key(self, target: Target) -> Hashable:
        return target.marketplace, target.params.get("asin") or target.url

    def check(self, target: Target, rows: Rows) -> Check:
        if not rows:
            return unknown_check(Reason.NO_ROWS)
        return product_check(rows[0], asked=target.params)


class SearchComparison:
    row_fields: Sequence[str] = ("asin", "sponsored", "warnings", "scrapedAt")
    fields: Sequence[str] = ()
    loud: Sequence[str] = ()

    def key(self, target: Target) -> Hashable:
        """The options of the job are no part of it: other options make the places incomparable."""
        asked = target.params
        query = tuple(sorted(asked.get("query", {}).items()))
        return target.marketplace, asked.get("keyword"), asked.get("firstPage", 1), query

    def check(self, target: Target, rows: Rows) -> Check:
        return search_check(rows, asked=target.params, said=target.search_info)


# By the name of the job type.
COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {DETAILS.name: DetailsComparison(), SEARCH.name: SearchComparison()}
)


def check_without_rows(target: Target) -> Check | None:
    """What the target's end says; None: its rows must be looked at.

    The rows of a target that failed are those of its good pages: what is missing there, nobody knows.
    """
    if target.status is TargetStatus.SUCCESS:
        return None
    if target.status in OPEN_TARGET:
        return unknown_check(Reason.NOT_ENDED)
    if target.status is TargetStatus.CANCELLED or target.failure is None:
        return unknown_check(FailureCode.CANCELLED)
    if target.failure.code == FailureCode.NOT_FOUND:
        return NOT_FOUND
    return unknown_check(target.failure.code)
