"""`deliverTo` and `currency` from a request over the lease to a crawler's visitor, and into the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from control_api.worker.seeds import seed_from_target
from settings.config import Config
from storage.seed_queue import SeedQueue
from storage.targets import Targets
from tests.control_api.conftest import Tenant
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.visitors.shop import Shop, asins, running_shop


@pytest.fixture
def rich(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        shop.behave(exit_place="PK")
        yield shop


def post(tenant: Tenant, **config: Any) -> Any:
    body = {"type": "details", "targets": ["B000000001"], "config": config}
    return tenant.post(f"/projects/{tenant.make_project()}/jobs", json=body)


def test_a_job_for_a_place_has_rows_of_that_place(
    rich: Tenant,
    config: Config,
    database: Database,
    shop: Shop,
    redis_client: Redis,
    tmp_path: Path,
) -> None:
    asked = {"deliverTo": "60601-1234", "currency": "eur"}
    job = rich.make_job(type="details", targets=asins(1), config=asked)
    assert job["config"] == asked
    with Redis.from_url(config.redis_url, decode_responses=True) as client:
        targets = Targets(database).values(job["id"])
        SeedQueue(client).push("amazon_detail", [seed_from_target(target) for target in targets])
    log = tmp_path / "log"
    with pool_crawler(config, "amazon_detail", log=log, AMAZON_ORIGIN=shop.url):
        wait_until(
            lambda: rich.get(f"/jobs/{job['id']}").json["data"]["status"] == "completed",
            lambda: log.read_text()[-3000:],
        )
    (row,) = rich.get(f"/jobs/{job['id']}/results").json["data"]
    assert (row["deliverTo"], row["deliverToAsked"]) == ("Chicago 60601", "60601")
    assert row["price"] is None or row["price"]["currency"] == "EUR"
    secrets = [entry["sessionSent"] for entry in shop.requests() if entry["sessionSent"]]
    assert secrets
    assert not any(secret in log.read_text() for secret in secrets)


def test_a_place_is_checked_for_its_store_before_anything_is_written(
    rich: Tenant, database: Database
) -> None:
    for asked, words in [
        ({"deliverTo": "1000"}, "config.deliverTo: '1000' is not a postal code of US"),
        ({"deliverTo": "10001", "lang": "de-DE", "marketplace": "UK"}, "of GB"),
        ({"deliverTo": {"country": "XX"}}, "not an ISO 3166 code"),
        ({"deliverTo": "12345", "marketplace": "AE"}, "a city or a district"),
        ({"currency": "DEM"}, "config.currency: 'DEM' is not an ISO 4217 code"),
    ]:
        answer = post(rich, **asked)
        assert answer.status_code == 400, asked
        assert words in answer.json["error"]["message"]
    for asked in (
        {"deliverTo": 10001},
        {"deliverTo": {"zip": "1"}},
        {"deliverTo": ["10001"]},
        {"deliverTo": ""},
        {"onWrongPlace": "ignore"},
        {"currency": "EURO"},
    ):
        answer = post(rich, **asked)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert database["jobs"].count_documents({}) == 0


def test_each_store_of_a_job_is_asked_in_its_own_form(rich: Tenant) -> None:
    """One postal code cannot be of two countries: the job says which of its stores does not take it."""
    body = {
        "type": "details",
        "targets": [
            "https://www.amazon.de/dp/B000000001",
            "https://www.amazon.co.uk/dp/B000000001",
        ],
        "config": {"deliverTo": "10115"},
    }
    answer = rich.post(f"/projects/{rich.make_project()}/jobs", json=body)
    assert answer.status_code == 400
    assert "UK" in answer.json["error"]["message"]
