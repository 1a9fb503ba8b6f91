from __future__ import annotations

from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.plans import Plan
from control_api.services.jobs.quota import Quota
from storage.accounts.credits import Credits
from storage.accounts.usage import Usage, UsageCounters


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    plan: Plan
    used: Usage
    credit_balance: int
    credits_reserved: int


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
