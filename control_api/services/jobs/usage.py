from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.plans import Plan
from control_api.services.errors import InvalidInput
from control_api.services.jobs.quota import Quota
from storage.accounts.credits import Credits, LedgerEntry
from storage.accounts.usage import Usage, UsageCounters
from storage.base.clock import utc_now

_ENTRY_ID = re.compile(r"^[0-9a-f]{24}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What of a plan's limits is left this month; None: no limit."""

    jobs_per_month: int | None
    targets_per_month: int | None
    exports_per_month: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    plan: Plan
    used: Usage
    credit_balance: int
    credits_reserved: int

    @property
    def remaining(self) -> Remaining:
        plan, used = self.plan, self.used
        return Remaining(
            jobs_per_month=_left(plan.jobs_per_month, used.jobs),
            targets_per_month=_left(plan.targets_per_month, used.targets),
            exports_per_month=_left(plan.exports_per_month, used.exports),
        )


@dataclass(frozen=True, slots=True)
class LedgerPage:
    entries: Sequence[LedgerEntry]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """`month`: such as `2026-11`, in UTC. `credits_charged`: what jobs cost that ended in it."""

    month: str
    used: Usage
    credits_charged: int


class UsageService:
    def __init__(self, quota: Quota, counters: UsageCounters, credits: Credits) -> None:  # noqa: A002 (the field's word)
        self._quota = quota
        self._counters = counters
        self._credits = credits

    def get(self, actor: Actor) -> UsageReport:
        """What the actor's organization used of its plan this month (UTC)."""
        plan = self._quota.plan_of(actor.organization_id)
        balance, reserved = self._credits.get_balance(actor.organization_id)
        return UsageReport(
            plan=plan,
            used=self._counters.get_month(actor.organization_id),
            credit_balance=balance,
            credits_reserved=reserved,
        )

    def ledger(
        self, actor: Actor, *, job_id: str | None, limit: int, cursor: str | None
    ) -> LedgerPage:
        """Each movement of the organization's credits, newest first."""
        if cursor is not None and not _ENTRY_ID.match(cursor):
            raise InvalidInput("cursor must be one that an earlier page gave")
        # One more than asked for tells whether there is a next page.
        found, total = self._credits.list_before(
            actor.organization_id, limit=limit + 1, before=cursor, job_id=job_id
        )
        shown = found[:limit]
        return LedgerPage(shown, total, shown[-1].id if len(found) > limit else None)

    def history(self, actor: Actor, *, months: int) -> Sequence[MonthOfUse]:
        """The latest months, this one first."""
        now = utc_now()
        last = now.year * 12 + now.month - 1
        starts = [
            datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(last, last - months, -1)
        ]
        names = [f"{start:%Y-%m}" for start in starts]
        used = self._counters.list_months(actor.organization_id, names)
        charged = self._credits.charged_by_month(actor.organization_id, starts[-1])
        return [MonthOfUse(name, used.get(name, Usage()), charged.get(name, 0)) for name in names]


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)
