"""contracts.md sections 0 and 2: page jobs over their routes, and how AzScraper's routes show them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from pymongo.database import Database

from control_api.v1.schemas.page_jobs import PageJobCreated, PageJobOut, PageJobRow
from control_api.v1.statuses import SCRAPEMASTER, SCRAPETHIS, STATUS_OF_WORD, StatusWord
from settings.config import Config
from spiders.sites.browsers import find_browser
from spiders.sites.page_urls import page_key
from storage.base.connections import connect_async_redis
from storage.base.ids import target_id
from storage.base.records import FoundTarget, JobStatus, NewRow, StartedTarget, TargetEnd
from storage.jobs.settlement import Settlement
from storage.queue.crawlers import Crawler, CrawlerBeats
from tests.control_api.api_v1.conftest import SELECTORS, URL, MakeUser, V1User, page_row, refused
from tests.control_api.crawling import end_target, fail_target


def mark_running(settlement: Settlement, job_id: str) -> None:
    settlement.commit([StartedTarget(target_id(job_id, 0), job_id, 1)], [])


def end_with_links(settlement: Settlement, job_id: str, urls: list[str]) -> None:
    found = [FoundTarget(url, page_key(url), {"depth": 1}) for url in urls]
    end = TargetEnd(
        id=target_id(job_id, 0),
        job_id=job_id,
        token=1,
        rows=[NewRow(1, 1, page_row(URL, title="Start"))],
        discovered=found,
    )
    assert settlement.commit([], [end]).settled


def is_time(text: str) -> bool:
    return text.endswith("Z") and datetime.fromisoformat(text).tzinfo is not None


def test_create_answers_201_with_four_keys(user: V1User) -> None:
    """201 `{id,url,status,created_at}`"""
    answer = user.post(
        "/jobs",
        {
            "url": URL,
            "engine": "auto",
            "priority": "normal",
            "selectors": SELECTORS,
            "config": {"max_pages": 10, "follow_links": True},
        },
    )
    assert answer.status_code == 201
    PageJobCreated.model_validate(answer.json)
    assert list(answer.json) == ["id", "url", "status", "created_at"]
    assert (answer.json["url"], answer.json["status"]) == (URL, "pending")
    assert is_time(answer.json["created_at"])


def test_a_job_is_what_the_site_spider_reads(user: V1User, database: Database) -> None:
    config = {
        "max_pages": 40,
        "follow_links": True,
        "max_depth": 3,
        "allowed_domains": ["example.com"],
        "item_selector": "li.product",
        "next_page_selector": "a.next::attr(href)",
        "delay": 0.5,
        "respect_robots": False,
    }
    job_id = user.start(priority="high", engine="scrapy", config=config)
    job, target = database["jobs"].find_one(), database["targets"].find_one()
    assert (job["kind"], job["spider"], job["targetLimit"], job["priority"]) == (
        "page",
        "site",
        40,
        2,
    )
    assert (target["jobId"], target["url"], target["key"]) == (job_id, URL, page_key(URL))
    assert target["seed"] == {
        "selectors": SELECTORS,
        "engine": "scrapy",
        "depth": 0,
        "maxPages": 40,
        "followLinks": True,
        "maxDepth": 3,
        "allowedDomains": ["example.com"],
        "itemSelector": "li.product",
        "nextPageSelector": "a.next::attr(href)",
        "delay": 0.5,
        "respectRobots": False,
    }


def test_a_job_shows_its_progress_while_it_runs(user: V1User, settlement: Settlement) -> None:
    """`progress` (0-100), `items_scraped`, `items_failed`, `started_at`; live."""
    job_id = user.start(config={"max_pages": 4, "follow_links": True})
    job = user.get(f"/jobs/{job_id}").json
    PageJobOut.model_validate(job)
    assert (job["status"], job["progress"], job["started_at"]) == ("pending", 0, None)
    mark_running(settlement, job_id)
    end_with_links(settlement, job_id, [f"{URL}/{number}" for number in range(9)])
    end_target(settlement, job_id, 1, [page_row(f"{URL}/0"), page_row(f"{URL}/0")])
    fail_target(settlement, job_id, 2)
    job = user.get(f"/jobs/{job_id}").json
    assert (job["status"], job["progress"]) == ("running", 75)
    assert (job["items_scraped"], job["items_failed"]) == (3, 1)
    assert is_time(job["started_at"])
    assert job["failures"] == [
        {"url": f"{URL}/1", "code": "NOT_FOUND", "message": "Amazon has no such page"}
    ]
    end_target(settlement, job_id, 3, [])
    job = user.get(f"/jobs/{job_id}").json
    assert (job["status"], job["progress"]) == ("completed", 100)
    assert is_time(job["completed_at"])


def test_the_engine_shown_is_the_one_used(user: V1User, settlement: Settlement) -> None:
    """ "the job reports the engine used" """
    jobs = {engine: user.start() for engine in ("scrapy", "playwright")}
    assert user.get(f"/jobs/{jobs['scrapy']}").json["engine"] == "auto"
    for engine, job_id in jobs.items():
        end_target(settlement, job_id, 0, [page_row(URL, engine=engine)])
        assert user.get(f"/jobs/{job_id}").json["engine"] == engine


def test_the_list_is_bare_and_newest_first(user: V1User, settlement: Settlement) -> None:
    ids = [user.start() for _ in range(4)]
    end_target(settlement, ids[0], 0, [page_row(URL, title="x")])
    listed = user.get("/jobs").json
    assert [job["id"] for job in listed] == ids[::-1]
    for job in listed:
        PageJobRow.model_validate(job)
    assert (listed[-1]["status"], listed[-1]["progress"], listed[-1]["items_scraped"]) == (
        "completed",
        100,
        1,
    )
    assert [job["id"] for job in user.get("/jobs?skip=1&limit=2").json] == [ids[2], ids[1]]
    assert len(user.get("/jobs?limit=5000").json) == 4


def test_both_vocabularies_choose_jobs_by_status(user: V1User, settlement: Settlement) -> None:
    """`?status=` on `/api/v1/jobs` accepts both vocabularies; an unknown word is a 400."""
    queued, running, completed, failed, cancelled = (user.start() for _ in range(5))
    mark_running(settlement, running)
    end_target(settlement, completed, 0)
    fail_target(settlement, failed, 0)
    user.delete(f"/jobs/{cancelled}")
    expected = {
        "pending": queued,
        "running": running,
        "completed": completed,
        "finished": completed,
        "failed": failed,
        "error": failed,
        "cancelled": cancelled,
    }
    assert set(expected) == set(STATUS_OF_WORD) == set(StatusWord.__args__)  # type: ignore[attr-defined]
    for word, job_id in expected.items():
        found = user.get(f"/jobs?status={word}").json
        assert [job["id"] for job in found] == [job_id], word
        # A page job speaks ScrapeMaster's words whichever were asked for.
        assert found[0]["status"] == SCRAPEMASTER[STATUS_OF_WORD[word]]
    assert "'finished'" in refused(user.get("/jobs?status=queued"))


def test_each_status_has_a_word_in_each_dialect() -> None:
    assert set(SCRAPEMASTER) == set(SCRAPETHIS) == set(JobStatus)


def test_delete_cancels_with_a_bare_204(user: V1User, settlement: Settlement) -> None:
    """`DELETE` = cancel, 204."""
    job_id = user.start()
    for _ in range(2):
        answer = user.delete(f"/jobs/{job_id}")
        assert (answer.status_code, answer.data) == (204, b"")
    assert user.get(f"/jobs/{job_id}").json["status"] == "cancelled"
    end = TargetEnd(id=target_id(job_id, 0), job_id=job_id, token=1, rows=[NewRow(1, 1, {})])
    assert settlement.commit([], [end]).settled == []
    assert user.get(f"/results/{job_id}").json["total"] == 0


def test_a_finished_job_cannot_be_cancelled(user: V1User, settlement: Settlement) -> None:
    job_id = user.start()
    end_target(settlement, job_id, 0)
    assert refused(user.delete(f"/jobs/{job_id}"), 409, None) == "Job is already completed"


def test_search_and_details_jobs_are_404_here(user: V1User, database: Database) -> None:
    """`/api/v1/jobs` shows page and spider jobs (search and details jobs are 404 there)."""
    headers = {"Authorization": f"Bearer {user.token}"}
    project = user.client.post("/projects", json={"name": "p"}, headers=headers).json["data"]["id"]
    made = user.client.post(
        f"/projects/{project}/jobs", json={"type": "search", "targets": ["x"]}, headers=headers
    )
    search = made.json["data"]["id"]
    for path in (f"/jobs/{search}", f"/results/{search}", f"/results/{search}/export"):
        assert refused(user.get(path), 404, None) == "Job not found"
    assert refused(user.delete(f"/jobs/{search}"), 404, None) == "Job not found"
    assert user.get("/jobs").json == []


def test_azscraper_shows_page_jobs_of_the_project_default(
    user: V1User, settlement: Settlement
) -> None:
    """AzScraper's `/jobs/:id` and job lists show every kind of job of the organization."""
    headers = {"Authorization": f"Bearer {user.token}"}
    assert user.client.get("/projects", headers=headers).json["data"] == []
    job_id = user.start(config={"max_pages": 3, "follow_links": True})
    user.start()
    end_with_links(settlement, job_id, [f"{URL}/a", f"{URL}/b"])
    [project] = user.client.get("/projects", headers=headers).json["data"]
    assert project["name"] == "Default"
    job = user.client.get(f"/jobs/{job_id}", headers=headers).json["data"]
    assert (job["type"], job["status"], job["creditsReserved"]) == ("page", "running", 0)
    assert [target["value"] for target in job["targets"]] == [URL, f"{URL}/a", f"{URL}/b"]
    assert job["counts"] == {
        "total": 3,
        "pending": 2,
        "running": 0,
        "success": 1,
        "failed": 0,
        "cancelled": 0,
    }
    listed = user.client.get(f"/projects/{project['id']}/jobs", headers=headers).json
    assert listed["meta"]["total"] == 2
    exported = user.client.get(f"/jobs/{job_id}/export?format=csv", headers=headers)
    assert exported.text.splitlines() == [
        "url,data.title,data.price,depth,engine,scrapedAt",
        f"{URL},Start,,0,scrapy,2026-01-15T10:32:00.000Z",
    ]


