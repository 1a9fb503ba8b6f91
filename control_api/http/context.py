"""What a view reaches for: the services of its app, the actor of its request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request

from control_api.services.accounts.accounts import Accounts
from control_api.services.accounts.actor import Actor
from control_api.services.accounts.api_keys import ApiKeyService
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.console_sign_in import ConsoleSignIn
from control_api.services.accounts.departures import Departures
from control_api.services.accounts.invitations import InvitationService
from control_api.services.accounts.members import MemberService
from control_api.services.accounts.projects import ProjectService
from control_api.services.accounts.referrals import ReferralService
from control_api.services.accounts.request_limit import RequestLimit
from control_api.services.accounts.sign_in import SignIn
from control_api.services.jobs.categories import CategoryService
from control_api.services.jobs.creating.job_check import JobChecks
from control_api.services.jobs.job_lists import JobLists
from control_api.services.jobs.jobs import JobService
from control_api.services.jobs.monitoring import Monitoring
from control_api.services.jobs.page_jobs import PageJobs
from control_api.services.jobs.removal import ProjectRemoval
from control_api.services.jobs.reports.progress import ProgressService
from control_api.services.jobs.reports.report import JobReports
from control_api.services.jobs.results import ResultService
from control_api.services.jobs.spiders.spider_jobs import SpiderJobs
from control_api.services.jobs.spiders.spiders import SpiderService
from control_api.services.jobs.usage import UsageService
from control_api.services.jobs.v1_jobs import V1Jobs
from control_api.services.monitors.alerts.alert_previews import AlertPreviews
from control_api.services.monitors.alerts.alerts import AlertService
from control_api.services.monitors.change_feed import ChangeFeed
from control_api.services.monitors.deltas.deltas import DeltaService
from control_api.services.monitors.histories.histories import HistoryService
from control_api.services.monitors.histories.kept_rows import KeptRows
from control_api.services.monitors.histories.monitor_files import MonitorFiles
from control_api.services.monitors.histories.standings import StandingService
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rounds.coverages import CoverageService
from control_api.services.monitors.rounds.rounds import RoundService
from control_api.services.monitors.watches.watches import WatchService
from control_api.services.operator.crawl_health import CrawlHealth
from control_api.services.operator.diagnosis import DiagnosisService
from control_api.services.operator.nodes import NodeService
from control_api.services.operator.operations import Operations
from control_api.services.operator.operator_view import OperatorView
from control_api.services.operator.proxies import ProxyService
from control_api.services.pages.saved_pages import SavedPageService
from control_api.services.pictures.pictures import Pictures
from control_api.services.records import CountDefect, Gauges, Reachability
from control_api.services.schedules.schedules import ScheduleService
from control_api.services.schedules.spider_schedules import SpiderSchedules
from control_api.services.webhooks.webhooks import WebhookService

_EXTENSION = "azscraper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    accounts: Accounts
    projects: ProjectService
    jobs: JobService
    results: ResultService
    saved_pages: SavedPageService
    deltas: DeltaService
    categories: CategoryService
    job_checks: JobChecks
    monitors: MonitorService
    rounds: RoundService
    watches: WatchService
    histories: HistoryService
    kept_rows: KeptRows
    standings: StandingService
    monitor_files: MonitorFiles
    coverages: CoverageService
    change_feed: ChangeFeed
    alerts: AlertService
    alert_previews: AlertPreviews
    job_lists: JobLists
    job_reports: JobReports
    progress: ProgressService
    sign_in: SignIn
    console_sign_in: ConsoleSignIn
    api_keys: ApiKeyService
    usage: UsageService
    audit: AuditTrail
    members: MemberService
    invitations: InvitationService
    departures: Departures
    referrals: ReferralService
    operations: Operations
    diagnosis: DiagnosisService
    operator_view: OperatorView
    pictures: Pictures
    project_removal: ProjectRemoval
    schedules: ScheduleService
    webhooks: WebhookService
    v1_jobs: V1Jobs
    page_jobs: PageJobs
    monitoring: Monitoring
    spiders: SpiderService
    spider_jobs: SpiderJobs
    spider_schedules: SpiderSchedules
    nodes: NodeService
    proxies: ProxyService
    request_limit: RequestLimit
    gauges: Gauges
    reachability: Reachability
    crawl_health: CrawlHealth
    count_defect: CountDefect


def attach(app: Flask, services: Services) -> None:
    app.extensions[_EXTENSION] = services


def services() -> Services:
    return cast(Services, current_app.extensions[_EXTENSION])


def set_actor(actor: Actor) -> None:
    g.actor = actor


def current_actor() -> Actor:
    """The actor that the gate let in. On a public route there is none, and this raises."""
    return cast(Actor, g.actor)


def client_address() -> str | None:
    return request.remote_addr
