"""A monitor that is made of a schedule and of its kept jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.monitors.monitors import MonitorAnswer
from control_api.services.monitors import schedule_past
from control_api.services.monitors.recomputing import Recomputed
from control_api.wiring.monitors import recomputing
from control_api.wiring.stores import Stores
from spiders.items.formats.moments import text_from_instant
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.monitors.shop import ASINS, START, Shop, page

CRAWL = {"type": "details", "targets": [*ASINS[:2], ASINS[0]], "config": {"marketplace": "US"}}


class Scheduled:
    """A shop with a schedule whose jobs were crawled before anybody thought of a monitor."""

    def __init__(self, shop: Shop, crawl: Any = CRAWL) -> None:
        self.shop = shop
        self.jobs: list[str] = []
        body = {"cron": "0 6 * * *", "crawlConfig": crawl}
        made = shop.tenant.post(f"/projects/{shop.project}/schedules", json=body)
        assert made.status_code == 201, made.text
        self.id: str = made.json["data"]["id"]

    def run(self, *seen: Any) -> None:
        started = self.shop.tenant.post(f"/schedules/{self.id}/run")
        assert started.status_code == 201, started.text
        job: str = started.json["data"]["jobId"]
        at = text_from_instant(START + timedelta(hours=len(self.jobs)))
        for index, one in enumerate(seen):
            if isinstance(one, str):
                fail_target(self.shop.settlement, job, index, code=one)
            else:
                row = {"asin": ASINS[index], **one, "scrapedAt": at}
                end_target(self.shop.settlement, job, index, [row])
        self.jobs.append(job)

    def follow(self, status: int = 201, **more: Any) -> Any:
        body = {"name": "past", "fromScheduleId": self.id, **more}
        answer = self.shop.tenant.post(f"/projects/{self.shop.project}/monitors", json=body)
        assert answer.status_code == status, answer.text
        if status != 201:
            return answer.json["error"]
        MonitorAnswer.model_validate(answer.json)
        self.shop.monitor = answer.json["data"]["id"]
        return answer.json["data"]


@pytest.fixture
def scheduled(make_shop: Callable[..., Shop]) -> Scheduled:
    return Scheduled(make_shop())


def test_kept_jobs_are_its_past(scheduled: Scheduled) -> None:
    shop = scheduled.shop
    scheduled.run(page("24.00"), page("10.00"))
    scheduled.run(page("20.00"), "BLOCKED_CAPTCHA")
    scheduled.run(page("22.00"), page("9.00"))
    made = scheduled.follow()
    assert (made["type"], made["config"], made["watchCount"]) == (
        "details",
        {"marketplace": "US"},
        2,
    )
    assert (made["cron"], made["scheduleId"]) == (None, None)
    shop.observe()
    assert shop.watch()["lowest"]["amount"] == 20
    changes = shop.changes("since=start&kind=changed")["data"]
    assert [(one["value"], one["after"]["amount"], one["jobId"]) for one in changes] == [
        (ASINS[0], 20, scheduled.jobs[1]),
        (ASINS[0], 22, scheduled.jobs[2]),
        (ASINS[1], 9, scheduled.jobs[2]),
    ]
    rounds = shop.tenant.get(f"/monitors/{shop.monitor}/rounds").json["data"]
    assert [one["jobId"] for one in rounds] == list(reversed(scheduled.jobs))
    assert (rounds[1]["status"], rounds[1]["checks"]["blocked"]) == ("completed", 1)
    # The next round goes on where the schedule's jobs ended.
    shop.rounds = 3
    shop.round({ASINS[0]: page("22.00"), ASINS[1]: page("8.00")})
    assert shop.changes("since=start&kind=changed")["data"][-1]["before"]["amount"] == 9


def test_its_past_adds_up_to_the_rows(scheduled: Scheduled) -> None:
    shop = scheduled.shop
    for price in ("24.00", "20.00", "22.00"):
        scheduled.run(page(price), page(price))
    scheduled.follow()
    shop.observe()
    stores = Stores.of_loops(shop.store.config)
    found = recomputing(stores).compare(shop.monitor)
    stores.close()
    assert found == Recomputed(watches=2, looks=6, differing=[])


def test_nothing_of_the_past_is_told_as_a_round_that_ends(
    scheduled: Scheduled, database: Database
) -> None:
    scheduled.run(page(), page())
    scheduled.follow()
    scheduled.shop.observe()
    told = database["outbox"].distinct("type", {"monitorId": scheduled.shop.monitor})
    assert told == ["monitor.changed"]


def test_a_job_is_a_round_of_one_monitor(scheduled: Scheduled) -> None:
    shop = scheduled.shop
    scheduled.run(page(), page())
    scheduled.follow()
    scheduled.run(page("20.00"), page())
    scheduled.follow()
    shop.observe()
    rounds = shop.tenant.get(f"/monitors/{shop.monitor}/rounds").json["data"]
    assert [one["jobId"] for one in rounds] == scheduled.jobs[1:]


def test_open_jobs_and_old_ones_are_left_out(
    scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_past, "MAX_JOBS", 2)
    scheduled.run(page(), page())
    scheduled.run(page(), page())
    scheduled.run(page())
    scheduled.follow()
    path = f"/monitors/{scheduled.shop.monitor}/rounds"
    rounds = scheduled.shop.tenant.get(path).json["data"]
    assert [one["jobId"] for one in rounds] == scheduled.jobs[1:2]


def test_what_no_monitor_can_be_made_of(
    scheduled: Scheduled, make_shop: Callable[..., Shop], make_tenant: Callable[..., Tenant]
) -> None:
    shop = scheduled.shop
    assert "those of the schedule" in scheduled.follow(400, type="details")["message"]
    assert "those of the schedule" in scheduled.follow(400, config={"lang": "en-US"})["message"]
    suggestions = Scheduled(shop, {"type": "suggestions", "targets": ["usb h"]})
    assert "suggestions jobs" in suggestions.follow(400)["message"]
    other = f"https://www.amazon.de/dp/{ASINS[0]}"
    stores = Scheduled(shop, {"type": "details", "targets": [ASINS[0], other], "config": {}})
    assert "the store DE" in stores.follow(400)["message"]
    own = make_shop(cron="0 6 * * *")
    view = own.tenant.get(f"/monitors/{own.monitor}").json["data"]
    body = {"name": "twice", "fromScheduleId": view["scheduleId"]}
    answer = own.tenant.post(f"/projects/{own.project}/monitors", json=body)
    assert "belongs to a monitor" in answer.json["error"]["message"]
    # A schedule of another project, and of another organization.
    stranger = make_tenant()
    for tenant, project in (
        (shop.tenant, shop.tenant.make_project("other")),
        (stranger, stranger.make_project()),
    ):
        body = {"name": "theirs", "fromScheduleId": scheduled.id}
        missing = tenant.post(f"/projects/{project}/monitors", json=body)
        assert (missing.status_code, missing.json["error"]["code"]) == (404, "SCHEDULE_NOT_FOUND")
    nothing = shop.tenant.post(f"/projects/{shop.project}/monitors", json={"name": "nothing"})
    assert nothing.status_code == 400
