"""The change feed and the history of watches over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.monitors.watches import (
    ChecksAnswer,
    WatchHistoryAnswer,
)
from control_api.services.monitors import change_feed
from spiders.items.formats.moments import text_from_instant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.monitors.shop import ASINS, Shop, page, two


def look_now(shop: Shop, seen: Any) -> str:
    """A round whose pages have the time of today."""
    job = shop.start().json["data"]
    for index, target in enumerate(job["targets"]):
        if isinstance(seen, str):
            fail_target(shop.settlement, job["id"], index, code=seen)
        else:
            at = text_from_instant(datetime.now(UTC))
            row = {"asin": target["value"], **seen, "scrapedAt": at}
            end_target(shop.settlement, job["id"], index, [row])
    shop.observe()
    made: str = job["id"]
    return made


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

    def test_m7_a_cursor_of_another_project_or_of_nobody_is_refused(self, shop: Shop) -> None:
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

    def test_compact(self, shop: Shop) -> None:
        rank = {"category": "Toys", "nodeId": "165793011", "rank": 7, "isRoot": True}
        for price in ("24.99", "24.99", None):
            buybox = {} if price else {"availability": "unavailable", "buyboxState": "unavailable"}
            shop.round(two(page(price, bestSellerRanks=[rank], **buybox), page()))
        query = "form=compact&to=2026-03-01T08:00:00Z"
        path = f"/watches/{shop.monitor}:{ASINS[0]}/history?{query}"
        found = shop.get(f"{path}&fields=price,rank", WatchHistoryAnswer)
        first = (shop.begin - datetime(2011, 1, 1, tzinfo=UTC)) // timedelta(minutes=1)
        assert found["data"] == {
            "epochMinutes": 21_564_000,
            "currency": "USD",
            "scale": {"price": 10_000, "rank": 1},
            "series": {"price": [first, 249_900, first + 120, -1], "rank": [first, 7]},
            "unknown": [],
        }
        assert (first + 21_564_000) * 60 == shop.begin.timestamp()
        assert found["meta"]["checks"] == 3
        whole = shop.get(path, WatchHistoryAnswer)["data"]["series"]
        assert "listPrice" in whole
        assert "availability" not in whole
        refused = shop.tenant.get(f"{path}&fields=price,seller")
        assert refused.status_code == 400
        assert "seller has no numbers" in refused.json["error"]["message"]

    @pytest.mark.parametrize(
        "query",
        ["fields=cost", "form=compact&fields=cost", "form=buckets&tz=Nowhere", "from=2026-01-02&to=2026-01-01", "from=2000-01-01", "form=buckets&bucket=1h&from=2020-01-01"],
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
        # Its page claims a time that is not its round's: which job it was cannot be told.
        unknown = dict.fromkeys(("reason", "jobId", "target"))
        assert rest["data"] == [{"at": "2026-03-01T06:00:00.000Z", "outcome": "ok", **unknown}]
        assert rest["meta"]["nextCursor"] is None

    def test_a_look_tells_its_job_and_why_it_failed(
        self, make_shop: Callable[..., Shop], database: Database
    ) -> None:
        shop = make_shop(*ASINS)
        jobs = [look_now(shop, seen) for seen in (page(), "BLOCKED_CAPTCHA", "NOT_FOUND")]
        # Without the first watch the others stand at other places of the job.
        shop.tenant.patch(f"/watches/{shop.monitor}:{sorted(ASINS)[0]}", json={"enabled": False})
        jobs.append(look_now(shop, "TIMEOUT"))
        path = f"/watches/{shop.monitor}:{sorted(ASINS)[1]}/checks"
        found = list(reversed(shop.get(path, ChecksAnswer)["data"]))
        assert [(one["outcome"], one["reason"], one["jobId"]) for one in found] == [
            ("ok", None, jobs[0]),
            ("blocked", "BLOCKED_CAPTCHA", jobs[1]),
            ("not_found", "NOT_FOUND", jobs[2]),
            ("failed", "TIMEOUT", jobs[3]),
        ]
        assert [one["target"][-6:] for one in found] == ["000001"] * 3 + ["000000"]
        database["targets"].delete_many({"jobId": jobs[1]})
        removed = shop.get(path, ChecksAnswer)["data"][2]
        assert (removed["outcome"], removed["reason"], removed["jobId"]) == ("blocked", None, None)

    def test_a_watch_tells_its_lowest_price(self, shop: Shop) -> None:
        for price in ("24.00", "20.00", "22.00"):
            shop.round(two(page(price), page()))
        lowest = shop.watch()["lowest"]
        assert (lowest["amount"], lowest["at"]) == (20, "2026-03-01T07:00:00.000Z")
