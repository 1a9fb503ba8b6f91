"""Home and the lists: what they tell of the last day and the next runs, and how they stay up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.console.seeded import Seeded, make_things, search_row, seed
from tests.control_api.crawling import end_target
from tests.control_api.monitors.shop import ASINS, Shop, two
from tests.control_api.monitors.shop import page as page_of
from tests.stores import Store

HTMX = {"HX-Request": "true"}


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


def polled_path(page: str) -> str | None:
    found = re.search(r'hx-get="/console([^"]*)" hx-trigger="every 60s, shown"', page)
    return unescape(found[1]) if found else None


def part(page: str, title: str) -> str:
    assert f"<h2>{title}</h2>" in page
    return page.partition(f"<h2>{title}</h2>")[2].partition("<h2>")[0]


def test_home_counts_what_ended_in_the_last_day(
    person: Person,
    seeded: Seeded,
    database: Database,
    app: Flask,
    make_tenant: Callable[..., Tenant],
) -> None:
    def told() -> list[tuple[str, str]]:
        ended = part(person.get("").text, "Ended in the last 24 hours")
        return re.findall(r'<span class="state \w+">([^<]+)</span> (\d+) jobs?<', ended)

    # The job of strangers' texts has failed in part as well.
    assert told() == [("partly failed", "2"), ("failed", "1"), ("cancelled", "1")]
    yesterday = utc_now() - timedelta(hours=25)
    database["jobs"].update_one({"_id": seeded.failed}, {"$set": {"completedAt": yesterday}})
    assert told() == [("partly failed", "2"), ("cancelled", "1")]
    stranger = sign_in(app, make_tenant("unlimited"))
    stranger.tenant.make_job()
    assert "No job." in part(stranger.get("").text, "Ended in the last 24 hours")


def test_home_shows_the_next_runs_first_one_first(
    person: Person, seeded: Seeded, database: Database
) -> None:
    assert "Nothing runs by the clock" in part(person.get("").text, "Next runs")
    crawl = {"type": "search", "targets": ["usb hub"]}
    for name, minute in (("Late", 9), ("Soon", 1), ("Off", 5)):
        body = {"name": name, "cron": "0 6 * * *", "crawlConfig": crawl}
        made = person.tenant.post(f"/projects/{seeded.project}/schedules", json=body).json["data"]
        change = {"nextRunAt": utc_now() + timedelta(minutes=minute), "enabled": name != "Off"}
        database["schedules"].update_one({"_id": made["id"]}, {"$set": change})
    shown = part(person.get("").text, "Next runs")
    assert re.findall(r"<bdi>(\w+)</bdi>", shown) == ["Soon", "Late"]


def test_home_shows_what_changed_in_the_last_day(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> None:
    shop = Shop(person.tenant, settlement, Store(config, database, redis_client))
    shop.add(*ASINS[:2])
    for price in ("24.99", "18.99"):
        shop.round(two(page_of(price), page_of()))
    shown = part(person.get("").text, "Changes of the last 24 hours")
    assert "24.99" in shown and "18.99" in shown and ASINS[0] in shown
    recorded = {"$set": {"recordedAt": utc_now() - timedelta(hours=25)}}
    assert database["changes"].update_many({}, recorded).modified_count
    assert "Changes of the last 24 hours" not in person.get("").text


@pytest.mark.parametrize("list_path", ["", "/jobs?type=search", "/schedules", "/monitors"])
def test_a_list_is_asked_for_every_minute_and_answers_when_there_is_news(
    person: Person, seeded: Seeded, settlement: Settlement, list_path: str
) -> None:
    tenant = person.tenant
    # Nothing runs: how long a job has been running would be news each time.
    tenant.post(f"/jobs/{seeded.running}/cancel")
    path = polled_path(person.get(list_path).text)
    assert path is not None
    nothing_new = person.get(path, headers=HTMX)
    assert (nothing_new.status_code, nothing_new.data) == (204, b"")
    if "schedules" in list_path:
        make_things(tenant, seeded.project)
    elif "monitors" in list_path:
        body = {"name": "Earbuds", "type": "details", "config": {"marketplace": "US"}}
        assert tenant.post(f"/projects/{seeded.project}/monitors", json=body).status_code == 201
    else:
        end_target(settlement, tenant.make_job()["id"], 0, [search_row(1)])
    news = person.get(path, headers=HTMX)
    assert news.status_code == 200 and news.text.startswith('<section id="live" data-live')
    assert "<h1>" not in news.text
    again = polled_path(news.text)
    assert again is not None and again != path
    assert person.get(again, headers=HTMX).status_code == 204
    # The address alone is the page.
    assert heading(person.get(again))


def test_an_older_page_of_a_list_stays_as_it_is(
    person: Person, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_api.console.jobs.job_list._PER_PAGE", 2)
    first = person.get("/jobs").text
    found = re.search(r'href="/console([^"]+)">Older<', first)
    assert found and polled_path(first)
    older = person.get(unescape(found[1])).text
    assert polled_path(older) is None and "data-live" not in older
    assert "seen=" not in older


def test_home_of_a_first_visit_is_not_asked_for(person: Person) -> None:
    page = person.get("")
    assert heading(page) == "Welcome" and "data-live" not in page.text
