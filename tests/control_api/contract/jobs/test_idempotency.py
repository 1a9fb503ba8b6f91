"""The contract, idempotency: "`Idempotency-Key` on POST jobs: same key and body replays the stored
answer with `Idempotent-Replayed: true`; other body 422; 24 h; per organization (ours)"
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
from pymongo.database import Database

from settings.config import Config
from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target
from tests.control_api.processes import running_api

BODY = {"type": "search", "targets": ["usb hub"]}
KEY = {"Idempotency-Key": "order-7"}


def test_the_stored_answer_is_replayed(tenant: Tenant, settlement: Settlement) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    first = tenant.post(path, json=BODY, headers=KEY)
    assert "Idempotent-Replayed" not in first.headers
    end_target(settlement, first.json["data"]["id"], 0, [{"asin": "B000000001"}])
    again = tenant.post(path, json=BODY, headers=KEY)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.data) == (201, first.data)


def test_another_body_is_a_422(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    tenant.post(path, json=BODY, headers=KEY)
    answer = tenant.post(path, json={**BODY, "targets": ["other"]}, headers=KEY)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_for_24_hours(tenant: Tenant, database: Database) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    tenant.post(path, json=BODY, headers=KEY)
    left = database["idempotency"].find_one()["expiresAt"] - utc_now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    indexes = database["idempotency"].index_information().values()
    assert [index["key"] for index in indexes if index.get("expireAfterSeconds") == 0] == [
        [("expiresAt", 1)]
    ]


def test_per_organization(make_tenant: Callable[..., Tenant]) -> None:
    ids = set()
    for tenant in (make_tenant(), make_tenant()):
        path = f"/projects/{tenant.make_project()}/jobs"
        ids.add(tenant.post(path, json=BODY, headers=KEY).json["data"]["id"])
    assert len(ids) == 2


def test_fifty_parallel_posts_make_one_job(
    tenant: Tenant, config: Config, database: Database, tmp_path: Path
) -> None:
    """A4, over HTTP, on two API processes."""
    path = f"/projects/{tenant.make_project()}/jobs"
    with (
        running_api(config, tmp_path / "one.log") as one,
        running_api(config, tmp_path / "two.log") as two,
        httpx.Client(headers={**tenant.headers, **KEY}, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(50) as pool,
    ):
        urls = [f"{one}{path}", f"{two}{path}"] * 25
        answers = list(pool.map(lambda url: client.post(url, json=BODY), urls))
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    replayed = [answer for answer in answers if "Idempotent-Replayed" in answer.headers]
    assert len(replayed) == 49
    assert database["jobs"].count_documents({}) == 1
    assert database["usage"].find_one()["jobs"] == 1
