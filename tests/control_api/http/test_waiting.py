"""`Prefer: wait=N` on the API as it runs: two threads, three places to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.jobs.jobs import JobAnswer
from control_api.http.waiting import seconds_from_prefer
from control_api.v1.schemas.page_jobs import PageJobCreated, PageJobOut
from control_api.v1.schemas.spider_jobs import SpiderJobCreated, SpiderJobOut
from settings.config import Config
from storage.jobs.settlement import Settlement
from storage.runs.spiders import DeployedSpider, Spiders
from tests.control_api.conftest import OPERATOR_TOKEN, SECRET, Tenant
from tests.control_api.crawling import end_target
from tests.control_api.processes import running_api, running_api_process
from tests.reliability.relay import Relay

ENVIRON = {"API_THREADS": "2", "API_WAITERS": "3"}
PAGE = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
PAGE_ROW = {"url": PAGE["url"], "data": {"title": "A"}, "scrapedAt": "2026-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("wait=5", 5), ("WAIT=5", 5), (" wait = 5 ", 5), ('wait="5"', 5), ("respond-async, wait=10", 10),
        ("wait=5;strict", 5), ("wait=5; a=1, wait=9", 5), ("return=minimal,wait=05", 5), ("wait=30", 30),
        ("wait=31", 30), ("wait=99999999999999999999", 30), ('foo="a, wait=9", wait=4', 4),
        ("wait=x, wait=4", 4), ("wait=0", None), ("wait=-1", None), ("wait=1.5", None), ("wait=", None),
        ("wait", None), ("waiting=5", None), ("", None), (None, None), (",,;", None), ("wait=٥", None),
        ("respond-async", None), ("wait=5 5", None), ("wait=1e1", None),
    ],
)  # fmt: skip
def test_the_header_is_read_as_rfc_7240_has_it(text: str | None, seconds: int | None) -> None:
    assert seconds_from_prefer(text) == seconds


@pytest.fixture(scope="module")
def url(
    mongodb_uri: str,
    redis_url: str,
    indexed_database: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    config = Config(
        mongodb_uri=mongodb_uri,
        mongodb_database=indexed_database.name,
        redis_url=redis_url,
        jwt_secret=SECRET,
        operator_token=OPERATOR_TOKEN,
    )
    log = tmp_path_factory.mktemp("api") / "api.log"
    with running_api(config, log, environ=ENVIRON) as url:
        yield url


@pytest.fixture
def api(url: str, tenant: Tenant) -> Iterator[httpx.Client]:
    with (
        httpx.Client(
            base_url=url, headers=tenant.headers, timeout=40, trust_env=False,
            limits=httpx.Limits(max_connections=100),
        ) as client,
    ):  # fmt: skip
        yield client


def prefer(seconds: int) -> dict[str, str]:
    return {"Prefer": f"wait={seconds}"}


def timed(call: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


def soon(work: Callable[[], Any], *, seconds: float = 0.7) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


def end_when_made(database: Database, settlement: Settlement, row: dict[str, Any]) -> None:
    """Ends the job that the test is about to make, half a second after it is there."""

    def end() -> None:
        until = time.monotonic() + 15
        while time.monotonic() < until:
            job = database["jobs"].find_one({"status": "queued"})
            if job is not None:
                time.sleep(0.5)
                end_target(settlement, job["_id"], 0, [row])
                return
            time.sleep(0.05)

    soon(end, seconds=0)


def test_a_create_answers_with_the_row_as_soon_as_the_job_has_ended(
    api: httpx.Client, tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    path = f"/projects/{tenant.make_project()}/jobs?include=rows"
    body = {"type": "details", "targets": ["B08N5WRWNW"]}
    row = {"asin": "B08N5WRWNW", "title": "A kettle"}
    end_when_made(database, settlement, row)
    seconds, answer = timed(lambda: api.post(path, json=body, headers=prefer(20)))
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (201, "wait=20")
    JobAnswer.model_validate(answer.json())
    job = answer.json()["data"]
    assert (job["status"], job["rows"]) == ("completed", [row])
    assert 0.5 < seconds < 5
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_get_answers_when_the_time_is_over(api: httpx.Client, tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    seconds, answer = timed(lambda: api.get(f"/jobs/{job}", headers=prefer(1)))
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=1")
    assert answer.json()["data"]["status"] == "queued"
    assert "rows" not in answer.json()["data"]
    assert 1 <= seconds < 3


def test_warnings_of_the_request_stay_in_the_answer(
    api: httpx.Client, tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    body = {
        "type": "details",
        "targets": ["B08N5WRWNW", "no product"],
        "onInvalid": "skip",
        "config": {"maxPage": 2},
    }
    end_when_made(database, settlement, {"asin": "B08N5WRWNW"})
    answer = api.post(path, json=body, headers=prefer(20))
    JobAnswer.model_validate(answer.json())
    assert answer.json()["data"]["status"] == "completed"
    paths = {warning["path"] for warning in answer.json()["warnings"]}
    assert paths == {"targets.1", "config.maxPage"}


def test_a_cancel_ends_the_wait(api: httpx.Client, tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    soon(lambda: tenant.post(f"/jobs/{job}/cancel"))
    seconds, answer = timed(lambda: api.get(f"/jobs/{job}", headers=prefer(20)))
    assert answer.json()["data"]["status"] == "cancelled"
    assert seconds < 3


def test_an_ended_job_is_shown_at_once(
    api: httpx.Client, tenant: Tenant, settlement: Settlement
) -> None:
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0, [{"asin": "B000000001"}])
    seconds, answer = timed(lambda: api.get(f"/jobs/{job}?include=rows", headers=prefer(20)))
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.json()["data"]["rows"] == [{"asin": "B000000001"}]
    assert seconds < 1


def test_a_retry_can_be_waited_for(
    api: httpx.Client, tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0)
    end_when_made(database, settlement, {"asin": "B000000001"})
    answer = api.post(f"/jobs/{job}/retry", headers=prefer(20))
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "completed")
    assert answer.json()["data"]["retryOf"] == job


def test_a_replay_is_waited_for_too(
    api: httpx.Client, tenant: Tenant, settlement: Settlement
) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    body = {"type": "search", "targets": ["usb hub"]}
    key = {"Idempotency-Key": "once"}
    first = api.post(path, json=body, headers=key).json()["data"]
    soon(lambda: end_target(settlement, first["id"], 0))
    answer = api.post(path, json=body, headers={**key, **prefer(20)})
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert (answer.json()["data"]["id"], answer.json()["data"]["status"]) == (
        first["id"],
        "completed",
    )


def test_rows_are_the_first_hundred(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()["id"]
    assert tenant.get(f"/jobs/{job}?include=rows").json["data"]["rows"] == []
    end_target(settlement, job, 0, [{"n": n} for n in range(120)])
    shown = tenant.get(f"/jobs/{job}?include=rows").json["data"]
    assert shown["rows"] == [{"n": n} for n in range(100)]
    assert tenant.get(f"/jobs/{job}?include=targets").status_code == 400


def test_those_who_wait_take_no_thread_and_no_more_than_the_places_wait(
    api: httpx.Client, tenant: Tenant, settlement: Settlement
) -> None:
    jobs = [tenant.make_job()["id"] for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(api.get, f"/jobs/{job}", headers=prefer(20)) for job in jobs]
        time.sleep(1)
        # Two threads, three who wait: the others are served as ever.
        seconds, answer = timed(lambda: api.get("/projects"))
        assert (answer.status_code, seconds < 1) == (200, True)
        seconds, answer = timed(lambda: api.get(f"/jobs/{jobs[0]}", headers=prefer(20)))
        assert (answer.status_code, seconds < 1) == (200, True)
        assert "Preference-Applied" not in answer.headers
        end_target(settlement, jobs[0], 0)
        assert waiting[0].result(5).json()["data"]["status"] == "completed"
        # A place is free again.
        answer = api.get(f"/jobs/{jobs[1]}", headers=prefer(1))
        assert answer.headers["Preference-Applied"] == "wait=1"
        for job in jobs[1:]:
            end_target(settlement, job, 0)
        assert [one.result(5).json()["data"]["status"] for one in waiting] == ["completed"] * 3


def test_who_goes_away_frees_the_place(api: httpx.Client, tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            api.get(f"/jobs/{job}", headers=prefer(30), timeout=0.5)
    time.sleep(0.5)
    answer = api.get(f"/jobs/{job}", headers=prefer(1))
    assert answer.headers["Preference-Applied"] == "wait=1"


def test_many_wait_for_one_job(api: httpx.Client, tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()["id"]
    soon(lambda: end_target(settlement, job, 0))
    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(lambda n: api.get(f"/jobs/{job}", headers=prefer(20 + n)), range(3))
        )
    assert [one.json()["data"]["status"] for one in answers] == ["completed"] * 3
    assert [one.headers["Preference-Applied"] for one in answers] == [
        "wait=20", "wait=21", "wait=22",
    ]  # fmt: skip


def test_an_answer_of_many_parts_comes_whole(
    api: httpx.Client, tenant: Tenant, settlement: Settlement
) -> None:
    job = tenant.make_job()["id"]
    rows = [{"text": "x" * 5_000, "n": n} for n in range(100)]
    soon(lambda: end_target(settlement, job, 0, rows))
    answer = api.get(f"/jobs/{job}?include=rows", headers=prefer(20))
    assert answer.json()["data"]["rows"] == rows


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_a_job_that_is_removed_meanwhile_is_a_404(
    api: httpx.Client, tenant: Tenant, database: Database, prefix: str
) -> None:
    job = tenant.post("/api/v1/jobs", json=PAGE).json["id"] if prefix else tenant.make_job()["id"]
    soon(lambda: database["jobs"].delete_one({"_id": job}))
    seconds, answer = timed(lambda: api.get(f"{prefix}/jobs/{job}", headers=prefer(20)))
    error = answer.json()["error"]
    assert (answer.status_code, seconds < 5) == (404, True)
    assert (error if prefix else error["message"]) == "Job not found"


def test_a_create_is_told_whatever_became_of_the_job(
    api: httpx.Client, tenant: Tenant, database: Database
) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    body = {"type": "search", "targets": ["usb hub"]}
    soon(lambda: database["jobs"].delete_many({}), seconds=1.5)
    answer = api.post(path, json=body, headers=prefer(5))
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "queued")


def test_strangers_wait_for_nothing(
    api: httpx.Client, tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    job = tenant.make_job()["id"]
    stranger = make_tenant()
    seconds, answer = timed(
        lambda: api.get(f"/jobs/{job}", headers={**prefer(20), **stranger.headers})
    )
    assert (answer.status_code, seconds < 1) == (404, True)
    assert "Preference-Applied" not in answer.headers


class TestUnderV1:
    def test_a_page_job(
        self, api: httpx.Client, database: Database, settlement: Settlement
    ) -> None:
        end_when_made(database, settlement, PAGE_ROW)
        answer = api.post("/api/v1/jobs?include=rows", json=PAGE, headers=prefer(20))
        assert (answer.status_code, answer.headers["Preference-Applied"]) == (201, "wait=20")
        made = PageJobCreated.model_validate(answer.json())
        assert made.status == "completed"
        assert [row.data for row in made.rows or ()] == [{"title": "A"}]
        shown = api.get(f"/api/v1/jobs/{made.id}?include=rows", headers=prefer(20))
        assert PageJobOut.model_validate(shown.json()).rows == made.rows
        assert "rows" not in api.get(f"/api/v1/jobs/{made.id}").json()

    def test_a_spider_job(
        self, api: httpx.Client, database: Database, settlement: Settlement
    ) -> None:
        deployed = DeployedSpider(
            name="my-spider", repo_path="spiders/my_spider.py", arguments=(), description=""
        )
        Spiders(database).register([deployed], version="1")
        answer = api.post(
            "/api/v1/jobs?include=rows", json={"spider_name": "my-spider"}, headers=prefer(1)
        )
        assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=1")
        made = SpiderJobCreated.model_validate(answer.json())
        assert (made.status, made.rows) == ("pending", [])
        database["jobs"].update_one(
            {"_id": made.jobId}, {"$set": {"status": "completed", "outcome": "succeeded"}}
        )
        seconds, shown = timed(lambda: api.get(f"/api/v1/jobs/{made.jobId}", headers=prefer(20)))
        assert SpiderJobOut.model_validate(shown.json()).status == "finished"
        assert (shown.headers["Preference-Applied"], seconds < 1) == ("wait=20", True)

    def test_one_call_counts_once_against_the_limit(
        self, api: httpx.Client, tenant: Tenant
    ) -> None:
        job = api.post("/api/v1/jobs", json=PAGE)
        left = int(job.headers["X-RateLimit-Remaining"])
        answer = api.get(f"/api/v1/jobs/{job.json()['id']}", headers=prefer(1))
        assert int(answer.headers["X-RateLimit-Remaining"]) == left - 1


def test_the_end_of_the_server_does_not_wait(
    config: Config, tmp_path: Path, tenant: Tenant
) -> None:
    job = tenant.make_job()["id"]
    with (
        running_api_process(config, tmp_path / "api.log", environ=ENVIRON) as (url, process),
        httpx.Client(base_url=url, headers=tenant.headers, timeout=40, trust_env=False) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(client.get, f"/jobs/{job}", headers=prefer(30))
        time.sleep(1)
        process.terminate()
        seconds, answer = timed(lambda: waiting.result(10))
        assert (answer.status_code, answer.json()["data"]["status"]) == (200, "queued")
        process.wait(10)
        assert seconds < 4


@pytest.mark.parametrize("fault", ["refuse", "drop"])
def test_a_database_that_goes_away_leaves_what_was_said_of_the_job(
    config: Config, tmp_path: Path, tenant: Tenant, fault: str
) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    body = {"type": "search", "targets": ["usb hub"]}
    with Relay(urlsplit(config.mongodb_uri).port or 0) as relay:
        uri = f"mongodb://127.0.0.1:{relay.port}/?directConnection=true"
        away = replace(config, mongodb_uri=uri)
        with (
            running_api(away, tmp_path / "api.log", environ=ENVIRON) as url,
            httpx.Client(
                base_url=url, headers=tenant.headers, timeout=40, trust_env=False
            ) as client,
        ):
            soon(relay.refuse if fault == "refuse" else relay.drop)
            seconds, answer = timed(lambda: client.post(path, json=body, headers=prefer(3)))
            relay.pass_on()
            assert (answer.status_code, answer.json()["data"]["status"]) == (201, "queued")
            assert 3 <= seconds < 8
            # The job is there, and a wait for it works again.
            job = answer.json()["data"]["id"]
            tenant.post(f"/jobs/{job}/cancel")
            until = time.monotonic() + 10
            while (answer := client.get(f"/jobs/{job}", headers=prefer(5))).status_code == 503:
                assert time.monotonic() < until
                time.sleep(0.2)
            assert answer.json()["data"]["status"] == "cancelled"
