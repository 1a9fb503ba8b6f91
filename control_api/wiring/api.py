from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network

from control_api.gateways.outbound import Outbound
from control_api.gateways.page_reader import PageReader
from control_api.http.context import Services
from control_api.services.accounts.accounts import Accounts
from control_api.services.accounts.api_keys import ApiKeyService
from control_api.services.accounts.console_sign_in import ConsoleSignIn
from control_api.services.accounts.departures import Departures
from control_api.services.accounts.invitations import InvitationService
from control_api.services.accounts.members import MemberService
from control_api.services.accounts.membership import Membership
from control_api.services.accounts.passwords import Passwords
from control_api.services.accounts.projects import ProjectService
from control_api.services.accounts.referrals import Attribution, ReferralService
from control_api.services.accounts.request_limit import RequestLimit
from control_api.services.accounts.sign_in import SignIn, SignInLimits
from control_api.services.jobs.categories import CategoryService
from control_api.services.jobs.creating.job_check import JobChecks
from control_api.services.jobs.job_lists import JobLists
from control_api.services.jobs.jobs import JobService, JobStores
from control_api.services.jobs.monitoring import Monitoring
from control_api.services.jobs.page_jobs import PageJobs
from control_api.services.jobs.removal import ProjectRemoval
from control_api.services.jobs.reports.progress import ProgressService
from control_api.services.jobs.reports.report import JobReports
from control_api.services.jobs.results import ResultService
from control_api.services.jobs.run_cancel import RunCancel
from control_api.services.jobs.site_browsers import SiteBrowsers
from control_api.services.jobs.spiders.spider_jobs import SpiderJobs
from control_api.services.jobs.usage import UsageService
from control_api.services.jobs.v1_jobs import V1Jobs
from control_api.services.monitors.deltas.deltas import DeltaService, DeltaStores
from control_api.services.operator.crawl_health import CrawlHealth
from control_api.services.operator.diagnosis import DiagnosisService, DiagnosisStores
from control_api.services.operator.nodes import NodeService
from control_api.services.operator.operations import Operations
from control_api.services.operator.operator_view import OperatorView
from control_api.services.operator.proxies import ProxyService
from control_api.services.pages.saved_pages import SavedPageService
from control_api.services.pictures.cache import PictureCache
from control_api.services.pictures.pictures import FETCH_SECONDS, Pictures, PictureStore
from control_api.services.schedules.schedules import ScheduleService
from control_api.services.schedules.spider_schedules import SpiderSchedules
from control_api.services.webhooks.webhooks import WebhookService, WebhookStores
from control_api.wiring.monitors import MonitorServices
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from settings.config import Config
from storage.base.connections import REQUESTS, Patience


@dataclass(frozen=True, slots=True)
class Parts:
    """What both the API and the command line are made of."""

    stores: Stores
    services: Services

    def close(self) -> None:
        self.services.pictures.close()
        self.stores.close()


def build_parts(config: Config, patience: Patience = REQUESTS) -> Parts:
    stores = Stores.of_requests(config, patience)
    return Parts(stores, api_services(stores))


