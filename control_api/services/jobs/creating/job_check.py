"""What the creation of a job would do. It writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.plans import Plan
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import Forbidden, InsufficientCredits, ServiceError, StorageAway
from control_api.services.jobs.creating.job_request import (
    JobRequest,
    find_refusal,
    target_list_from_request,
    warnings_of_list,
)
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.site_browsers import SiteBrowsers
from control_api.services.jobs.target_list import BadTarget
from control_api.services.jobs.types.registry import SERVED_OF_NAME, price_of
from control_api.services.warnings import RequestWarning
from storage.accounts.credits import Credits
from storage.base.records import NewTarget
from storage.queue.pace import PaceRates


@dataclass(frozen=True, slots=True)
class PaceShare:
    """The pages of one marketplace. `per_minute` None: nobody paces it, and its time is not known.

    `wait_seconds`: until the next free moment; None while Redis cannot be asked.
    """

    marketplace: str
    pages: int
    per_minute: float | None
    wait_seconds: float | None

    @property
    def seconds(self) -> float | None:
        if self.per_minute is None:
            return None
        return (self.wait_seconds or 0.0) + self.pages * 60 / self.per_minute


@dataclass(frozen=True, slots=True)
class CheckedCredits:
    per_target: int
    total: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCheck:
    """`refusal`: what the creation would be answered with; None: it would make a job."""

    kind: str
    targets: Sequence[NewTarget]
    bad: Sequence[BadTarget]
    warnings: Sequence[RequestWarning]
    refusal: ServiceError | None
    credits: CheckedCredits
    paces: Sequence[PaceShare]

    @property
    def duplicates(self) -> int:
        return sum(len(target.merged) for target in self.targets)

    @property
    def pages(self) -> int:
        """At most: a search may have fewer than were asked for."""
        return sum(share.pages for share in self.paces)

    @property
    def seconds(self) -> float | None:
        """Marketplaces are crawled side by side. None where none of them has a pace."""
        known = [share.seconds for share in self.paces if share.seconds is not None]
        return max(known, default=None)


class JobChecks:
    def __init__(
        self,
        projects: ProjectService,
        *,
        defaults: JobDefaults,
        browsers: SiteBrowsers,
        quota: Quota,
        credits: Credits,  # noqa: A002 (the field's word)
        get_rates: Callable[[], tuple[float, Mapping[str, float]]],
        pace: PaceRates,
    ) -> None:
        self._projects = projects
        self._defaults = defaults
        self._browsers = browsers
        self._quota = quota
        self._credits = credits
        self._get_rates = get_rates
        self._pace = pace

    def check(self, actor: Actor, project_id: str, asked: JobRequest) -> JobCheck:
        """Raises ProjectNotFound; InvalidInput for a config that no target can be read with."""
        self._projects.get(actor, project_id)
        request = replace(asked, defaults=self._defaults.get())
        served = SERVED_OF_NAME[request.kind]
        spider = served.type.spider
        assert spider is not None
        found = target_list_from_request(request)
        refusal = find_refusal(request, found) or self._browsers.find_refusal(
            request.config, spider
        )
        plan = self._quota.plan_of(actor.organization_id)
        price = price_of(request.kind, spider, request.config).most
        checked = self._credits_of(actor, plan, price, len(found.targets))
        pages = served.pages_per_target(request.config)
        return JobCheck(
            kind=request.kind,
            targets=found.targets,
            bad=found.bad,
            warnings=warnings_of_list(found),
            refusal=refusal or self._refusal_of_plan(actor, checked, len(found.targets)),
            credits=checked,
            paces=self._paces(found.targets, pages),
        )

    def _credits_of(self, actor: Actor, plan: Plan, price: int, targets: int) -> CheckedCredits:
        per_target = price if plan.uses_credits else 0
        balance, _ = self._credits.get_balance(actor.organization_id)
        return CheckedCredits(per_target, per_target * targets, balance)

    def _refusal_of_plan(
        self, actor: Actor, checked: CheckedCredits, targets: int
    ) -> ServiceError | None:
        try:
            self._quota.check(actor.organization_id, jobs=1, targets=targets)
        except Forbidden as refusal:
            return refusal
        return InsufficientCredits() if checked.total > checked.balance else None

    def _paces(self, targets: Sequence[NewTarget], pages_per_target: int) -> list[PaceShare]:
        """The largest share first."""
        counted = Counter(target.marketplace for target in targets)
        _, rates = self._get_rates()
        waits = self._waits([code for code in counted if code in rates])
        return [
            PaceShare(code, number * pages_per_target, rates.get(code), waits.get(code))
            for code, number in counted.most_common()
        ]

    def _waits(self, codes: Sequence[str]) -> Mapping[str, float]:
        try:
            return self._pace.waits(codes)
        except StorageAway:
            return {}
