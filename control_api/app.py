"""The Flask app: its checks around every request, and the views of all doors."""

from __future__ import annotations

from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.openapi import OpenAPI

from control_api.azscraper.account.account import account
from control_api.azscraper.account.api_keys import api_keys
from control_api.azscraper.account.auth import auth
from control_api.azscraper.account.invitations import invitation_links, invitations
from control_api.azscraper.account.members import members
from control_api.azscraper.account.projects import projects
from control_api.azscraper.account.referral import referral, referral_clicks
from control_api.azscraper.jobs.categories import categories
from control_api.azscraper.jobs.deltas import deltas
from control_api.azscraper.jobs.job_checks import job_checks
from control_api.azscraper.jobs.job_lists import job_lists
from control_api.azscraper.jobs.jobs import jobs
from control_api.azscraper.jobs.progress import progress
from control_api.azscraper.jobs.reports import reports
from control_api.azscraper.jobs.results import results
from control_api.azscraper.jobs.saved_pages import saved_pages
from control_api.azscraper.monitors.alerts import alerts
from control_api.azscraper.monitors.changes import changes
from control_api.azscraper.monitors.monitor_files import monitor_files
from control_api.azscraper.monitors.monitors import monitors
from control_api.azscraper.monitors.standings import standings
from control_api.azscraper.monitors.watches import watches
from control_api.azscraper.schedules import schedules
from control_api.azscraper.webhooks import webhooks
from control_api.console import console
from control_api.console.crawl_form import PRACTICE
from control_api.documentation.front_door import front_door
from control_api.documentation.views import documentation
from control_api.http.browser_session import INSECURE_COOKIE
from control_api.http.context import attach
from control_api.http.cors import install_cors
from control_api.http.errors.error_handlers import install_error_handlers, refuse_invalid_input
from control_api.http.gate import OPERATOR_TOKEN, install_body_check, install_gate
from control_api.http.http_metrics import HttpMetrics, install_http_metrics
from control_api.http.json_text import OrjsonProvider
from control_api.http.requests.request_trace import install_trace, trust_proxies
from control_api.http.requests.request_warnings import install_query_check
from control_api.http.schemas import ErrorEnvelope
from control_api.http.tokens import install_tokens
from control_api.operator.admin import admin
from control_api.operator.diagnosis import diagnosis
from control_api.operator.health import health
from control_api.operator.metrics import metrics
from control_api.operator.nodes import nodes
from control_api.operator.proxies import proxies
from control_api.v1.api_keys import api_keys as v1_api_keys
from control_api.v1.auth import auth as v1_auth
from control_api.v1.jobs import jobs as v1_jobs
from control_api.v1.monitoring import monitoring
from control_api.v1.page_results import results as v1_results
from control_api.v1.rate_limit import install_rate_limit
from control_api.v1.runs import runs
from control_api.v1.schedules import schedules as v1_schedules
from control_api.v1.spiders import spiders
from control_api.v1.webhooks import webhooks as v1_webhooks
from control_api.wiring.api import Parts, build_parts
from settings.config import Config, current_config
from settings.version import VERSION

_AZSCRAPER = (
    schedules, webhooks, monitors, watches, standings, monitor_files, changes, alerts,
    auth, projects, api_keys, job_lists, job_checks, jobs, results, saved_pages, reports, progress, deltas, categories, account, members, invitations, invitation_links, referral, referral_clicks,
)  # fmt: skip
_OPERATOR = (admin, diagnosis, health, metrics, nodes, proxies)
_V1 = (
    spiders, runs, v1_schedules, v1_api_keys,
    v1_auth, v1_jobs, v1_results, v1_webhooks, monitoring,
)  # fmt: skip
_SECURITY_SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of a user, or an API key",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key, for clients that cannot send it as a Bearer token",
    },
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "description": "The OPERATOR_TOKEN of the configuration; no user's token",
    },
}


def create_app(config: Config | None = None, parts: Parts | None = None) -> OpenAPI:
    """The WSGI app. Raises ConfigError when the configuration cannot serve (a weak secret).

    `parts` given stay the caller's to close; its own live as long as the process.
    """
    config = config or current_config()
    app = _bare_app(config)
    trust_proxies(app, config.trusted_proxies)
    install_trace(app)
    install_cors(app, config.cors_origins)
    install_http_metrics(app, HttpMetrics(config.metrics_folder))
    install_gate(app)
    install_rate_limit(app)
    install_body_check(app)
    install_query_check(app)
    install_error_handlers(app)
    attach(app, (parts or build_parts(config)).services)
    for views in (*_AZSCRAPER, *_OPERATOR, *_V1):
        app.register_api(views)
    if config.console:
        app.register_blueprint(console)
    app.register_blueprint(documentation)
    app.register_blueprint(front_door)
    return app


def _bare_app(config: Config) -> OpenAPI:
    secret = config.require_jwt_secret()
    app = OpenAPI(
        "azscraper",
        info=Info(title="AzScraper", version=VERSION),
        security_schemes=_SECURITY_SCHEMES,
        validation_error_status=400,
        validation_error_model=ErrorEnvelope,
        validation_error_callback=refuse_invalid_input,
        doc_ui=False,
        static_folder=None,
    )
    app.json = OrjsonProvider(app)
    # `/projects//jobs`, an id left out, is not `/projects/jobs`: it is told what is missing.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    # A form's text may be as long as a body: by itself Flask stops at 500 kB, and 10,000 addresses
    # that somebody pastes are more.
    app.config["MAX_FORM_MEMORY_SIZE"] = config.max_body_bytes
    # OPTIONS would answer without passing any view; nothing of ours needs it.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    install_tokens(app, secret)
    app.config[OPERATOR_TOKEN] = config.operator_token
    app.config["CONSOLE"] = config.console
    app.config[PRACTICE] = bool(config.sandbox_url)
    app.config[INSECURE_COOKIE] = config.console_insecure_cookie
    app.config["PUBLIC_URL"] = config.public_url
    app.config["SIGN_UP_URL"] = config.sign_up_url
    return app
