"""When a schedule is due: five cron fields in a time zone, as Debian's cron reads them. Pure.

A fixed time of day that a clock change skips runs once, at the next time that exists; one that comes
twice runs the first time only. Where the minute or the hour begins with `*`, elapsed time counts
instead: hourly stays hourly through both changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

_FIELDS = 5


class CannotRun(ValueError):
    """The expression or its zone can never come due; the message says why."""


class Cron:
    """Raises CannotRun when made of what never fires."""

    def __init__(self, expression: str, timezone: str) -> None:
        self._expression = expression
        self._zone = zone_from_name(timezone)
        if len(expression.split()) != _FIELDS:
            raise CannotRun("cron must have five fields: minute hour day month weekday")
        try:
            CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise CannotRun(f"cron is wrong: {error} in {expression!r}") from error
        if self.find_next(datetime(2024, 1, 1, tzinfo=UTC)) is None:
            raise CannotRun("cron never fires")

    def find_next(self, after: datetime) -> datetime | None:
        """The first due time after `after`, in UTC; None when there is none within 50 years."""
        for due in CronSim(self._expression, after.astimezone(self._zone)):
            at = due.astimezone(UTC)
            # In the repeated hour of an autumn change the next wall-clock time may lie before
            # `after`; and several times of a spring gap move to one and the same instant.
            if at > after:
                return at
        return None

    def in_words(self) -> str:
        """In English, such as "At 02:30 every day"; it does not name the zone."""
        words: str = CronSim(self._expression, datetime(2024, 1, 1, tzinfo=UTC)).explain()
        return words

    def next_times(self, after: datetime, count: int) -> Iterator[datetime]:
        """The next due times in the zone of the schedule; fewer where it does not fire so often."""
        for _ in range(count):
            found = self.find_next(after)
            if found is None:
                return
            yield found.astimezone(self._zone)
            after = found

    def due_times(self, first: datetime, until: datetime) -> Iterator[datetime]:
        """`first`, and each due time after it up to and with `until`."""
        at: datetime | None = first
        while at is not None and at <= until:
            yield at
            at = self.find_next(at)


@lru_cache(maxsize=1_000)
def cron_from_texts(expression: str, timezone: str) -> Cron:
    """Cron is checked when it is made, and that takes longer than a look at the next due time."""
    return Cron(expression, timezone)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_from_name(name: str) -> ZoneInfo:
    # ZoneInfo reads files by name; only names from the list may reach it.
    if name not in _zone_names():
        raise CannotRun(f"timezone is no IANA time zone: {name[:100]!r}")
    return ZoneInfo(name)
