"""What an admin does: crawl rates, plans and credits of organizations, a look at jobs and nodes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.referrals import Attribution
from control_api.services.errors import Conflict, InvalidInput, NotFound
from control_api.services.jobs.job_defaults import JobDefaults
from spiders.sites.marketplaces import MARKETPLACES
from storage.accounts.credits import Credits
from storage.accounts.operator_settings import OperatorSettings, OperatorSettingsStore
from storage.accounts.organizations import Organization, Organizations
from storage.base.away import StorageAway
from storage.base.records import Job, JobStatus
from storage.base.transactions import Session, Transactions
from storage.jobs.jobs import JobFilter, Jobs
from storage.queue.crawlers import Beat, CrawlerRegistry
from storage.queue.pace import PaceRates

log = logging.getLogger(__name__)

# Credits that were paid for; they earn a commission for whoever brought the organization.
PURCHASE = "purchase"
# The practice marketplace is ours: nobody has to be spared.
PACED_MARKETPLACES = tuple(sorted(code for code in MARKETPLACES if code != "sandbox"))


@dataclass(frozen=True, slots=True)
class NodeCrawlers:
    """A crawl node; `is_configured`: the fleet keeper starts crawlers there."""

    name: str
    is_configured: bool
    beats: Sequence[Beat]


class CrawlRates:
    """Requests a minute to each marketplace, as crawlers are to hold them."""

    def __init__(
        self, settings: OperatorSettingsStore, pace: PaceRates, *, default_per_minute: float
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._default = default_per_minute

    def get(self) -> tuple[float, Mapping[str, float]]:
        """(default, rate of each marketplace)."""
        found = self._settings.get()
        default = found.default_crawl_rate or self._default
        rates = {code: found.crawl_rates.get(code, default) for code in PACED_MARKETPLACES}
        return default, rates

    def change(self, *, default: float | None, rates: Mapping[str, float | None]) -> None:
        """Takes effect with the next request of each crawler."""
        unknown = sorted(set(rates) - set(PACED_MARKETPLACES))
        if unknown:
            supported = ", ".join(PACED_MARKETPLACES)
            raise InvalidInput(
                f"crawlRate.marketplaces: {unknown[0][:50]!r} is none of: {supported}"
            )
        self._settings.change_rates(default=default, rates=rates)
        try:
            self.publish()
        except StorageAway as error:
            # The worker publishes again and again: Redis gets them when it is back.
            log.warning("crawl rates were not published: %s", type(error).__name__)

    def publish(self) -> None:
        """Copy what was set into Redis, where crawlers read it. Harmless to repeat."""
        wanted = self._chosen(self._settings.get())
        if self._pace.get_all() != wanted:
            self._pace.replace(wanted)

    def _chosen(self, found: OperatorSettings) -> dict[str, float]:
        if found.default_crawl_rate is None:
            return dict(found.crawl_rates)
        return {
            code: found.crawl_rates.get(code, found.default_crawl_rate)
            for code in PACED_MARKETPLACES
        }


class Operations:
    def __init__(
        self,
        organizations: Organizations,
        jobs: Jobs,
        *,
        credits: Credits,  # noqa: A002 (the field's word)
        rates: CrawlRates,
        defaults: JobDefaults,
        settings: OperatorSettingsStore,
        attribution: Attribution,
        registry: CrawlerRegistry,
        node_names: Sequence[str],
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._organizations = organizations
        self._jobs = jobs
        self._credits = credits
        self._rates = rates
        self._defaults = defaults
        self._settings = settings
        self._attribution = attribution
        self._registry = registry
        self._node_names = node_names
        self._audit = audit
        self._transactions = transactions

    def get_rates(self) -> tuple[float, Mapping[str, float]]:
        return self._rates.get()

    def change_rates(
        self, actor: Actor, *, default: float | None, rates: Mapping[str, float | None]
    ) -> tuple[float, Mapping[str, float]]:
        self._rates.change(default=default, rates=rates)
        self._audit.record(
            actor,
            "settings.updated",
            entity_id="crawlRate",
            entity_name="crawl rate",
            metadata={"defaultPerMinute": default, "marketplaces": dict(rates)},
        )
        return self._rates.get()

    def get_places(self) -> Mapping[str, str]:
        """Where jobs that name no place are delivered to, by marketplace code."""
        return self._defaults.get().places

    def check_places(self, places: Mapping[str, str | None]) -> None:
        """Raises InvalidInput for a marketplace or place that cannot be."""
        self._defaults.checked(places)

    def change_places(self, actor: Actor, places: Mapping[str, str | None]) -> Mapping[str, str]:
        found = self._defaults.change_places(places)
        self._audit.record(
            actor,
            "settings.updated",
            entity_id="deliverTo",
            entity_name="default places",
            metadata={"places": dict(places)},
        )
        return found

    def get_commission_percent(self) -> Decimal:
        return self._settings.get().commission_percent

    def set_commission_percent(self, actor: Actor, percent: Decimal) -> Decimal:
        settings = self._settings.set_commission_percent(percent)
        self._audit.record(
            actor,
            "settings.updated",
            entity_id="referral",
            entity_name="referral settings",
            metadata={"defaultCommissionPercent": percent},
        )
        return settings.commission_percent

    def list_organizations(self, *, limit: int, offset: int) -> tuple[list[Organization], int]:
        return self._organizations.list_page(limit=limit, offset=offset)

    def set_plan(self, actor: Actor, organization_id: str, plan: str) -> Organization:
        def work(session: Session) -> Organization:
            if not self._organizations.set_plan(organization_id, plan, session):
                raise NotFound("Organization not found")
            organization = self._get_organization(organization_id, session)
            self._record(actor, "organization.updated", organization, {"plan": plan}, session)
            return organization

        return self._transactions.run(work)

    def move_credits(
        self, actor: Actor, organization_id: str, *, amount: int, reason: str
    ) -> Organization:
        """Give credits, or take them with a negative amount; never below zero."""

        def work(session: Session) -> Organization:
            self._get_organization(organization_id, session)
            if amount > 0:
                self._credits.grant(organization_id, amount, reason=reason, session=session)
            elif not self._credits.withdraw(
                organization_id, -amount, reason=reason, session=session
            ):
                raise Conflict("The organization's balance is lower than that")
            if amount > 0 and reason == PURCHASE:
                self._attribution.purchased(organization_id, amount, session)
            metadata = {"amount": amount, "reason": reason}
            organization = self._get_organization(organization_id, session)
            self._record(actor, "organization.credits_moved", organization, metadata, session)
            return organization

        return self._transactions.run(work)

    def list_jobs(
        self, *, organization_id: str | None, status: JobStatus | None, limit: int, offset: int
    ) -> tuple[list[Job], int]:
        chosen = JobFilter(organization_id=organization_id, statuses=[status] if status else None)
        return self._jobs.list_page(chosen, limit=limit, offset=offset)

    def list_nodes(self) -> list[NodeCrawlers]:
        """Every node that is configured, and every other one that crawlers beat from."""
        beats = self._registry.beats()
        names = sorted({*self._node_names, *(beat.crawler.node for beat in beats)})
        return [
            NodeCrawlers(
                name,
                name in self._node_names,
                [beat for beat in beats if beat.crawler.node == name],
            )
            for name in names
        ]

    def _get_organization(self, organization_id: str, session: Session) -> Organization:
        organization = self._organizations.find(organization_id, session)
        if organization is None:
            raise NotFound("Organization not found")
        return organization

    def _record(
        self,
        actor: Actor,
        action: str,
        organization: Organization,
        metadata: Mapping[str, object],
        session: Session,
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=organization.id,
            entity_name=organization.name,
            metadata=metadata,
            session=session,
        )
