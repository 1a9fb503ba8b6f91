"""The only place where the API's parts are made and put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_openapi3.models.info import Info
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
from control_api.azscraper.projects import projects
from control_api.azscraper.referral import referral
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
from control_api.services.accounts import Accounts
from control_api.services.api_keys import ApiKeyService
from control_api.services.audit_trail import AuditTrail
from control_api.services.job_writer import JobWriter
from control_api.services.jobs import JobService, JobStores
from control_api.services.members import MemberService
from control_api.services.monitoring import Monitoring
from control_api.services.operations import CrawlRates, Operations
from control_api.services.page_jobs import PageJobs
from control_api.services.passwords import Passwords
from control_api.services.projects import ProjectService
from control_api.services.quota import Quota
from control_api.services.referrals import Attribution, ReferralService
from control_api.services.removal import ProjectRemoval, Remover
from control_api.services.request_limit import RequestLimit
from control_api.services.results import ResultService
from control_api.services.schedules import ScheduleService
from control_api.services.sign_in import SignIn, SignInLimits
from control_api.services.site_browsers import SiteBrowsers
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
from storage.operator_settings import OperatorSettingsStore
from storage.organizations import Organizations
from storage.pace import PaceRates
from storage.projects import Projects
from storage.rate_limits import RateLimits
from storage.reachability import Reachability
from storage.referrals import Referrals
from storage.removals import Removals
from storage.results import Results
from storage.schedules import Schedules
from storage.seed_queue import SeedQueue
from storage.settlement import Settlement
from storage.slots import Slots
from storage.targets import Targets
from storage.transactions import Transactions
from storage.usage import UsageCounters
from storage.users import Users
from storage.webhooks import Webhooks


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
    secret = config.require_jwt_secret()
    app = OpenAPI(
        "azscraper",
        info=Info(title="AzScraper", version="0.1.0"),
        security_schemes={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
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
    trust_proxies(app, config.trusted_proxies)
    install_trace(app)
    install_gate(app)
    install_rate_limit(app)
    install_body_check(app)
    install_error_handlers(app)
    attach(app, (parts or build_parts(config)).services)
    for blueprint in (
        schedules, webhooks,
        auth, projects, api_keys, jobs, results, account, members, referral, admin, health, metrics,
        v1_auth, v1_jobs, v1_results, v1_webhooks, v1_monitoring,
    ):  # fmt: skip
        app.register_api(blueprint)
    app.register_blueprint(documentation)
    return app


def build_parts(config: Config) -> Parts:
    """Connects lazily: MongoDB and Redis may start later."""
    client = connect_mongo(config)
    database = open_database(client, config)
    redis_client = connect_redis(config)
    transactions = Transactions(client)
    users, organizations = Users(database), Organizations(database)
    audit = AuditTrail(Audit(database))
    credits = Credits(database)  # noqa: A001 (the field's word)
    usage = UsageCounters(database)
    quota = Quota(organizations, usage)
    passwords = Passwords()
    rates = RateLimits(redis_client)
    referrals, settings = Referrals(database), OperatorSettingsStore(database)
    attribution = Attribution(referrals, users, settings)
    stores = JobStores(
        jobs=Jobs(database),
        targets=Targets(database),
        projects=Projects(database),
        idempotency=IdempotencyKeys(database),
        settlement=Settlement(client, database),
        seeds=SeedQueue(redis_client),
    )
    writer = JobWriter(
        stores.jobs, stores.targets, stores.projects, credits=credits, quota=quota, audit=audit
    )
    jobs_service = JobService(stores, writer, audit=audit, transactions=transactions)
    accounts = Accounts(
        users,
        organizations,
        credits=credits,
        audit=audit,
        passwords=passwords,
        transactions=transactions,
        attribution=attribution,
        default_plan=config.default_plan,
    )
    keys, removals = ApiKeys(database), Removals(database)
    registry, results_store = CrawlerRegistry(redis_client), Results(database)
    remover = Remover(
        removals, stores.jobs, stores.settlement, seeds=stores.seeds, transactions=transactions
    )
    projects_service = ProjectService(stores.projects, audit=audit, transactions=transactions)
    schedule_service = ScheduleService(
        Schedules(database),
        Slots(database),
        projects_service,
        audit=audit,
        transactions=transactions,
    )
    webhook_service = WebhookService(
        WebhookStores(Webhooks(database), Deliveries(database)),
        projects_service,
        check_url=Outbound(config.allowed_networks).read_url,
        audit=audit,
        transactions=transactions,
    )
    services = Services(
        accounts=accounts,
        projects=projects_service,
        jobs=jobs_service,
        results=ResultService(
            results_store, jobs_service, quota=quota, audit=audit, transactions=transactions
        ),
        sign_in=SignIn(accounts, Handoffs(database), rates, _sign_in_limits(config)),
        api_keys=ApiKeyService(keys, stores.projects, audit=audit, transactions=transactions),
        usage=UsageService(quota, usage, credits),
        audit=audit,
        members=MemberService(users, audit=audit, passwords=passwords, transactions=transactions),
        referrals=ReferralService(referrals, users, stores.jobs, rates=rates),
        operations=Operations(
            organizations,
            stores.jobs,
            credits=credits,
            rates=CrawlRates(
                settings,
                PaceRates(redis_client),
                default_per_minute=config.marketplace_requests_per_minute,
            ),
            settings=settings,
            attribution=attribution,
            registry=registry,
            node_names=[node.name for node in config.scrapyd_nodes],
            audit=audit,
            transactions=transactions,
        ),
        project_removal=ProjectRemoval(
            remover,
            removals,
            stores.projects,
            also=(
                keys.remove_of_project,
                schedule_service.remove_of_project,
                webhook_service.remove_of_project,
            ),
            audit=audit,
            transactions=transactions,
        ),
        schedules=schedule_service,
        webhooks=webhook_service,
        v1_jobs=V1Jobs(stores.jobs, jobs_service),
        page_jobs=PageJobs(
            jobs_service,
            projects_service,
            results_store,
            browsers=SiteBrowsers(
                registry,
                browser_path=config.browser_path,
                within_seconds=3 * config.heartbeat_seconds,
            ),
            allowed_networks=config.allowed_networks,
        ),
        monitoring=Monitoring(stores.jobs),
        request_limit=RequestLimit(rates, config.api_v1_rate_limit),
        gauges=Gauges(database, stores.seeds, registry),
        reachability=Reachability(client, database, redis_client),
    )

    def close() -> None:
        client.close()
        redis_client.close()

    return Parts(
        services=services,
        close=close,
        database=database,
        users=users,
        organizations=organizations,
    )


def _sign_in_limits(config: Config) -> SignInLimits:
    return SignInLimits(
        failed_per_account=config.login_failures_per_account,
        failed_per_address=config.login_failures_per_address,
        registrations_per_address=config.registrations_per_address,
    )
