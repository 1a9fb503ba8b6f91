"""Every key of a schedule does something, at its creation and in a change: a line for each of them.

What a line looks at is never the schedule's own echo of the key where the key decides more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.jobs.jobs import CreateJobBody
from control_api.azscraper.schemas.schedules import CreateScheduleBody, UpdateScheduleBody
from tests.control_api.conftest import Tenant
from tests.control_api.every.keys import BESIDE, CASES, READ_BY_CRAWLERS

SEARCH: dict[str, Any] = {"type": "search", "targets": ["usb hub"]}
DETAILS: dict[str, Any] = {"type": "details", "targets": ["B08N5WRWNW"]}
PLAIN: dict[str, Any] = {"cron": "30 2 * * *", "crawlConfig": SEARCH}


@dataclass(frozen=True)
class Made:
    tenant: Tenant
    database: Database
    schedule: dict[str, Any]

    @property
    def due(self) -> str | None:
        """The time of day of the next run."""
        shown = self.tenant.get(f"/schedules/{self.schedule['id']}").json["data"]
        return shown["nextRunAt"] and shown["nextRunAt"][11:16]

    @property
    def names(self) -> list[str | None]:
        listed = self.tenant.get(f"/projects/{self.schedule['projectId']}/schedules").json
        return [one["name"] for one in listed["data"]]

    def run(self) -> str:
        answer = self.tenant.post(f"/schedules/{self.schedule['id']}/run").json
        return answer["data"]["status"] if "data" in answer else answer["error"]["code"]

    def job(self) -> dict[str, Any]:
        assert self.run() == "started"
        return job_made(self.database)


@dataclass(frozen=True)
class Line:
    """`look` at the schedule without the key gives `before`, with it `after`."""

    look: Callable[[Made], Any]
    before: Any
    after: Any
    value: Any
    # Of the crawl, besides: where it is not SEARCH.
    beside: dict[str, Any] = field(default_factory=dict)


def texts(made: Made) -> list[str]:
    return [target["value"] for target in made.job()["targets"]]


TABLE: dict[str, Line] = {
    "name": Line(lambda m: m.names, [None], ["Cables"], "Cables"),
    "cron": Line(lambda m: m.due, "02:30", "04:10", "10 4 * * *"),
    "timezone": Line(lambda m: m.due, "02:30", "20:45", "Asia/Kathmandu"),
    "enabled": Line(lambda m: m.due, "02:30", None, False),
    "overlap": Line(lambda m: (m.run(), m.run()), ("started", "CONFLICT"), ("started", "queued"), "queue"),
    "crawlConfig": Line(texts, ["usb hub"], ["B08N5WRWNW"], DETAILS),
}  # fmt: skip
# The keys of `crawlConfig` itself: what the schedule's job is.
CRAWL: dict[str, Line] = {
    "type": Line(lambda m: m.job()["spider"], "amazon_search", "amazon_detail", "details", {"targets": ["B08N5WRWNW"]}),
    "targets": Line(texts, ["usb hub"], ["lamp", "desk"], ["lamp", "desk"]),
    "config": Line(lambda m: m.job()["marketplaces"], ["US"], ["DE"], {"lang": "de-DE"}),
    "onInvalid": Line(texts, None, ["B08N5WRWNW"], "skip", {**DETAILS, "targets": ["B08N5WRWNW", "no asin"]}),
}  # fmt: skip
WAYS = ("create", "change")


def job_made(database: Database) -> dict[str, Any]:
    """The latest job as it is stored, with its targets, and without what differs between any two."""
    job = database["jobs"].find_one(sort=[("_id", -1)])
    targets = database["targets"].find({"jobId": job["_id"]}, sort=[("_id", 1)])
    kept = ("kind", "spider", "config", "priority", "marketplaces")
    of_target = ("value", "url", "marketplace", "seed", "key")
    return {
        **{name: job[name] for name in kept},
        "targets": [{name: target.get(name) for name in of_target} for target in targets],
    }


def made(tenant: Tenant, database: Database, way: str, body: dict[str, Any]) -> Made | None:
    """The schedule that `body` describes, made so or changed into it; None where it is refused."""
    path = f"/projects/{tenant.make_project()}/schedules"
    answer = tenant.post(path, json=body if way == "create" else PLAIN)
    if way == "change":
        changes = {name: value for name, value in body.items() if PLAIN.get(name) != value}
        answer = tenant.patch(f"/schedules/{answer.json['data']['id']}", json=changes)
    if answer.status_code == 400:
        return None
    assert answer.status_code in (200, 201), answer.text
    return Made(tenant, database, answer.json["data"])


def test_every_key_has_a_line() -> None:
    assert (
        set(TABLE) == set(CreateScheduleBody.model_fields) == set(UpdateScheduleBody.model_fields)
    )
    assert set(CRAWL) == set(CreateJobBody.model_fields)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", list(TABLE))
def test_a_key_makes_its_difference(tenant: Tenant, database: Database, key: str, way: str) -> None:
    line = TABLE[key]
    plain = made(tenant, database, "create", PLAIN)
    assert plain is not None
    assert line.look(plain) == line.before
    other = made(tenant, database, way, {**PLAIN, key: line.value})
    assert other is not None
    assert line.look(other) == line.after


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", list(CRAWL))
def test_a_key_of_its_crawl_makes_its_difference(
    tenant: Tenant, database: Database, key: str, way: str
) -> None:
    line = CRAWL[key]
    crawl = {**SEARCH, **line.beside}
    plain = made(tenant, database, way, {**PLAIN, "crawlConfig": crawl})
    assert (plain and line.look(plain)) == line.before
    other = made(tenant, database, way, {**PLAIN, "crawlConfig": {**crawl, key: line.value}})
    assert other is not None
    assert line.look(other) == line.after


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "key"), [*CASES, ("search", "priority")])
def test_a_key_of_its_config_makes_the_job_that_it_makes_of_a_job(
    tenant: Tenant, database: Database, kind: str, key: str, way: str
) -> None:
    """What each key does to a job is shown in test_every_key.py."""
    value = "high" if key == "priority" else READ_BY_CRAWLERS[key][0]
    crawl = DETAILS if kind == "details" else SEARCH
    beside = BESIDE.get(key, {})
    tenant.make_job(**crawl, config=beside)
    plain = job_made(database)
    tenant.make_job(**crawl, config={**beside, key: value})
    wanted = job_made(database)
    assert wanted != plain
    body = {**PLAIN, "crawlConfig": {**crawl, "config": {**beside, key: value}}}
    scheduled = made(tenant, database, way, body)
    assert scheduled is not None
    assert scheduled.job() == wanted
