"""The only place where the API's parts are made and put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.openapi import OpenAPI

from control_api.api_v1.auth import auth as v1_auth
from control_api.api_v1.jobs import jobs as v1_jobs
from control_api.api_v1.rate_limit import install_rate_limit
from control_api.azscraper.account import account
from control_api.azscraper.admin import admin
from control_api.azscraper.api_keys import api_keys
from control_api.azscraper.auth import auth
from control_api.azscraper.health import health
from control_api.azscraper.jobs import jobs
from control_api.azscraper.members import members
from control_api.azscraper.nodes import nodes
from control_api.azscraper.projects import projects
from control_api.azscraper.proxies import proxies
from control_api.azscraper.referral import referral, referral_clicks
from control_api.azscraper.results import results
from control_api.azscraper.schedules import schedules
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.azscraper.webhooks import webhooks
from control_api.context import Services, attach
from control_api.documentation.views import documentation
from control_api.error_handlers import install_error_handlers, refuse_invalid_input
from control_api.gate import OPERATOR_TOKEN, install_body_check, install_gate
from control_api.gateways.outbound import Outbound
from control_api.json_text import OrjsonProvider
from control_api.metrics import metrics
from control_api.request_trace import install_trace, trust_proxies
from control_api.scrapemaster.monitoring import monitoring as v1_monitoring
from control_api.scrapemaster.results import results as v1_results
from control_api.scrapemaster.webhooks import webhooks as v1_webhooks
from control_api.scrapethis.api_keys import api_keys as v1_api_keys
from control_api.scrapethis.runs import runs as v1_spider_runs
from control_api.scrapethis.schedules import schedules as v1_schedules
from control_api.scrapethis.spiders import spiders as v1_spiders
from control_api.services.accounts import Accounts
from control_api.services.api_keys import ApiKeyService
from control_api.services.audit_trail import AuditTrail
from control_api.services.job_writer import JobWriter
from control_api.services.jobs import JobService, JobStores
from control_api.services.members import MemberService
from control_api.services.monitoring import Monitoring
from control_api.services.nodes import NodeDirectory, NodeService
from control_api.services.operations import CrawlRates, Operations
from control_api.services.page_jobs import PageJobs
from control_api.services.passwords import Passwords
from control_api.services.projects import ProjectService
from control_api.services.proxies import ProxyService
from control_api.services.quota import Quota
from control_api.services.referrals import Attribution, ReferralService
from control_api.services.removal import ProjectRemoval, Remover
from control_api.services.request_limit import RequestLimit
from control_api.services.results import ResultService
from control_api.services.run_cancel import RunCancel
from control_api.services.schedules import ScheduleService
from control_api.services.sign_in import SignIn, SignInLimits
from control_api.services.site_browsers import SiteBrowsers
from control_api.services.spider_jobs import SpiderJobs
from control_api.services.spider_schedules import SpiderSchedules
from control_api.services.spiders import SpiderService
from control_api.services.usage import UsageService
from control_api.services.v1_jobs import V1Jobs
from control_api.services.webhooks import WebhookService, WebhookStores
from control_api.tokens import install_tokens
from settings.config import Config, current_config
from storage.api_keys import ApiKeys
from storage.audit import Audit
from storage.connections import MongoDatabase, connect_mongo, connect_redis, open_database
from storage.crawlers import CrawlerRegistry
from storage.credits import Credits
from storage.deliveries import Deliveries
from storage.gauges import Gauges
from storage.handoffs import Handoffs
from storage.idempotency import IdempotencyKeys
from storage.jobs import Jobs
from storage.logs import RunLogs
from storage.nodes import Nodes
from storage.operator_settings import OperatorSettingsStore
from storage.organizations import Organizations
from storage.pace import PaceRates
from storage.projects import Projects
from storage.proxies import Proxies
from storage.proxy_states import ProxyStates
from storage.rate_limits import RateLimits
from storage.reachability import Reachability
from storage.referrals import Referrals
from storage.removals import Removals
from storage.results import Results
from storage.runs import Runs
from storage.schedules import Schedules
from storage.seed_queue import SeedQueue
from storage.settlement import Settlement
from storage.slots import Slots
from storage.spiders import Spiders
from storage.targets import Targets
from storage.transactions import Transactions
from storage.usage import UsageCounters
from storage.users import Users
from storage.webhooks import Webhooks

_SECURITY_SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of a user, or the API key of a project",
    },
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "description": "The OPERATOR_TOKEN of the configuration; no user's token",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What both the API and the command line are made of."""

    services: Services
    close: Callable[[], None]
    database: MongoDatabase
    users: Users
    organizations: Organizations


