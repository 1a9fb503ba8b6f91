"""Monitors over HTTP: from a list of products to changes, history and alerts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from control_api.azscraper.schemas.alerts import AlertAnswer, AlertsAnswer, FiringsAnswer
from control_api.azscraper.schemas.changes import ChangesAnswer
from control_api.azscraper.schemas.monitors import (
    MonitorAnswer,
    MonitorCoverageAnswer,
    MonitorsAnswer,
    RoundsAnswer,
)
from control_api.azscraper.schemas.watches import (
    AddedAnswer,
    ChecksAnswer,
    WatchAnswer,
    WatchesAnswer,
    WatchHistoryAnswer,
)
from control_api.services.monitors import change_feed
from settings.config import Config
from spiders.items.moments import text_from_instant
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.services.monitors.following import observe_all, sold
from tests.control_api.test_trace import scrape
from tests.stores import Store

ASINS = ["B08N5WRWNW", "B091G3FLL7", "B07FZ8S74R"]
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
CHEAP = {
    "all": [
        {"field": "price", "is": "at_most", "value": 19.99},
        {"field": "availability", "is": "one_of", "value": ["in_stock", "limited"]},
    ]
}


class Shop:
    """A tenant's monitor, and rounds of it as crawlers and the observer make them."""

    def __init__(self, tenant: Tenant, settlement: Settlement, store: Store, **more: Any) -> None:
        self.tenant = tenant
        self.settlement = settlement
        self.store = store
        self.project = tenant.make_project()
        self.rounds = 0
        body = {"name": "Earbuds", "type": "details", "config": {"marketplace": "US"}, **more}
        made = tenant.post(f"/projects/{self.project}/monitors", json=body)
        assert made.status_code == 201, made.text
        MonitorAnswer.model_validate(made.json)
        self.monitor: str = made.json["data"]["id"]

    def get(self, path: str, model: Any, status: int = 200) -> Any:
        answer = self.tenant.get(path)
        assert answer.status_code == status, answer.text
        model.model_validate(answer.json)
        return answer.json

    def add(self, *values: str, **more: Any) -> Any:
        body = {"watches": [{"value": value} for value in values], **more}
        answer = self.tenant.post(f"/monitors/{self.monitor}/watches", json=body)
        assert answer.status_code == 201, answer.text
        AddedAnswer.model_validate(answer.json)
        return answer.json["data"]

    def start(self, **body: Any) -> Any:
        return self.tenant.post(f"/monitors/{self.monitor}/rounds", json=body)

    def round(self, seen: Mapping[str, Any], **body: Any) -> str:
        """`seen`: by the product's number, what its page says or the code of its failure."""
        started = self.start(**body)
        assert started.status_code == 201, started.text
        job: str = started.json["data"]["id"]
        at = START + timedelta(hours=self.rounds)
        for index, target in enumerate(started.json["data"]["targets"]):
            page = seen[target["value"]]
            if isinstance(page, str):
                fail_target(self.settlement, job, index, code=page)
            else:
                row = {"asin": target["value"], **page, "scrapedAt": text_from_instant(at)}
                end_target(self.settlement, job, index, [row])
        self.rounds += 1
        self.observe()
        return job

    def observe(self) -> None:
        observe_all(self.store)

    def changes(self, query: str = "since=start") -> Any:
        return self.get(f"/projects/{self.project}/changes?{query}", ChangesAnswer)

    def watch(self, asin: str = ASINS[0]) -> Any:
        return self.get(f"/watches/{self.monitor}:{asin}", WatchAnswer)["data"]

    def watches(self, query: str = "") -> Any:
        return self.get(f"/monitors/{self.monitor}/watches{query}", WatchesAnswer)


@pytest.fixture
def store(config: Config, database: Database, redis_client: Redis) -> Store:
    return Store(config, database, redis_client)


