"""O1: what an operator asks at night, from /metrics; each question of docs/on-call.md has its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.wiring.api import build_parts
from control_api.worker.marks import Marks
from deploy.embedded.layout import PROJECT_ROOT
from settings.config import Config
from storage.queue.crawlers import Crawler
from storage.queue.pace import PaceRates
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS, pace_key
from storage.runs.loop_marks import LoopMarks
from tests.control_api.conftest import OPERATOR_TOKEN, Tenant
from tests.control_api.metrics import scrape
from tests.control_api.processes import running_api

OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
DOCUMENT = PROJECT_ROOT / "docs" / "on-call.md"


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def metrics_of(client: FlaskClient) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=OPERATOR)
    assert answer.status_code == 200
    return samples(answer.text)


def test_every_metric_is_in_the_document_and_every_name_there_is_a_metric(
    tenant: Tenant, database: Database, redis_client: Redis
) -> None:
    tenant.get("/projects")
    Marks(LoopMarks(database)).mark("feeder")
    answer = tenant.client.get("/metrics", headers=OPERATOR)
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    text = DOCUMENT.read_text()
    named = set(re.findall(r"\b(?:azscraper|process)_[a-z_]+", text))
    bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in named}
    # prometheus-client's parser strips _total off a counter, and its process metrics end in units.
    assert {re.sub(r"_total$", "", name) for name in families} == bare


def test_requests_are_counted_by_route_method_and_status(tenant: Tenant) -> None:
    before = metrics_of(tenant.client)
    for _ in range(3):
        tenant.get("/projects?limit=1")
    tenant.get("/jobs/one")
    tenant.get("/jobs/two")
    tenant.client.get("/no/such/thing")
    tenant.client.open("/projects", method="BREW")
    after = metrics_of(tenant.client)

    def grown(method: str, route: str, status: int) -> float:
        key = (
            "azscraper_http_requests_total",
            f"method={method}",
            f"route={route}",
            f"status={status}",
        )
        return after.get(key, 0.0) - before.get(key, 0.0)

    assert grown("GET", "/projects", 200) == 3
    assert grown("GET", "/jobs/<id>", 404) == 2
    assert grown("GET", "none", 404) == 1
    assert grown("other", "none", 405) == 1
    count = ("azscraper_http_request_seconds_count", "method=GET", "route=/projects")
    assert after[count] - before.get(count, 0.0) == 3


def test_a_store_that_is_away_is_told_and_hides_nothing_else(
    config: Config, tenant: Tenant, database: Database
) -> None:
    Marks(LoopMarks(database)).mark("feeder")
    parts = build_parts(replace(config, redis_url="redis://127.0.0.1:1/0"))
    found = metrics_of(create_app(config, parts).test_client())
    parts.close()
    assert found["azscraper_store_up", "store=redis"] == 0
    assert found["azscraper_store_up", "store=mongodb"] == 1
    assert found["azscraper_loop_age_seconds", "loop=feeder"] < 20
    assert ("azscraper_pace_wait_seconds", "marketplace=US") not in found
    parts = build_parts(replace(config, mongodb_uri="mongodb://127.0.0.1:1/?directConnection=true"))
    found = metrics_of(create_app(config, parts).test_client())
    parts.close()
    assert found["azscraper_store_up", "store=redis"] == 1
    assert found["azscraper_store_up", "store=mongodb"] == 0
    assert found["azscraper_pace_wait_seconds", "marketplace=US"] == 0


def test_a_loop_is_as_old_as_its_last_step(tenant: Tenant, database: Database) -> None:
    clock = [0.0]
    marks = Marks(LoopMarks(database), clock=lambda: clock[0])
    marks.mark("feeder")
    marks.mark("webhooks")
    database["loop_marks"].update_one(
        {"loop": "feeder"}, [{"$set": {"at": {"$subtract": ["$at", 60_000]}}}]
    )
    clock[0] = 4.0
    marks.mark("feeder")
    found = metrics_of(tenant.client)
    assert 60 <= found["azscraper_loop_age_seconds", "loop=feeder"] < 80
    assert found["azscraper_loop_age_seconds", "loop=webhooks"] < 20
    clock[0] = 6.0
    marks.mark("feeder")
    found = metrics_of(tenant.client)
    assert found["azscraper_loop_age_seconds", "loop=feeder"] < 20
    (memory,) = [
        value for key, value in found.items() if key[0] == "azscraper_worker_resident_memory_bytes"
    ]
    assert 10e6 < memory < 4e9


def test_the_wait_for_the_crawl_rate_is_told_by_marketplace(
    tenant: Tenant, redis_client: Redis
) -> None:
    seconds, _ = redis_client.time()
    redis_client.set(pace_key("DE"), str((seconds + 90) * 1000))
    found = metrics_of(tenant.client)
    assert 85 < found["azscraper_pace_wait_seconds", "marketplace=DE"] <= 90
    assert found["azscraper_pace_wait_seconds", "marketplace=US"] == 0
    assert PaceRates(redis_client).waits([]) == {}


def test_crawlers_that_beat_lately_are_counted(tenant: Tenant, redis_client: Redis) -> None:
    # test_trace.py beats seven seconds ago; a silent one is no living one.

    now = redis_client.time()[0]
    for number, silent in enumerate((0, 3, 300)):
        crawler = Crawler(f"c{number}", "amazon_detail", "node-1:6800", number, 0.0, "1")
        redis_client.hset(CRAWLERS, f"c{number}", json.dumps(asdict(crawler)))
        redis_client.zadd(CRAWLER_BEATS, {f"c{number}": now - silent})
    assert scrape(tenant.client)["azscraper_crawlers", "amazon_detail", "node-1:6800"] == 2


@pytest.fixture
def counted(config: Config, tmp_path: Path) -> Iterator[dict[str, str]]:
    yield {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}


@pytest.mark.slow
def test_several_processes_are_summed_and_a_restart_forgets_nothing(
    config: Config, tenant: Tenant, tmp_path: Path, counted: dict[str, str]
) -> None:
    key = (
        "azscraper_http_requests_total",
        "method=GET",
        "route=/projects",
        "status=200",
    )
    asked = 0
    for round_ in range(2):
        with running_api(config, tmp_path / f"{round_}.log", workers=2, environ=counted) as url:
            for _ in range(24):
                # A new connection may reach the other process.
                answer = httpx.get(f"{url}/projects", headers=tenant.headers, trust_env=False)
                assert answer.status_code == 200
                asked += 1
            seen = [
                samples(httpx.get(f"{url}/metrics", headers=OPERATOR, trust_env=False).text)
                for _ in range(6)
            ]
        assert {found[key] for found in seen} == {asked}
        pids = {
            label
            for found in seen
            for name, *labels in found
            for label in labels
            if name == "process_resident_memory_bytes"
        }
        assert len(pids) == 2
