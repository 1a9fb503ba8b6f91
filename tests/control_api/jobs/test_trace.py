"""Request ids, security headers, logs without secrets, metrics (promises A5, N4)."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from settings.secret_texts import without_secrets
from storage.jobs.settlement import Settlement
from storage.pages.page_counts import PageCounts
from storage.pages.saved_pages import SavedPages
from storage.queue.crawlers import Crawler
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.metrics import scrape
from tests.control_api.processes import running_api
from tests.spiders.saved.pages import page_of


def test_a_sane_request_id_is_kept(client: FlaskClient) -> None:
    answer = client.get("/health/live", headers={"X-Request-Id": "order-7.2026"})
    assert answer.headers["X-Request-Id"] == "order-7.2026"


@pytest.mark.parametrize("given", ["", "short", "x" * 129, 'a"b{}cdefgh', "spaces are not"])
def test_any_other_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-Id": given})
    assert len(answer.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("path", ["/health", "/projects", "/nothing", "/api/docs"])
def test_every_answer_carries_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bearer abc.def", "Bearer ***"),
        ("key az_0123456789abcdefgh failed", "key *** failed"),
        ("mongodb://me:pass@host/x", "mongodb://***@host/x"),
        ("GET /x?token=abc&a=1", "GET /x?token=***&a=1"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", "***"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_logs_are_json_lines_without_secrets(
    config: Config, tenant: Tenant, tmp_path: Path
) -> None:
    log = tmp_path / "api.log"
    with running_api(config, log) as url, httpx.Client(base_url=url, trust_env=False) as client:
        body = {"email": tenant.email, "password": PASSWORD}
        token = client.post("/auth/login", json=body).json()["data"]["accessToken"]
        headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "find-me-again"}
        client.get("/projects?secret=in-the-query", headers=headers)
    text = log.read_text()
    for secret in (token, PASSWORD, "in-the-query", config.jwt_secret):
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    ours = next(line for line in lines if line.get("requestId") == "find-me-again")
    assert (ours["method"], ours["route"], ours["status"]) == ("GET", "/projects", 200)
    assert ours["organizationId"] == tenant.organization_id


def test_metrics_tell_what_an_operator_watches(
    tenant: Tenant, database: Database, settlement: Settlement, redis_client: Redis
) -> None:
    """N4"""
    job = tenant.make_job(targets=["a", "b", "c"])
    end_target(settlement, job["id"], 0)
    fail_target(settlement, job["id"], 1)
    ended = tenant.make_job()
    failed = {"asin": "B0FIXTURE1", "warnings": ["field_failed:price", "count_approximate"]}
    end_target(settlement, ended["id"], 0, [failed, failed])
    SavedPages(database).keep([page_of(ended["id"])])
    PageCounts(database).add({"kept": 3, "busy": 1})
    crawler = Crawler("pool-1", "amazon_search", "node-1:6800", 1, 0.0, "1")
    redis_client.hset(CRAWLERS, "pool-1", json.dumps(asdict(crawler)))
    redis_client.zadd(CRAWLER_BEATS, {"pool-1": redis_client.time()[0] - 7})
    found = scrape(tenant.client)
    assert found["azscraper_queue_targets", "amazon_search"] == 1
    assert found["azscraper_queue_seeds", "amazon_search", "leased"] == 0
    assert found["azscraper_queue_age_seconds", "amazon_search"] > 0
    assert found["azscraper_redeliveries_total", "amazon_search"] == 0
    assert found["azscraper_targets_ended_total", "SUCCESS"] == 2
    assert found["azscraper_targets_ended_total", "NOT_FOUND"] == 1
    assert found["azscraper_field_failures_total", "price"] == 2
    assert found["azscraper_pages_to_keep_total", "kept"] == 3
    assert found["azscraper_pages_to_keep_total", "busy"] == 1
    assert found["azscraper_saved_pages",] == 1
    assert found["azscraper_saved_pages_bytes",] > 100
    assert found["azscraper_open_jobs", "running"] == 1
    assert found["azscraper_webhooks_waiting", "outbox"] == 1
    assert found["azscraper_webhooks_lag_seconds", "outbox"] > 0
    assert 6 <= found["azscraper_node_heartbeat_age_seconds", "node-1:6800"] < 30
    labels = {label for key in found for label in key[1:]}
    assert not labels & {tenant.organization_id, tenant.user_id, tenant.email}


def test_a_failure_of_ours_is_found_in_the_log_by_its_correlation_id(
    tenant: Tenant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A5: "a forced 500 answers the envelope with a `correlationId` that is in the log" """

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("control_api.services.jobs.usage.UsageService.get", broken)
    with caplog.at_level(logging.ERROR):
        answer = tenant.get("/usage")
    assert answer.status_code == 500
    assert answer.json["error"]["correlationId"] in caplog.text
    assert "defect" not in answer.text