def test_a_retry_starts_again_from_the_first_page(user: V1User, settlement: Settlement) -> None:
    headers = {"Authorization": f"Bearer {user.token}"}
    job_id = user.start(config={"max_pages": 3, "follow_links": True})
    end_with_links(settlement, job_id, [f"{URL}/a"])
    retried = user.client.post(f"/jobs/{job_id}/retry", headers=headers).json["data"]
    assert [target["value"] for target in retried["targets"]] == [URL]
    # It may grow again, and knows its first page.
    end_with_links(settlement, retried["id"], [f"{URL}#top", *[f"{URL}/{i}" for i in range(9)]])
    assert (
        len(user.client.get(f"/jobs/{retried['id']}", headers=headers).json["data"]["targets"]) == 3
    )


def test_a_retry_of_what_failed_takes_the_failed_pages_and_follows_no_links(
    user: V1User, settlement: Settlement
) -> None:
    headers = {"Authorization": f"Bearer {user.token}"}
    job_id = user.start(config={"max_pages": 9, "follow_links": True})
    end_with_links(settlement, job_id, [f"{URL}/a", f"{URL}/b"])
    end_target(settlement, job_id, 1)
    fail_target(settlement, job_id, 2)
    path = f"/jobs/{job_id}/retry"
    retried = user.client.post(path, headers=headers, json={"only": "failed"}).json["data"]
    assert [target["value"] for target in retried["targets"]] == [f"{URL}/b"]
    end_with_links(settlement, retried["id"], [f"{URL}/a", f"{URL}/c"])
    ended = user.client.get(f"/jobs/{retried['id']}", headers=headers).json["data"]
    assert (ended["status"], ended["counts"]["total"]) == ("completed", 1)