def api_services(stores: Stores) -> Services:
    shared = SharedServices(stores)
    crawls = _Crawls(stores, shared)
    people = _People(stores, shared, crawls)
    return Services(
        accounts=people.accounts,
        sign_in=people.sign_in,
        console_sign_in=ConsoleSignIn(stores.console_sessions, people.accounts),
        members=people.members,
        invitations=people.invitations,
        departures=people.departures,
        referrals=people.referrals,
        api_keys=people.api_keys,
        operations=people.operations,
        projects=crawls.projects,
        jobs=crawls.jobs,
        results=crawls.results,
        saved_pages=SavedPageService(
            stores.saved_pages,
            crawls.jobs,
            stores.results,
            reader=PageReader(
                cpu_seconds=stores.config.page_cpu_seconds,
                memory_mb=stores.config.page_memory_mb,
            ),
            keeps=stores.config.keep_pages,
        ),
        deltas=crawls.deltas,
        categories=CategoryService(stores.categories),
        job_checks=crawls.job_checks,
        monitors=crawls.monitors.monitors,
        rounds=crawls.monitors.rounds,
        watches=crawls.monitors.watches,
        histories=crawls.monitors.histories,
        kept_rows=crawls.monitors.kept_rows,
        standings=crawls.monitors.standings,
        monitor_files=crawls.monitors.files,
        coverages=crawls.monitors.coverages,
        change_feed=crawls.monitors.change_feed,
        alerts=crawls.monitors.alerts,
        alert_previews=crawls.monitors.alert_previews,
        progress=ProgressService(crawls.jobs, stores.job_progress, stores.results),
        job_lists=JobLists(stores.jobs, stores.projects, stores.users),
        job_reports=JobReports(stores.job_facts, stores.seeds, transactions=stores.transactions),
        schedules=crawls.schedules,
        webhooks=crawls.webhooks,
        project_removal=crawls.project_removal,
        v1_jobs=V1Jobs(stores.jobs, crawls.jobs),
        page_jobs=crawls.page_jobs,
        spider_jobs=crawls.spider_jobs,
        spider_schedules=SpiderSchedules(crawls.schedules, crawls.projects, shared.spiders),
        spiders=shared.spiders,
        audit=shared.audit,
        usage=UsageService(shared.quota, stores.usage, stores.credits),
        monitoring=Monitoring(stores.jobs),
        request_limit=RequestLimit(stores.rates, stores.config.api_v1_rate_limit),
        nodes=NodeService(stores.nodes, stores.node_directory, audit=shared.audit),
        proxies=_proxies(stores, shared),
        crawl_health=CrawlHealth(stores.fleet_state),
        diagnosis=_diagnosis(stores, shared),
        pictures=_pictures(stores),
        operator_view=OperatorView(stores.gauges, get_rates=shared.crawl_rates.get),
        gauges=stores.gauges,
        reachability=stores.reachability,
        count_defect=stores.defects.count,
    )


def _pictures(stores: Stores) -> Pictures:
    """What the operator names as a store may be anywhere; Amazon's hosts must be public."""
    config = stores.config
    own = Outbound((ip_network("0.0.0.0/0"), ip_network("::/0")), exchange_seconds=FETCH_SECONDS)
    amazon = Outbound(exchange_seconds=FETCH_SECONDS)
    found = {
        "": PictureStore(own, config.amazon_origin)
        if config.amazon_origin
        else PictureStore(amazon),
        "sandbox": PictureStore(own, config.sandbox_url) if config.sandbox_url else None,
    }
    return Pictures(
        config.jwt_secret,
        found if config.images else {},
        PictureCache(config.image_cache_bytes),
        count_defect=stores.defects.count,
    )


def _diagnosis(stores: Stores, shared: SharedServices) -> DiagnosisService:
    return DiagnosisService(
        DiagnosisStores(
            organizations=stores.organizations,
            credits=stores.credits,
            usage=stores.usage,
            schedules=stores.schedules,
            gauges=stores.gauges,
            reachability=stores.reachability,
        ),
        CrawlHealth(stores.fleet_state),
        list_nodes=stores.node_directory.nodes,
        get_rates=shared.crawl_rates.get,
    )


def _proxies(stores: Stores, shared: SharedServices) -> ProxyService:
    return ProxyService(
        stores.proxies,
        stores.proxy_states,
        allowed_networks=stores.config.allowed_networks,
        audit=shared.audit,
        transactions=stores.transactions,
    )


