"""The only place where the API's parts are made and put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from control_api.azscraper.auth import auth
from control_api.azscraper.health import health
from control_api.azscraper.jobs import jobs
from control_api.azscraper.projects import projects
from control_api.azscraper.results import results
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.context import Services, attach
from control_api.documentation.views import documentation
from control_api.error_handlers import install_error_handlers, refuse_invalid_input
from control_api.gate import install_gate
from control_api.json_text import OrjsonProvider
from control_api.services.accounts import Accounts
from control_api.services.audit_trail import AuditTrail
from control_api.services.job_writer import JobWriter
from control_api.services.jobs import JobService, JobStores
from control_api.services.passwords import Passwords
from control_api.services.projects import ProjectService
from control_api.services.quota import Quota
from control_api.services.results import ResultService
from control_api.tokens import install_tokens
from settings.config import Config, current_config
from storage.audit import Audit
from storage.connections import MongoDatabase, connect_mongo, connect_redis, open_database
from storage.credits import Credits
from storage.idempotency import IdempotencyKeys
from storage.jobs import Jobs
from storage.organizations import Organizations
from storage.projects import Projects
from storage.reachability import Reachability
from storage.results import Results
from storage.seed_queue import SeedQueue
from storage.settlement import Settlement
from storage.targets import Targets
from storage.transactions import Transactions
from storage.usage import UsageCounters
from storage.users import Users


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
    install_gate(app)
    install_error_handlers(app)
    attach(app, (parts or build_parts(config)).services)
    for blueprint in (auth, projects, jobs, results, health):
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
    quota = Quota(organizations, UsageCounters(database))
    stores = JobStores(
        jobs=Jobs(database),
        targets=Targets(database),
        projects=Projects(database),
        idempotency=IdempotencyKeys(database),
        settlement=Settlement(client, database),
        seeds=SeedQueue(redis_client),
    )
    writer = JobWriter(stores.jobs, stores.targets, stores.projects, credits=credits, quota=quota, audit=audit)
    jobs_service = JobService(stores, writer, audit=audit, transactions=transactions)
    services = Services(
        accounts=Accounts(
            users,
            organizations,
            credits=credits,
            audit=audit,
            passwords=Passwords(),
            transactions=transactions,
            default_plan=config.default_plan,
        ),
        projects=ProjectService(stores.projects, audit=audit, transactions=transactions),
        jobs=jobs_service,
        results=ResultService(
            Results(database), jobs_service, quota=quota, audit=audit, transactions=transactions
        ),
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