def test_a_page_job_is_one_job_and_one_target_of_the_plan_and_costs_nothing(
    make_user: MakeUser, settlement: Settlement
) -> None:
    user = make_user(plan="free")
    headers = {"Authorization": f"Bearer {user.token}"}
    job_id = user.start(config={"max_pages": 9, "follow_links": True})
    end_with_links(settlement, job_id, [f"{URL}/{number}" for number in range(5)])
    usage = user.client.get("/usage", headers=headers).json["data"]
    assert (usage["used"]["jobsThisMonth"], usage["used"]["targetsThisMonth"]) == (1, 1)
    assert usage["credits"] == {"balance": 1_000, "reserved": 0}
    for _ in range(9):
        user.start()
    answer = user.post("/jobs", {"url": URL, "selectors": SELECTORS})
    assert refused(answer, 403, None) == "Job limit reached for this month"


def test_fifty_first_posts_at_once_make_one_project(
    app: OpenAPI, user: V1User, database: Database
) -> None:
    def post(_: int) -> int:
        answer = app.test_client().post(
            "/api/v1/jobs",
            json={"url": URL, "selectors": SELECTORS},
            headers={"Authorization": f"Bearer {user.token}"},
        )
        return answer.status_code

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(post, range(50))) == [201] * 50
    assert database["projects"].count_documents({}) == 1
    assert database["jobs"].count_documents({}) == 50