def create_app(config: Config | None = None, parts: Parts | None = None) -> OpenAPI:
    """The WSGI app. Raises ConfigError when the configuration cannot serve (a weak secret).

    `parts` given stay the caller's to close; its own live as long as the process.
    """
    config = config or current_config()
    app = _bare_app(config)
    trust_proxies(app, config.trusted_proxies)
    install_trace(app)
    install_gate(app)
    install_rate_limit(app)
    install_body_check(app)
    install_error_handlers(app)
    attach(app, (parts or build_parts(config)).services)
    for blueprint in (
        schedules, webhooks,
        auth, projects, api_keys, jobs, results, account, members, referral, referral_clicks,
        admin, health, metrics,
        nodes, proxies, v1_spiders, v1_spider_runs, v1_schedules, v1_api_keys,
        v1_auth, v1_jobs, v1_results, v1_webhooks, v1_monitoring,
    ):  # fmt: skip
        app.register_api(blueprint)
    app.register_blueprint(documentation)
    return app


def _bare_app(config: Config) -> OpenAPI:
    secret = config.require_jwt_secret()
    app = OpenAPI(
        "azscraper",
        info=Info(title="AzScraper", version="0.1.0"),
        security_schemes=_SECURITY_SCHEMES,
        validation_error_status=400,
        validation_error_model=ErrorEnvelope,
        validation_error_callback=refuse_invalid_input,
        doc_ui=False,
        static_folder=None,
    )
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    # OPTIONS would answer without passing any view; nothing of ours needs it.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    install_tokens(app, secret)
    app.config[OPERATOR_TOKEN] = config.operator_token
    app.config["PUBLIC_URL"] = config.public_url
    return app


def build_parts(config: Config) -> Parts:
    """Connects lazily: MongoDB and Redis may start later."""
    made = _Assembly(config)
    return Parts(
        services=made.services(),
        close=made.close,
        database=made.database,
        users=made.users,
        organizations=made.organizations,
    )


