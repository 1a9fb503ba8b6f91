"""Monitors over HTTP: their rules, rounds and coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.monitors.monitors import (
    MonitorAnswer,
    MonitorCoverageAnswer,
    MonitorsAnswer,
    RoundsAnswer,
)
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.metrics import scrape
from tests.control_api.monitors.shop import ASINS, CHEAP, Shop, page, swept, two


def test_two_rounds_and_what_changed_between_them(shop: Shop) -> None:
    shop.round(two(page(), page()))
    job = shop.round(two(page("18.99"), page()))
    [change] = shop.changes("since=start&kind=changed")["data"]
    assert change == {
        "seq": 3,
        "kind": "changed",
        "field": "price",
        "before": {"amount": 24.99, "currency": "USD"},
        "after": {"amount": 18.99, "currency": "USD"},
        "delta": -6,
        "deltaPercent": -24.01,
        "at": "2026-03-01T07:00:00.000Z",
        "beforeAt": "2026-03-01T06:00:00.000Z",
        "unknownSince": None,
        "confirmed": False,
        "flags": [],
        "item": None,
        "label": None,
        "watchId": f"{shop.monitor}:{ASINS[0]}",
        "value": ASINS[0],
        "monitorId": shop.monitor,
        "jobId": job,
        "target": f"{job}:000000",
    }


class TestMonitors:
    def test_what_is_asked_for_is_answered(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(
            cron="0 6 * * *", timezone="Europe/Berlin", loud=["rank"], confirm=2, question=False,
            fields=["price", "rank"], contextBy=["currency", "deliverTo"], context={"currency": "USD"},
        )  # fmt: skip
        found = shop.get(f"/monitors/{shop.monitor}", MonitorAnswer)["data"]
        assert {name: found[name] for name in ("cron", "timezone", "loud", "confirm", "question")} == {
            "cron": "0 6 * * *", "timezone": "Europe/Berlin", "loud": ["rank"], "confirm": 2, "question": False,
        }  # fmt: skip
        assert found["fields"] == ["price", "rank"]
        assert found["contextBy"] == ["currency", "deliverTo"]
        assert found["context"] == {"currency": "USD"}
        assert found["nextRunAt"] is not None
        listed = shop.get(f"/projects/{shop.project}/monitors", MonitorsAnswer)
        assert [one["id"] for one in listed["data"]] == [shop.monitor]
        # Its schedule is shown with it, and is not among the project's own.
        assert shop.tenant.get(f"/projects/{shop.project}/schedules").json["data"] == []
        assert shop.tenant.get(f"/schedules/{found['scheduleId']}").status_code == 200

    def test_a_change_of_its_cron_makes_moves_and_ends_its_schedule(self, shop: Shop) -> None:
        def change(**body: Any) -> Any:
            answer = shop.tenant.patch(f"/monitors/{shop.monitor}", json=body)
            assert answer.status_code == 200, answer.text
            return answer.json["data"]

        made = change(cron="30 2 * * *")
        assert (made["timezone"], made["nextRunAt"][11:16]) == ("UTC", "02:30")
        assert change(timezone="Asia/Kathmandu")["nextRunAt"][11:16] == "20:45"
        assert change(enabled=False)["nextRunAt"] is None
        assert change(enabled=True, cron="0 3 * * *")["nextRunAt"][11:16] == "21:15"
        gone = change(cron=None)
        assert (gone["cron"], gone["scheduleId"], gone["nextRunAt"]) == (None, None, None)
        assert shop.tenant.get(f"/schedules/{made['scheduleId']}").status_code == 404
        assert change(name="New")["name"] == "New"

    def test_its_schedule_is_changed_through_it_alone(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(ASINS[0], cron="0 6 * * *")
        schedule = shop.get(f"/monitors/{shop.monitor}", MonitorAnswer)["data"]["scheduleId"]
        path = f"/schedules/{schedule}"
        assert shop.tenant.patch(path, json={"enabled": False}).status_code == 409
        assert shop.tenant.call("DELETE", path).status_code == 409

    def test_a_due_time_is_a_round(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(cron="0 6 * * *")
        schedule = shop.get(f"/monitors/{shop.monitor}", MonitorAnswer)["data"]["scheduleId"]
        empty = shop.tenant.post(f"/schedules/{schedule}/run")
        assert (empty.status_code, empty.json["error"]["message"]) == (
            409,
            "The monitor has no enabled watches",
        )
        shop.add(*ASINS)
        slot = shop.tenant.post(f"/schedules/{schedule}/run").json["data"]
        [found] = shop.get(f"/monitors/{shop.monitor}/rounds", RoundsAnswer)["data"]
        assert (found["jobId"], found["watches"], found["status"]) == (slot["jobId"], 3, "running")

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({"type": "seller"}, "type"),
            ({"type": "search", "topN": 1_001}, "topN"),
            ({"type": "bestsellers", "topN": 101}, "topN: monitors of bestsellers jobs follow 100"),
            (
                {"type": "offers", "asins": ["B08N5WRWNW"]},
                "asins: monitors of offers jobs follow no",
            ),
            ({"type": "search", "asins": ["kettle"]}, "asins"),
            ({"fields": ["cost"]}, "fields: cost is no field"),
            ({"loud": ["cost"]}, "loud: cost is no field"),
            ({"config": {"marketplace": "XX"}}, "config.marketplace"),
            ({"cron": "61 * * * *"}, "cron"),
            ({"context": {"currency": "dollars"}}, "context.currency"),
            ({"confirm": 3}, "confirm"),
        ],
    )
    def test_what_no_round_could_be_made_of_is_refused(
        self, tenant: Tenant, body: Mapping[str, Any], message: str
    ) -> None:
        wanted = {"name": "m", "type": "details", **body}
        answer = tenant.post(f"/projects/{tenant.make_project()}/monitors", json=wanted)
        assert answer.status_code == 400
        assert message in answer.json["error"]["message"]

    def test_its_store_and_language_stay(self, shop: Shop) -> None:
        path = f"/monitors/{shop.monitor}"
        moved = shop.tenant.patch(path, json={"config": {"marketplace": "DE"}})
        assert (moved.status_code, moved.json["error"]["code"]) == (400, "VALIDATION_ERROR")
        kept = {"config": {"marketplace": "US", "priority": "low"}}
        assert shop.tenant.patch(path, json=kept).json["data"]["config"]["priority"] == "low"

    def test_m15_a_deleted_monitor_leaves_nothing(self, shop: Shop, database: Database) -> None:
        shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json={"name": "a", "when": CHEAP})
        job = shop.round(two(page("10.00"), page()))
        assert shop.tenant.call("DELETE", f"/monitors/{shop.monitor}").status_code == 200
        for path in (f"/monitors/{shop.monitor}", f"/watches/{shop.monitor}:{ASINS[0]}"):
            assert shop.tenant.get(path).status_code == 404
        assert shop.tenant.get(f"/jobs/{job}").status_code == 200
        swept(shop, database)
        for name in (
            "monitors",
            "watches",
            "chunks",
            "receipts",
            "changes",
            "rounds",
            "alerts",
            "firings",
        ):
            assert database[name].count_documents({}) == 0, name

    def test_m15_a_deleted_project_leaves_nothing(self, shop: Shop, database: Database) -> None:
        shop.round(two(page("10.00"), page()))
        shop.start()
        assert shop.tenant.call("DELETE", f"/projects/{shop.project}").status_code == 200
        swept(shop, database)
        for name in (
            "monitors",
            "watches",
            "chunks",
            "receipts",
            "feeds",
            "changes",
            "rounds",
            "schedules",
            "jobs",
        ):
            assert database[name].count_documents({}) == 0, name


class TestRounds:
    def test_a_round_tells_what_it_brought(self, shop: Shop) -> None:
        shop.round(two(page(), page()))
        job = shop.round(two(page("18.99"), "BLOCKED_CAPTCHA"))
        [latest, _] = shop.get(f"/monitors/{shop.monitor}/rounds", RoundsAnswer)["data"]
        assert (latest["jobId"], latest["status"], latest["outcome"]) == (
            job,
            "completed",
            "partial",
        )
        assert (latest["checks"]["ok"], latest["checks"]["blocked"]) == (1, 1)
        assert latest["changes"] == {"changed": 1}
        since = f"since={latest['fromCursor']}&limit=1"
        assert shop.changes(since)["meta"]["nextCursor"] == latest["toCursor"]
        [view] = shop.get(f"/projects/{shop.project}/monitors", MonitorsAnswer)["data"]
        assert view["lastRound"] == latest
        one = shop.tenant.get(f"/monitors/{shop.monitor}/rounds/{job}")
        assert one.json["data"] == latest
        assert shop.tenant.get(f"/monitors/{shop.monitor}/rounds/nonsense").status_code == 404

    def test_a_round_may_look_at_what_failed_alone(self, shop: Shop) -> None:
        shop.round(two(page(), page()))
        assert shop.start(only="failed").status_code == 409
        shop.round(two(page(), "BLOCKED_CAPTCHA"))
        failed = shop.start(only="failed").json["data"]
        assert [target["value"] for target in failed["targets"]] == [ASINS[1]]

    def test_a_round_may_look_at_what_is_stale_alone(self, shop: Shop, database: Database) -> None:
        shop.round(two(page(), page()))
        database["watches"].update_one(
            {"value": ASINS[0]}, {"$set": {"lastOkAt": datetime.now(UTC)}}
        )
        stale = shop.start(only="stale").json["data"]
        assert [target["value"] for target in stale["targets"]] == [ASINS[1]]

    def test_the_same_request_twice_is_one_round(self, shop: Shop) -> None:
        path, headers = f"/monitors/{shop.monitor}/rounds", {"Idempotency-Key": "today"}
        first, second = (shop.tenant.post(path, headers=headers) for _ in range(2))
        assert first.json["data"]["id"] == second.json["data"]["id"]
        assert second.headers["Idempotent-Replayed"] == "true"

    def test_a_watch_that_is_off_is_not_looked_at(self, shop: Shop) -> None:
        watch = f"/watches/{shop.monitor}:{ASINS[0]}"
        assert shop.tenant.patch(watch, json={"enabled": False}).status_code == 200
        assert [one["value"] for one in shop.start().json["data"]["targets"]] == [ASINS[1]]


class TestCoverage:
    def coverage(self, shop: Shop, query: str = "") -> Any:
        return shop.get(f"/monitors/{shop.monitor}/coverage{query}", MonitorCoverageAnswer)["data"]

    def test_what_was_seen_of_what_was_asked_for(self, shop: Shop, database: Database) -> None:
        assert self.coverage(shop)["okPercent"] is None
        shop.round(two(page(), "BLOCKED_CAPTCHA"))
        shop.round(two(page(), "TIMEOUT"))
        found = self.coverage(shop)
        assert (found["expected"], found["ok"], found["okPercent"]) == (4, 2, 50)
        assert found["byReason"] == {"BLOCKED_CAPTCHA": 1, "TIMEOUT": 1}
        assert found["freshness"]["oldest"] == "2026-03-01T07:00:00.000Z"
        assert found["freshness"]["stale24h"] == 2
        recent = datetime.now(UTC) - timedelta(minutes=5)
        database["watches"].update_one({"value": ASINS[1]}, {"$set": {"lastOkAt": recent}})
        fresh = self.coverage(shop)["freshness"]
        assert fresh["stale24h"] == 1
        assert fresh["p50Seconds"] > fresh["p95Seconds"] - 1 > 3600

    def test_due_times_without_a_round_are_counted(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(ASINS[0], cron="0 6 * * *")
        schedule = shop.get(f"/monitors/{shop.monitor}", MonitorAnswer)["data"]["scheduleId"]
        statuses = [shop.tenant.post(f"/schedules/{schedule}/run").status_code for _ in range(3)]
        assert statuses == [201, 409, 409]
        found = self.coverage(shop)
        assert (found["skippedSlots"], found["missedSlots"]) == (2, 0)

    def test_a_time_can_be_chosen(self, shop: Shop) -> None:
        shop.round(two(page(), page()))
        assert self.coverage(shop, "?to=2020-01-01")["expected"] == 0
        for query in ("?from=2026-01-02&to=2026-01-01", "?from=2020-01-01&to=2021-01-01"):
            assert shop.tenant.get(f"/monitors/{shop.monitor}/coverage{query}").status_code == 400


def test_m16_what_waits_and_what_was_observed_is_counted(shop: Shop) -> None:
    """Labels name no tenant."""
    shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json={"name": "a", "when": CHEAP})
    job = shop.start().json["data"]["id"]
    end_target(shop.settlement, job, 0, [{"asin": ASINS[0], **page("10.00")}])
    waiting = scrape(shop.tenant.client)
    assert waiting["azscraper_receipts_waiting",] == 1
    assert 0 <= waiting["azscraper_receipts_oldest_seconds",] < 60
    shop.observe()
    fail_target(shop.settlement, job, 1, code="BLOCKED_CAPTCHA")
    shop.observe()
    found = scrape(shop.tenant.client)
    assert found["azscraper_receipts_waiting",] == 0
    assert found["azscraper_checks_total", "ok"] == 1
    assert found["azscraper_checks_total", "blocked"] == 1
    assert found["azscraper_changes_total", "started"] == 1
    assert found["azscraper_firings_total", "level"] == 1