@pytest.fixture
def make_shop(tenant: Tenant, settlement: Settlement, store: Store) -> Callable[..., Shop]:
    def make(*values: str, **more: Any) -> Shop:
        shop = Shop(tenant, settlement, store, **more)
        if values:
            shop.add(*values)
        return shop

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop(*ASINS[:2])


def page(price: str | None = "24.99", **other: Any) -> Mapping[str, Any]:
    return sold(price, "USD", **other)


def two(first: Any, second: Any) -> Mapping[str, Any]:
    return {ASINS[0]: first, ASINS[1]: second}


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
            ({"type": "search"}, "type"),
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


def swept(shop: Shop, database: Database) -> None:
    """What the worker does every half a minute."""
    from control_api.wiring.shared import SharedServices
    from control_api.wiring.stores import Stores

    stores = Stores.of_loops(shop.store.config)
    assert SharedServices(stores).remover.sweep(5)
    stores.close()
    shop.observe()


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


class TestWatches:
    def test_texts_are_read_as_a_job_reads_them(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop()
        added = shop.add(
            ASINS[0], f"https://www.amazon.com/dp/{ASINS[1]}", ASINS[0], "no product", ""
        )
        assert (added["added"], added["known"]) == (2, 1)
        assert [(one["index"], one["value"]) for one in added["refused"]] == [
            (3, "no product"),
            (4, ""),
        ]
        assert shop.add(ASINS[0])["known"] == 1
        assert shop.watches()["meta"]["total"] == 2

    def test_a_product_of_another_store_is_refused(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(config={})
        [refused] = shop.add(f"https://www.amazon.de/dp/{ASINS[0]}")["refused"]
        assert refused["message"].startswith("is a product of the store DE")

    def test_with_strict_nothing_is_written_where_one_is_refused(
        self, make_shop: Callable[..., Shop]
    ) -> None:
        shop = make_shop()
        added = shop.add(ASINS[0], "no product", strict=True)
        assert (added["added"], len(added["refused"])) == (0, 1)
        assert shop.watches()["meta"]["total"] == 0

    def test_what_a_user_says_of_a_watch(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop()
        body = {
            "value": ASINS[0],
            "label": "own SKU 12",
            "tags": ["own"],
            "note": "n",
            "target": 19.99,
        }
        shop.tenant.post(f"/monitors/{shop.monitor}/watches", json={"watches": [body]})
        found = shop.watch()
        assert {name: found[name] for name in body} == body
        change = {"label": None, "tags": ["other"], "target": 18.5}
        shop.tenant.patch(f"/watches/{found['id']}", json=change)
        assert {name: shop.watch()[name] for name in change} == change

    def test_what_is_known_of_a_watch(self, shop: Shop) -> None:
        shop.round(two(page(), page()))
        shop.round(two(page("2.00", availability="limited"), "BLOCKED_CAPTCHA"))
        first, second = shop.watches()["data"]
        assert first["now"]["price"] == {"amount": 24.99, "currency": "USD"}
        assert first["now"]["availability"] == "limited"
        assert first["since"]["availability"] == "2026-03-01T07:00:00.000Z"
        assert first["pending"]["price"]["value"] == {"amount": 2, "currency": "USD"}
        assert first["pending"]["price"]["reason"] == "jump"
        assert (first["context"]["currency"], first["lastOutcome"], first["missed"]) == (
            "USD",
            "ok",
            0,
        )
        assert (second["lastOutcome"], second["missed"], second["isStale"]) == ("blocked", 1, True)
        assert second["lastOkAt"] == "2026-03-01T06:00:00.000Z"

    @pytest.mark.parametrize(
        ("query", "values"),
        [
            ("?tag=own", ASINS[:1]),
            ("?isGone=true", ASINS[1:2]),
            ("?staleHours=1", ASINS[:2]),
            ("?changedSince=2026-03-01T06:30:00Z", ASINS[1:2]),
            ("?changedSince=2100-01-01", []),
        ],
    )
    def test_watches_can_be_chosen(self, shop: Shop, query: str, values: Sequence[str]) -> None:
        shop.tenant.patch(f"/watches/{shop.monitor}:{ASINS[0]}", json={"tags": ["own"]})
        shop.round(two(page(), page()))
        shop.round(two(page(), "NOT_FOUND"))
        shop.round(two(page(), "NOT_FOUND"))
        found = shop.watches(query)
        assert [one["value"] for one in found["data"]] == list(values)
        assert found["meta"]["total"] == len(values)

    def test_a_first_copy_and_the_feed_from_there(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop(*ASINS)
        shop.round(dict.fromkeys(ASINS, page()))
        first = shop.watches("?limit=2")
        shop.round(dict.fromkeys(ASINS, page("18.00")))
        second = shop.watches(f"?limit=2&cursor={first['meta']['nextCursor']}")
        assert len(first["data"]) + len(second["data"]) == 3
        assert second["meta"]["nextCursor"] is None
        assert second["meta"]["feedCursor"] == first["meta"]["feedCursor"]
        assert len(shop.changes(f"since={first['meta']['feedCursor']}")["data"]) == 3

    def test_a_context_can_be_learnt_anew(self, shop: Shop) -> None:
        shop.round(two(page(), page()))
        path = f"/watches/{shop.monitor}:{ASINS[0]}"
        assert shop.tenant.patch(path, json={"relearnContext": True}).status_code == 200
        assert "price" not in shop.watch()["now"]
        shop.round(two(sold("22.00", "EUR"), page()))
        assert shop.watch()["now"]["price"] == {"amount": 22, "currency": "EUR"}
        assert shop.changes("since=start&kind=changed")["data"] == []

    def test_a_deleted_watch_goes_with_its_history(self, shop: Shop, database: Database) -> None:
        shop.round(two(page(), page()))
        path = f"/watches/{shop.monitor}:{ASINS[0]}"
        assert shop.tenant.call("DELETE", path).status_code == 200
        missing = shop.tenant.get(path)
        assert (missing.status_code, missing.json["error"]["code"]) == (404, "WATCH_NOT_FOUND")
        assert shop.get(f"/monitors/{shop.monitor}", MonitorAnswer)["data"]["watchCount"] == 1
        swept(shop, database)
        assert {one["value"] for one in database["changes"].find()} == {ASINS[1]}


class TestImport:
    def load(self, shop: Shop, text: str | bytes, mode: str = "add", kind: str = "text/csv") -> Any:
        data = text.encode() if isinstance(text, str) else text
        path = f"/monitors/{shop.monitor}/watches/import?mode={mode}"
        return shop.tenant.post(path, data=data, headers={"Content-Type": kind})

    @pytest.mark.parametrize("delimiter", [",", ";"])
    def test_a_file_of_a_spreadsheet(self, make_shop: Callable[..., Shop], delimiter: str) -> None:
        shop = make_shop()
        lines = [
            ["value", "label", "tags", "note", "target", "enabled"],
            [ASINS[0], "one", "own | top", "a note", "19.99", ""],
            [ASINS[1], "", "", "", "", "false"],
            ["nonsense", "", "", "", "", ""],
            [ASINS[2], "", "", "", "cheap", ""],
        ]
        text = "\ufeff" + "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
        answer = self.load(shop, text)
        assert answer.status_code == 201, answer.text
        AddedAnswer.model_validate(answer.json)
        added = answer.json["data"]
        assert added["added"] == 2
        assert [(one["index"], one["message"].split(":")[0]) for one in added["refused"]][1] == (
            5,
            "target",
        )
        assert added["refused"][0]["index"] == 4
        first, second = shop.watches()["data"]
        assert (first["label"], first["tags"], first["note"], first["target"]) == (
            "one",
            ["own", "top"],
            "a note",
            19.99,
        )
        assert (first["enabled"], second["enabled"]) == (True, False)

    def test_a_file_without_a_header_has_one_column(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop()
        assert self.load(shop, "\n".join(ASINS)).json["data"]["added"] == 3

    def test_a_line_changes_what_it_says_of_a_known_watch(self, shop: Shop) -> None:
        shop.tenant.patch(f"/watches/{shop.monitor}:{ASINS[0]}", json={"label": "l", "note": "n"})
        added = self.load(shop, f"value,label\n{ASINS[0]},new\n").json["data"]
        assert (added["added"], added["known"]) == (0, 1)
        assert (shop.watch()["label"], shop.watch()["note"]) == ("new", "n")

    def test_replace_switches_off_what_the_file_lacks(self, shop: Shop) -> None:
        added = self.load(shop, f"{ASINS[0]}\n{ASINS[2]}\n", mode="replace").json["data"]
        assert (added["added"], added["known"], added["disabled"]) == (1, 1, 1)
        assert {one["value"]: one["enabled"] for one in shop.watches()["data"]} == {
            ASINS[0]: True, ASINS[1]: False, ASINS[2]: True,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("value,price\nB,1\n", "the header names 'price'"),
            ("value,value\nB,1\n", "the header names a column twice"),
            ("\n\n", "the file has no lines"),
            (b"\xff\xfe", "the file must be encoded as UTF-8"),
            ('value\n"open', "the file is no CSV"),
            ("B08N5WRWNW\n" * 10_001, "more than 10000 lines"),
        ],
    )
    def test_a_file_that_cannot_be_meant_is_refused(
        self, shop: Shop, text: str | bytes, message: str
    ) -> None:
        answer = self.load(shop, text)
        assert answer.status_code == 400
        assert message in answer.json["error"]["message"]

    def test_it_is_a_csv_file(self, shop: Shop) -> None:
        assert self.load(shop, "{}", kind="application/json").status_code == 415


class TestFeed:
    def test_pages_without_a_gap(self, shop: Shop) -> None:
        for price in ("24.99", "23.00", "22.00"):
            shop.round(two(page(price), page(price)))
        seen, cursor = [], "start"
        while True:
            found = shop.changes(f"since={cursor}&limit=1")
            seen += [one["seq"] for one in found["data"]]
            cursor = found["meta"]["nextCursor"]
            if not found["meta"]["hasMore"]:
                break
        assert seen == [1, 2, 3, 4, 5, 6]
        assert shop.changes(f"since={cursor}")["data"] == []
        assert shop.changes("")["meta"] == {"nextCursor": cursor, "hasMore": False}

    def test_filters_leave_out_and_the_cursor_goes_on(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop.round(two(page(), page()))
        shop.round(two(page("18.00", availability="limited"), page()))
        chosen = shop.changes("since=start&kind=changed&field=availability")
        assert [one["field"] for one in chosen["data"]] == ["availability"]
        assert shop.changes(f"since=start&monitorId={shop.monitor}&limit=1")["meta"]["hasMore"]
        assert shop.changes("since=start&monitorId=another")["data"] == []
        monkeypatch.setattr(change_feed, "MAX_LOOKED_AT", 1)
        first = shop.changes("since=start&kind=changed")
        assert (first["data"], first["meta"]["hasMore"]) == ([], True)

    def test_a_cursor_of_another_project_or_of_nobody_is_refused(self, shop: Shop) -> None:
        other = shop.tenant.make_project("other")
        cursor = shop.tenant.get(f"/projects/{other}/changes").json["meta"]["nextCursor"]
        for wrong in (cursor, "nonsense", "!"):
            answer = shop.tenant.get(f"/projects/{shop.project}/changes?since={wrong}")
            assert answer.status_code == 400

    def test_a_cursor_whose_changes_are_gone_is_refused(
        self, shop: Shop, database: Database
    ) -> None:
        begin = shop.changes("since=now")["meta"]["nextCursor"]
        shop.round(two(page(), page()))
        database["changes"].delete_one({"seq": 1})
        answer = shop.tenant.get(f"/projects/{shop.project}/changes?since={begin}")
        assert (answer.status_code, answer.json["error"]["code"]) == (410, "CURSOR_EXPIRED")
        oldest = answer.json["error"]["details"][0]["oldestCursor"]
        assert [one["seq"] for one in shop.changes(f"since={oldest}")["data"]] == [2]


class TestHistory:
    def test_steps(self, shop: Shop) -> None:
        for price in ("24.99", "24.99", "18.00"):
            shop.round(two(page(price), "BLOCKED_CAPTCHA"))
        path = f"/watches/{shop.monitor}:{ASINS[0]}/history"
        found = shop.get(
            f"{path}?fields=price,availability&to=2026-03-01T08:00:00Z", WatchHistoryAnswer
        )
        assert found["data"]["price"] == {
            "interpolation": "previous",
            "unit": {"currency": "USD"},
            "unknown": [],
            "steps": [["2026-03-01T06:00:00.000Z", 24.99], ["2026-03-01T08:00:00.000Z", 18]],
        }
        assert found["data"]["availability"]["steps"] == [["2026-03-01T06:00:00.000Z", "in_stock"]]
        assert (found["meta"]["checks"], found["meta"]["ok"]) == (3, 3)

    def test_a_part_of_it_begins_with_what_was_in_force(self, shop: Shop) -> None:
        for price in ("24.99", "18.00"):
            shop.round(two(page(price), page()))
        query = "fields=price&from=2026-03-01T06:30:00Z&to=2026-03-01T06:45:00Z"
        found = shop.get(f"/watches/{shop.monitor}:{ASINS[0]}/history?{query}", WatchHistoryAnswer)
        assert found["data"]["price"]["steps"] == [["2026-03-01T06:30:00.000Z", 24.99]]

    def test_buckets(self, shop: Shop) -> None:
        for price in ("24.00", "20.00", "22.00"):
            shop.round(two(page(price), page()))
        query = (
            "form=buckets&fields=price&points=1&from=2026-03-01T06:00:00Z&to=2026-03-01T08:00:00Z"
        )
        found = shop.get(f"/watches/{shop.monitor}:{ASINS[0]}/history?{query}", WatchHistoryAnswer)
        [cell] = found["data"]["price"]["buckets"]
        assert cell == {
            "at": "2026-03-01T06:00:00.000Z",
            "open": 24, "min": 20, "max": 24, "close": 20, "mean": 22, "observed": 1,
        }  # fmt: skip
        daily = query.replace("points=1", "bucket=1d&tz=Europe/Berlin")
        found = shop.get(f"/watches/{shop.monitor}:{ASINS[0]}/history?{daily}", WatchHistoryAnswer)
        assert [one["at"] for one in found["data"]["price"]["buckets"]] == [
            "2026-02-28T23:00:00.000Z"
        ]

    @pytest.mark.parametrize(
        "query",
        ["fields=cost", "form=buckets&tz=Nowhere", "from=2026-01-02&to=2026-01-01", "from=2000-01-01", "form=buckets&bucket=1h&from=2020-01-01"],
    )  # fmt: skip
    def test_what_cannot_be_answered_is_refused(self, shop: Shop, query: str) -> None:
        path = f"/watches/{shop.monitor}:{ASINS[0]}/history?{query}"
        assert shop.tenant.get(path).status_code == 400

    def test_looks_latest_first(self, shop: Shop) -> None:
        for seen in (page(), "BLOCKED_CAPTCHA", page("2.00")):
            shop.round(two(seen, page()))
        path = f"/watches/{shop.monitor}:{ASINS[0]}/checks"
        found = shop.get(f"{path}?limit=2", ChecksAnswer)
        assert [one["outcome"] for one in found["data"]] == ["ok", "blocked"]
        rest = shop.get(f"{path}?cursor={found['meta']['nextCursor']}", ChecksAnswer)
        assert rest["data"] == [{"at": "2026-03-01T06:00:00.000Z", "outcome": "ok"}]
        assert rest["meta"]["nextCursor"] is None

    def test_a_watch_tells_its_lowest_price(self, shop: Shop) -> None:
        for price in ("24.00", "20.00", "22.00"):
            shop.round(two(page(price), page()))
        lowest = shop.watch()["lowest"]
        assert (lowest["amount"], lowest["at"]) == (20, "2026-03-01T07:00:00.000Z")


class TestAlerts:
    def make(self, shop: Shop, **body: Any) -> Any:
        wanted = {"name": "Deal", "when": CHEAP, **body}
        answer = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=wanted)
        assert answer.status_code == 201, answer.text
        AlertAnswer.model_validate(answer.json)
        return answer.json["data"]

    def fired(self, shop: Shop, alert: Any) -> list[tuple[Any, ...]]:
        found = shop.get(f"/alerts/{alert['id']}/firings", FiringsAnswer)["data"]
        return [(one["value"], one["cause"], one["after"]["amount"]) for one in reversed(found)]

    def test_a_price_and_a_stock_together(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page(), page()))
        shop.round(two(page("18.99"), page("15.00", availability="out_of_stock")))
        shop.round(two("BLOCKED_CAPTCHA", page("15.00", availability="in_stock")))
        shop.round(two(page("18.00"), page("15.00")))
        assert self.fired(shop, alert) == [(ASINS[0], "level", 18.99), (ASINS[1], "level", 15)]

    def test_each_setting_does_something(self, shop: Shop) -> None:
        plain = self.make(shop)
        quiet = self.make(shop, cooldownSeconds=7200)
        again = self.make(shop, againPercent=5)
        late = self.make(shop, fireOnFirst=False)
        tagged = self.make(shop, tags=["own"])
        rearm = self.make(shop, rearmPercent=20)
        off = self.make(shop, enabled=False)
        for price in ("19.00", "21.00", "17.00", "15.00"):
            shop.round(two(page(price), page("50.00")))
        amounts = [
            [one[2] for one in self.fired(shop, alert)]
            for alert in (plain, quiet, again, late, tagged, rearm, off)
        ]
        assert amounts == [[19, 17], [19, 17], [19, 17, 15], [17], [], [19], []]

    def test_a_new_condition_arms_it_anew(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page("15.00"), page()))
        when = {"field": "price", "is": "below", "value": 16}
        changed = shop.tenant.patch(f"/alerts/{alert['id']}", json={"when": when, "name": "New"})
        assert (changed.json["data"]["when"], changed.json["data"]["name"]) == (when, "New")
        shop.round(two(page("15.00"), page()))
        assert len(self.fired(shop, alert)) == 2

    def test_firings_are_paged(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page("15.00"), page("14.00")))
        path = f"/alerts/{alert['id']}/firings"
        first = shop.get(f"{path}?limit=1", FiringsAnswer)
        second = shop.get(f"{path}?limit=1&cursor={first['meta']['nextCursor']}", FiringsAnswer)
        assert {one["value"] for one in first["data"] + second["data"]} == set(ASINS[:2])
        assert second["meta"]["nextCursor"] is None
        assert shop.tenant.get(f"{path}?cursor=!").status_code == 400

    def test_alerts_are_listed_and_deleted(self, shop: Shop) -> None:
        alert = self.make(shop)
        listed = shop.get(f"/monitors/{shop.monitor}/alerts", AlertsAnswer)
        assert (listed["data"], listed["meta"]["total"]) == ([alert], 1)
        assert shop.tenant.call("DELETE", f"/alerts/{alert['id']}").status_code == 200
        missing = shop.tenant.get(f"/alerts/{alert['id']}")
        assert (missing.status_code, missing.json["error"]["code"]) == (404, "ALERT_NOT_FOUND")

    def test_a_condition_that_cannot_be_meant_is_refused(self, shop: Shop) -> None:
        body = {"name": "a", "when": {"field": "price", "is": "cheap"}}
        answer = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=body)
        assert answer.status_code == 400
        assert "when.is must be one of" in answer.json["error"]["message"]


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