class _Assembly:
    """Each part once, made when another part first asks for it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client = connect_mongo(config)
        self._redis = connect_redis(config)
        self.database = open_database(self._client, config)
        self._transactions = Transactions(self._client)
        self._audit = AuditTrail(Audit(self.database))
        self._open_stores()

    def _open_stores(self) -> None:
        """The repositories that more than one service reads."""
        database = self.database
        self.users = Users(database)
        self.organizations = Organizations(database)
        self._stores = JobStores(
            jobs=Jobs(database),
            targets=Targets(database),
            projects=Projects(database),
            idempotency=IdempotencyKeys(database),
            settlement=Settlement(self._client, database),
            seeds=SeedQueue(self._redis),
        )
        self._results = Results(database)
        self._credits = Credits(database)
        self._usage = UsageCounters(database)
        self._keys = ApiKeys(database)
        self._referrals = Referrals(database)
        self._settings = OperatorSettingsStore(database)
        self._registry = CrawlerRegistry(self._redis)
        self._rates = RateLimits(self._redis)
        self._passwords = Passwords()
        self._runs = Runs(database)
        self._nodes = Nodes(database)
        self._directory = NodeDirectory(
            self._nodes, self._config.scrapyd_nodes, default_slots=self._config.spider_slots
        )

    def close(self) -> None:
        self._directory.close()
        self._client.close()
        self._redis.close()

    def services(self) -> Services:
        return Services(
            accounts=self._accounts,
            projects=self._projects,
            jobs=self._jobs,
            results=self._result_service(),
            sign_in=self._sign_in(),
            api_keys=self._api_keys(),
            usage=UsageService(self._quota, self._usage, self._credits),
            audit=self._audit,
            members=self._members(),
            referrals=self._referral_service(),
            operations=self._operations(),
            project_removal=self._project_removal(),
            schedules=self._schedules,
            webhooks=self._webhooks,
            v1_jobs=V1Jobs(self._stores.jobs, self._jobs),
            page_jobs=self._page_jobs(),
            monitoring=Monitoring(self._stores.jobs),
            spiders=self._spiders,
            spider_jobs=self._spider_jobs(),
            spider_schedules=SpiderSchedules(self._schedules, self._projects, self._spiders),
            proxies=self._proxies(),
            nodes=NodeService(self._nodes, self._directory, audit=self._audit),
            request_limit=RequestLimit(self._rates, self._config.api_v1_rate_limit),
            gauges=Gauges(self.database, self._stores.seeds, self._registry),
            reachability=Reachability(self._client, self.database, self._redis),
        )

    @cached_property
    def _quota(self) -> Quota:
        return Quota(self.organizations, self._usage)

    @cached_property
    def _attribution(self) -> Attribution:
        return Attribution(self._referrals, self.users, self._settings)

    @cached_property
    def _accounts(self) -> Accounts:
        return Accounts(
            self.users,
            self.organizations,
            credits=self._credits,
            audit=self._audit,
            passwords=self._passwords,
            transactions=self._transactions,
            attribution=self._attribution,
            default_plan=self._config.default_plan,
        )

    @cached_property
    def _projects(self) -> ProjectService:
        return ProjectService(
            self._stores.projects, audit=self._audit, transactions=self._transactions
        )

    @cached_property
    def _jobs(self) -> JobService:
        stores = self._stores
        writer = JobWriter(
            stores.jobs,
            stores.targets,
            stores.projects,
            credits=self._credits,
            quota=self._quota,
            audit=self._audit,
            runs=self._runs,
        )
        return JobService(
            stores,
            writer,
            audit=self._audit,
            run_cancel=RunCancel(self._runs, stores.settlement, self._directory, audit=self._audit),
            transactions=self._transactions,
        )

    @cached_property
    def _spiders(self) -> SpiderService:
        return SpiderService(
            Spiders(self.database), audit=self._audit, transactions=self._transactions
        )

    def _spider_jobs(self) -> SpiderJobs:
        return SpiderJobs(
            self._jobs,
            self._projects,
            self._spiders,
            runs=self._runs,
            results=self._results,
            logs=RunLogs(self.database),
        )

    @cached_property
    def _schedules(self) -> ScheduleService:
        return ScheduleService(
            Schedules(self.database),
            Slots(self.database),
            self._projects,
            audit=self._audit,
            transactions=self._transactions,
        )

    @cached_property
    def _webhooks(self) -> WebhookService:
        return WebhookService(
            WebhookStores(Webhooks(self.database), Deliveries(self.database)),
            self._projects,
            check_url=Outbound(self._config.allowed_networks).read_url,
            audit=self._audit,
            transactions=self._transactions,
        )

    def _result_service(self) -> ResultService:
        return ResultService(
            self._results,
            self._jobs,
            quota=self._quota,
            audit=self._audit,
            transactions=self._transactions,
        )

    def _sign_in(self) -> SignIn:
        limits = SignInLimits(
            failed_per_account=self._config.login_failures_per_account,
            failed_per_address=self._config.login_failures_per_address,
            registrations_per_address=self._config.registrations_per_address,
        )
        return SignIn(self._accounts, Handoffs(self.database), self._rates, limits)

    def _api_keys(self) -> ApiKeyService:
        return ApiKeyService(
            self._keys,
            self._stores.projects,
            self.users,
            audit=self._audit,
            transactions=self._transactions,
        )

    def _members(self) -> MemberService:
        return MemberService(
            self.users,
            audit=self._audit,
            passwords=self._passwords,
            transactions=self._transactions,
        )

    def _proxies(self) -> ProxyService:
        return ProxyService(
            Proxies(self.database),
            ProxyStates(self._redis),
            allowed_networks=self._config.allowed_networks,
            audit=self._audit,
            transactions=self._transactions,
        )

    def _referral_service(self) -> ReferralService:
        return ReferralService(self._referrals, self.users, self._stores.jobs, rates=self._rates)

    def _operations(self) -> Operations:
        rates = CrawlRates(
            self._settings,
            PaceRates(self._redis),
            default_per_minute=self._config.marketplace_requests_per_minute,
        )
        return Operations(
            self.organizations,
            self._stores.jobs,
            credits=self._credits,
            rates=rates,
            settings=self._settings,
            attribution=self._attribution,
            registry=self._registry,
            node_names=[node.name for node in self._config.scrapyd_nodes],
            audit=self._audit,
            transactions=self._transactions,
        )

    def _project_removal(self) -> ProjectRemoval:
        stores, removals = self._stores, Removals(self.database)
        remover = Remover(
            removals,
            stores.jobs,
            stores.settlement,
            seeds=stores.seeds,
            transactions=self._transactions,
        )
        return ProjectRemoval(
            remover,
            removals,
            stores.projects,
            also=(
                self._keys.remove_of_project,
                self._schedules.remove_of_project,
                self._webhooks.remove_of_project,
            ),
            audit=self._audit,
            transactions=self._transactions,
        )

    def _page_jobs(self) -> PageJobs:
        browsers = SiteBrowsers(
            self._registry,
            browser_path=self._config.browser_path,
            within_seconds=3 * self._config.heartbeat_seconds,
        )
        return PageJobs(
            self._jobs,
            self._projects,
            self._results,
            browsers=browsers,
            allowed_networks=self._config.allowed_networks,
        )
