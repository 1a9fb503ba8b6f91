"""The services that the API and the worker both use. No Flask: the worker does not load it."""

from __future__ import annotations

from control_api.gateways.outbound import Outbound
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.jobs.creating.job_writer import JobWriter
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.removal import Remover
from control_api.services.jobs.spiders.spiders import SpiderService
from control_api.services.monitors.rounds.round_drafts import RoundDrafts
from control_api.services.operator.operations import CrawlRates
from control_api.services.schedules.slot_runner import SlotRunner, SlotStores
from control_api.wiring.stores import Stores


class SharedServices:
    """Each is made once for a process."""

    def __init__(self, stores: Stores) -> None:
        config = stores.config
        self.audit = AuditTrail(stores.audit)
        self.quota = Quota(stores.organizations, stores.usage)
        self.job_defaults = JobDefaults(config, stores.settings)
        self.outbound = Outbound(config.allowed_networks)
        self.crawl_rates = CrawlRates(
            stores.settings,
            stores.pace_rates,
            default_per_minute=config.marketplace_requests_per_minute,
        )
        self.remover = Remover(
            stores.removals,
            stores.jobs,
            stores.settlement,
            seeds=stores.seeds,
            transactions=stores.transactions,
        )
        self.spiders = SpiderService(
            stores.spiders, audit=self.audit, transactions=stores.transactions
        )
        self.job_writer = JobWriter(
            stores.jobs,
            stores.targets,
            stores.projects,
            credits=stores.credits,
            quota=self.quota,
            audit=self.audit,
            runs=stores.runs,
            rounds=stores.rounds,
        )
        self.round_drafts = RoundDrafts(stores.monitors, stores.watches, defaults=self.job_defaults)
        self.slot_runner = SlotRunner(
            SlotStores(stores.schedules, stores.slots, stores.projects, stores.jobs),
            self.job_writer,
            transactions=stores.transactions,
            wake_feeder=stores.seeds.wake_feeder,
            spiders=self.spiders,
            defaults=self.job_defaults,
            count_defect=stores.defects.count,
            draft_of_round=self.round_drafts.of_schedule,
        )