class _Crawls:
    """Projects and what is in them."""

    def __init__(self, stores: Stores, shared: SharedServices) -> None:
        self.projects = ProjectService(
            stores.projects, audit=shared.audit, transactions=stores.transactions
        )
        browsers = SiteBrowsers(
            stores.registry,
            browser_path=stores.config.browser_path,
            within_seconds=3 * stores.config.heartbeat_seconds,
        )
        self.jobs = _jobs(stores, shared, browsers)
        self.job_checks = JobChecks(
            self.projects,
            defaults=shared.job_defaults,
            browsers=browsers,
            quota=shared.quota,
            credits=stores.credits,
            get_rates=shared.crawl_rates.get,
            pace=stores.pace_rates,
        )
        self.results = ResultService(
            stores.results,
            self.jobs,
            quota=shared.quota,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.deltas = DeltaService(
            DeltaStores(stores.jobs, stores.targets, stores.results),
            self.jobs,
            quota=shared.quota,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.monitors = MonitorServices(stores, shared, self.projects, self.jobs)
        self.page_jobs = PageJobs(
            self.jobs,
            self.projects,
            stores.results,
            browsers=browsers,
            allowed_networks=stores.config.allowed_networks,
        )
        self.spider_jobs = SpiderJobs(
            self.jobs,
            self.projects,
            shared.spiders,
            runs=stores.runs,
            results=stores.results,
            logs=stores.run_logs,
        )
        self.schedules = ScheduleService(
            stores.schedules,
            stores.slots,
            self.projects,
            runner=shared.slot_runner,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.webhooks = WebhookService(
            WebhookStores(stores.webhooks, stores.deliveries),
            self.projects,
            check_url=shared.outbound.read_url,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.project_removal = ProjectRemoval(
            shared.remover,
            stores.removals,
            stores.projects,
            also=(
                stores.keys.remove_of_project,
                self.schedules.remove_of_project,
                self.webhooks.remove_of_project,
                self.monitors.remove_of_project,
            ),
            audit=shared.audit,
            transactions=stores.transactions,
        )


def _jobs(stores: Stores, shared: SharedServices, browsers: SiteBrowsers) -> JobService:
    job_stores = JobStores(
        jobs=stores.jobs,
        targets=stores.targets,
        projects=stores.projects,
        idempotency=stores.idempotency,
        settlement=stores.settlement,
        seeds=stores.seeds,
        results=stores.results,
    )
    return JobService(
        job_stores,
        shared.job_writer,
        audit=shared.audit,
        defaults=shared.job_defaults,
        browsers=browsers,
        run_cancel=RunCancel(
            stores.runs, stores.settlement, stores.node_directory, audit=shared.audit
        ),
        transactions=stores.transactions,
    )


class _People:
    """Organizations, those who are in them, and the operator's view of them."""

    def __init__(self, stores: Stores, shared: SharedServices, crawls: _Crawls) -> None:
        passwords = Passwords()
        attribution = Attribution(stores.referrals, stores.users, stores.settings)
        membership = _membership(stores)
        self.accounts = Accounts(
            stores.users,
            stores.organizations,
            credits=stores.credits,
            audit=shared.audit,
            passwords=passwords,
            transactions=stores.transactions,
            attribution=attribution,
            invitations=stores.invitations,
            default_plan=stores.config.default_plan,
        )
        self.sign_in = _sign_in(stores, self.accounts)
        self.members = MemberService(
            stores.users,
            membership,
            audit=shared.audit,
            passwords=passwords,
            transactions=stores.transactions,
        )
        self.invitations = InvitationService(
            stores.invitations,
            stores.users,
            stores.organizations,
            membership=membership,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.departures = Departures(
            stores.users,
            membership,
            crawls.projects,
            remove_project=crawls.project_removal.remove,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.api_keys = ApiKeyService(
            stores.keys,
            stores.projects,
            stores.users,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.referrals = ReferralService(
            stores.referrals, stores.users, stores.jobs, rates=stores.rates
        )
        self.operations = Operations(
            stores.organizations,
            stores.jobs,
            credits=stores.credits,
            rates=shared.crawl_rates,
            defaults=shared.job_defaults,
            settings=stores.settings,
            attribution=attribution,
            registry=stores.registry,
            node_names=[node.name for node in stores.config.scrapyd_nodes],
            audit=shared.audit,
            transactions=stores.transactions,
        )


def _membership(stores: Stores) -> Membership:
    return Membership(
        stores.users,
        stores.organizations,
        stores.keys,
        invitations=stores.invitations,
        projects=stores.projects,
        default_plan=stores.config.default_plan,
    )


def _sign_in(stores: Stores, accounts: Accounts) -> SignIn:
    config = stores.config
    limits = SignInLimits(
        failed_per_account=config.login_failures_per_account,
        failed_per_address=config.login_failures_per_address,
        registrations_per_address=config.registrations_per_address,
    )
    return SignIn(accounts, stores.handoffs, stores.rates, limits)