def test_fifty_posts_with_one_idempotency_key_make_one_job(
    app: OpenAPI, user: V1User, database: Database
) -> None:
    """A4"""
    headers = {"Authorization": f"Bearer {user.token}", "Idempotency-Key": "once"}
    body = {"url": URL, "selectors": SELECTORS}

    def post(_: int) -> tuple[str, bool]:
        answer = app.test_client().post("/api/v1/jobs", json=body, headers=headers)
        assert answer.status_code == 201
        return answer.json["id"], "Idempotent-Replayed" in answer.headers

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, range(50)))
    assert len({job_id for job_id, _ in answers}) == 1
    assert sum(replayed for _, replayed in answers) == 49
    assert database["jobs"].count_documents({}) == 1
    other = user.post("/jobs", {**body, "engine": "scrapy"}, headers={"Idempotency-Key": "once"})
    assert refused(other, 422, None)


def test_another_organizations_job_is_a_404(make_user: MakeUser) -> None:
    """A2"""
    owner, stranger = make_user("owner"), make_user("stranger")
    job_id = owner.start()
    for answer in (
        stranger.get(f"/jobs/{job_id}"),
        stranger.delete(f"/jobs/{job_id}"),
        stranger.get(f"/results/{job_id}"),
        stranger.get(f"/results/{job_id}/export"),
    ):
        assert refused(answer, 404, None) == "Job not found"
    assert stranger.get("/jobs").json == []
    assert owner.get(f"/jobs/{job_id}").json["status"] == "pending"


@pytest.fixture
def beat(config: Config) -> Callable[..., None]:
    """A crawler's heartbeat."""
    import asyncio

    def send(owner: str, *, spider: str = "site", has_browser: bool) -> None:
        crawler = Crawler(owner, spider, "node", 1, 0.0, "1", has_browser=has_browser)

        async def work() -> None:
            client = connect_async_redis(config)
            await CrawlerBeats(client, crawler).beat()
            await client.aclose()

        asyncio.run(work())

    return send


@pytest.mark.parametrize(
    ("browsers", "status"),
    [([True], 201), ([True, True], 201), ([False], 400), ([True, False], 400)],
)
def test_playwright_needs_crawlers_with_a_browser(
    user: V1User, beat: Callable[..., None], browsers: list[bool], status: int
) -> None:
    """No browser on the machine: `playwright` is a 400 saying so, `auto` stays with HTTP."""
    for number, has_browser in enumerate(browsers):
        beat(f"crawler-{number}", has_browser=has_browser)
    beat("another", spider="amazon_detail", has_browser=not browsers[0])
    body: dict[str, Any] = {"url": URL, "selectors": SELECTORS, "engine": "playwright"}
    answer = user.post("/jobs", body)
    assert answer.status_code == status
    if status == 400:
        assert refused(answer) == (
            "engine playwright is not available: the crawl machines have no browser"
        )
    assert user.post("/jobs", {**body, "engine": "auto"}).status_code == 201


def test_while_no_crawler_lives_this_machine_stands_for_theirs(user: V1User) -> None:
    body = {"url": URL, "selectors": SELECTORS, "engine": "playwright"}
    assert user.post("/jobs", body).status_code == (201 if find_browser() else 400)
