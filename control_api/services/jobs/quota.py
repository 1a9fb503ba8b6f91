"""A plan's monthly limits, counted in the transaction that uses them up."""

from __future__ import annotations

from control_api.services.accounts.plans import PLANS, Plan
from control_api.services.errors import Forbidden, Unauthorized
from storage.accounts.organizations import Organizations
from storage.accounts.usage import Usage, UsageCounters
from storage.base.transactions import Session


class Quota:
    def __init__(self, organizations: Organizations, usage: UsageCounters) -> None:
        self._organizations = organizations
        self._usage = usage

    def plan_of(self, organization_id: str, session: Session | None = None) -> Plan:
        organization = self._organizations.find(organization_id, session)
        if organization is None:
            raise Unauthorized("This organization does not exist any more")
        return PLANS[organization.plan]

    def use(
        self,
        organization_id: str,
        *,
        session: Session,
        jobs: int = 0,
        targets: int = 0,
        exports: int = 0,
    ) -> Plan:
        """Count what is used now; raises Forbidden (and so aborts) when the plan does not allow it."""
        plan = self.plan_of(organization_id, session)
        sums = self._usage.add(organization_id, Usage(jobs, targets, exports), session=session)
        if jobs:
            _refuse_above("Job", sums.jobs, plan.jobs_per_month)
        if targets:
            _refuse_above("Target", sums.targets, plan.targets_per_month)
        if exports:
            _refuse_above("Export", sums.exports, plan.exports_per_month)
        return plan

    def check(self, organization_id: str, *, jobs: int, targets: int) -> Plan:
        """Raises Forbidden as `use` would; nothing is counted."""
        plan = self.plan_of(organization_id)
        used = self._usage.get_month(organization_id)
        _refuse_above("Job", used.jobs + jobs, plan.jobs_per_month)
        _refuse_above("Target", used.targets + targets, plan.targets_per_month)
        return plan


def _refuse_above(what: str, used: int, limit: int | None) -> None:
    if limit is not None and used > limit:
        raise Forbidden(f"{what} limit reached for this month")
