"""Looks at one watch, an hour apart, in the words of the table of docs/monitoring.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from control_api.services.monitors.rules.checks import NOT_FOUND, product_check, unknown_check
from control_api.services.monitors.rules.observe import observe
from control_api.services.monitors.rules.watch_state import (
    Change,
    Look,
    Observed,
    WatchRules,
    WatchState,
)
from tests.control_api.services.monitors.rules.rows import product

ASIN = "B000000001"
START = datetime(2026, 1, 1, 6, tzinfo=UTC)
PLAIN = WatchRules()


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def page(
    price: str | None = "20.00", currency: str = "EUR", *, asked: Any = None, **other: Any
) -> Look:
    """A product page; `at` is given by `watched`."""
    row = product(price, currency, **other)
    return Look(
        at=START,
        check=product_check(row, asked=asked or {}),
        price_source=row.get("priceSource"),
        parser_version=row.get("parserVersion"),
        place_shown=row.get("deliverTo"),
    )


def failed(code: str = "BLOCKED_CAPTCHA") -> Look:
    return Look(at=START, check=unknown_check(code))


def missing() -> Look:
    return Look(at=START, check=NOT_FOUND)


@dataclass
class Watched:
    state: WatchState = field(default_factory=lambda: WatchState(key=ASIN))
    seen: list[Observed] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """All but the first sight."""
        found = [change for one in self.seen for change in one.changes]
        return [change for change in found if change.kind != "started"]

    @property
    def told(self) -> list[tuple[Any, ...]]:
        return [
            (change.field, change.before, change.after) if change.field else (change.kind.value,)
            for change in self.changes
        ]

    @property
    def outcomes(self) -> list[str]:
        return [one.outcome.value for one in self.seen]

    @property
    def questioned(self) -> int:
        return sum(one.questioned for one in self.seen)


def watched(looks: Sequence[Look], rules: WatchRules = PLAIN, *, every_hours: float = 1) -> Watched:
    found = Watched()
    for number, look in enumerate(looks):
        at = hour(number * every_hours) if look.at == START else look.at
        dated = Look(
            at=at,
            check=look.check,
            price_source=look.price_source,
            parser_version=look.parser_version,
            place_shown=look.place_shown,
        )
        observed = observe(found.state, dated, rules)
        found.state = observed.state
        found.seen.append(observed)
    return found
