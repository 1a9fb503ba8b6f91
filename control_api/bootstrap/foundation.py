from __future__ import annotations

from functools import cached_property

from control_api.bootstrap.stores import Stores
from control_api.gateways.outbound import Outbound
from control_api.services.accounts.accounts import Accounts
from control_api.services.accounts.api_keys import ApiKeyService
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.passwords import Passwords
from control_api.services.accounts.projects import ProjectService
from control_api.services.accounts.referrals import Attribution
from control_api.services.accounts.sign_in import SignIn, SignInLimits
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.job_writer import JobWriter
from control_api.services.jobs.jobs import JobService
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.results import ResultService
from control_api.services.jobs.run_cancel import RunCancel
from control_api.services.jobs.site_browsers import SiteBrowsers
from control_api.services.jobs.spiders import SpiderService
from control_api.services.operator.crawl_health import CrawlHealth
from control_api.services.operator.nodes import NodeDirectory
from control_api.services.operator.proxies import ProxyService
from control_api.services.schedules.schedules import ScheduleService
from control_api.services.schedules.slot_runner import SlotRunner, SlotStores
from control_api.services.webhooks.webhooks import WebhookService, WebhookStores
from settings.config import Config
from storage.accounts.audit import Audit
from storage.accounts.handoffs import Handoffs
from storage.accounts.proxies import Proxies
from storage.base.reachability import Reachability
from storage.events.deliveries import Deliveries
from storage.events.schedules import Schedules
from storage.events.slots import Slots
from storage.events.webhooks import Webhooks
from storage.jobs.gauges import Gauges
from storage.queue.fleet_state import FleetState
from storage.queue.pace import PaceRates
from storage.queue.proxy_states import ProxyStates
from storage.queue.visitors import VisitorCounts
from storage.runs.spiders import Spiders


class Foundation:
    """The services that no dialect has to itself: each once, made when first asked for."""

    def __init__(self, config: Config, stores: Stores) -> None:
        self._config = config
        self._stores = stores
        self.audit = AuditTrail(Audit(stores.database))
        self.passwords = Passwords()
        self.quota = Quota(stores.organizations, stores.usage)
        self.attribution = Attribution(stores.referrals, stores.users, stores.settings)
        self.node_directory = NodeDirectory(
            stores.nodes, config.scrapyd_nodes, default_slots=config.spider_slots
        )
        self.gauges = Gauges(
            stores.database,
            stores.job.seeds,
            stores.registry,
            pace=PaceRates(stores.redis),
            visitors=VisitorCounts(stores.redis),
        )
        self.job_defaults = JobDefaults(config, stores.settings)
        self.crawl_health = CrawlHealth(FleetState(stores.redis))
        self.reachability = Reachability(
            stores.client, stores.database, stores.redis, watch=stores.watch
        )

    def close(self) -> None:
        self.node_directory.close()

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(
            self._stores.users,
            self._stores.organizations,
            credits=self._stores.credits,
            audit=self.audit,
            passwords=self.passwords,
            transactions=self._stores.transactions,
            attribution=self.attribution,
            invitations=self._stores.invitations,
            default_plan=self._config.default_plan,
        )

    @cached_property
    def sign_in(self) -> SignIn:
        limits = SignInLimits(
            failed_per_account=self._config.login_failures_per_account,
            failed_per_address=self._config.login_failures_per_address,
            registrations_per_address=self._config.registrations_per_address,
        )
        handoffs = Handoffs(self._stores.database)
        return SignIn(self.accounts, handoffs, self._stores.rates, limits)

    @cached_property
    def api_keys(self) -> ApiKeyService:
        return ApiKeyService(
            self._stores.keys,
            self._stores.job.projects,
            self._stores.users,
            audit=self.audit,
            transactions=self._stores.transactions,
        )

    @cached_property
    def projects(self) -> ProjectService:
        return ProjectService(
            self._stores.job.projects,
            audit=self.audit,
            transactions=self._stores.transactions,
        )

    @cached_property
    def job_writer(self) -> JobWriter:
        stores = self._stores
        return JobWriter(
            stores.job.jobs,
            stores.job.targets,
            stores.job.projects,
            credits=stores.credits,
            quota=self.quota,
            audit=self.audit,
            runs=stores.runs,
        )

    @cached_property
    def browsers(self) -> SiteBrowsers:
        return SiteBrowsers(
            self._stores.registry,
            browser_path=self._config.browser_path,
            within_seconds=3 * self._config.heartbeat_seconds,
        )

    @cached_property
    def jobs(self) -> JobService:
        stores = self._stores
        return JobService(
            stores.job,
            self.job_writer,
            audit=self.audit,
            defaults=self.job_defaults,
            browsers=self.browsers,
            run_cancel=RunCancel(
                stores.runs, stores.job.settlement, self.node_directory, audit=self.audit
            ),
            transactions=stores.transactions,
        )

    @cached_property
    def results(self) -> ResultService:
        return ResultService(
            self._stores.results,
            self.jobs,
            quota=self.quota,
            audit=self.audit,
            transactions=self._stores.transactions,
        )

    @cached_property
    def spiders(self) -> SpiderService:
        return SpiderService(
            Spiders(self._stores.database),
            audit=self.audit,
            transactions=self._stores.transactions,
        )

    @cached_property
    def schedules(self) -> ScheduleService:
        stores = self._stores
        schedules, slots = Schedules(stores.database), Slots(stores.database)
        runner = SlotRunner(
            SlotStores(schedules, slots, stores.job.projects, stores.job.jobs),
            self.job_writer,
            transactions=stores.transactions,
            wake_feeder=stores.job.seeds.wake_feeder,
            spiders=self.spiders,
            defaults=self.job_defaults,
        )
        return ScheduleService(
            schedules,
            slots,
            self.projects,
            runner=runner,
            audit=self.audit,
            transactions=stores.transactions,
        )

    @cached_property
    def webhooks(self) -> WebhookService:
        database = self._stores.database
        return WebhookService(
            WebhookStores(Webhooks(database), Deliveries(database)),
            self.projects,
            check_url=Outbound(self._config.allowed_networks).read_url,
            audit=self.audit,
            transactions=self._stores.transactions,
        )

    @cached_property
    def proxies(self) -> ProxyService:
        return ProxyService(
            Proxies(self._stores.database),
            ProxyStates(self._stores.redis),
            allowed_networks=self._config.allowed_networks,
            audit=self.audit,
            transactions=self._stores.transactions,
        )
