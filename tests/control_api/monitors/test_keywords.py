"""Keywords that are followed: from the request to the feed, the history, the shares and the alerts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from control_api.azscraper.schemas.monitors.alerts import FiringsAnswer
from control_api.azscraper.schemas.monitors.standings import PlacementsAnswer, ShareAnswer
from control_api.azscraper.schemas.monitors.watches import (
    AddedAnswer,
    ChecksAnswer,
    WatchHistoryAnswer,
)
from storage.base.clock import utc_now
from tests.control_api.monitors.following_lists import ListShop
from tests.control_api.monitors.keyword_pages import KEYWORD, asin, found
from tests.control_api.monitors.shop import START, Pages, Shop

MakeShop = Callable[..., Shop]
OWN = "B0000000A0"


@pytest.fixture
def keywords(tenant: Any, settlement: Any, store: Any) -> Callable[..., ListShop]:
    def make(**more: Any) -> ListShop:
        wanted = {"type": "search", "topN": 3, **more}
        return ListShop(tenant, settlement, store, text=KEYWORD, value=KEYWORD, **wanted)

    return make


def test_who_entered_left_and_moved_is_in_the_feed(keywords: Callable[..., ListShop]) -> None:
    shop = keywords(asins=[asin("d").lower()])
    shop.see(found("abcd"))
    shop.see(found("dabc"))
    shop.see(found("dabc"))
    assert shop.told == [
        ("entered", asin("d"), 4, 1),
        ("moved", asin("d"), 4, 1),
        ("left", asin("c"), 3, 4),
    ]
    [moved] = shop.changes(f"since=start&kind=moved&item={asin('d')}")["data"]
    assert (moved["field"], moved["delta"], moved["value"]) == ("place", -3, KEYWORD)
    assert (moved["label"], moved["watchId"]) == (None, shop.key)
    assert shop.changes("since=start&item=B000000000")["data"] == []
    left = shop.changes("since=start&kind=left")["data"][0]
    assert (left["confirmed"], left["at"][:16]) == (True, "2026-03-01T07:00")
    assert shop.changes("since=start&field=place")["data"][0]["kind"] == "entered"


@pytest.mark.parametrize(
    "glitch",
    [
        pytest.param("BLOCKED_CAPTCHA", id="blocked"),
        pytest.param("NOT_FOUND", id="no such page"),
        pytest.param(found("a", code="TIMEOUT"), id="broke off"),
        pytest.param(found(""), id="nothing found"),
        pytest.param(found("xyz"), id="other results"),
        pytest.param(found("dcba", warnings=["location_mismatch"]), id="another place"),
    ],
)
def test_one_round_that_is_wrong_is_not_told(
    keywords: Callable[..., ListShop], glitch: Pages | str
) -> None:
    shop = keywords(asins=[asin("a")])
    alert = shop.tenant.post(
        f"/monitors/{shop.monitor}/alerts",
        json={"name": "gone", "when": {"field": f"place:{asin('a')}", "is": "absent"}},
    ).json["data"]["id"]
    for seen in (found("*aabcd"), glitch, found("*aabcd")):
        shop.see(seen)
    assert shop.told == []
    assert shop.get(f"/alerts/{alert}/firings", FiringsAnswer)["data"] == []


def test_what_is_known_of_a_keyword(keywords: Callable[..., ListShop]) -> None:
    shop = keywords()
    shop.see(found("*eabcd"))
    shop.see(found("abdc"))
    watch = shop.watch(shop.key.partition(":")[2])
    assert (watch["value"], watch["now"], watch["lastOutcome"]) == (KEYWORD, {"results": 500}, "ok")
    assert [(one["item"], one["place"], one["label"]) for one in watch["top"]] == [
        (asin("a"), 1, "Anker"),
        (asin("b"), 2, "Anker"),
        (asin("d"), 3, None),
        (asin("c"), 4, None),
    ]
    assert watch["pending"] == {
        f"left:{asin('c')}": {"value": 4, "at": "2026-03-01T07:00:00.000Z", "reason": "confirm"}
    }
    assert "top" not in shop.watches()["data"][0]


def test_looks_of_a_keyword_say_how_they_ended(keywords: Callable[..., ListShop]) -> None:
    shop = keywords()
    shop.see(found("abcd"))
    job = shop.see(found("a", code="TIMEOUT"))
    shop.see("BLOCKED_CAPTCHA")
    looks = shop.get(f"/watches/{shop.key}/checks", ChecksAnswer)["data"]
    assert [(one["outcome"], one["reason"]) for one in looks[1:]] == [
        ("partial", "TIMEOUT"),
        ("ok", None),
    ]
    assert looks[1]["jobId"] == job
    assert shop.start(only="failed").status_code == 201
    coverage = shop.tenant.get(f"/monitors/{shop.monitor}/coverage?from=2026-01-01&to=2026-03-02")
    assert coverage.status_code == 200


class TestHistory:
    def test_places_by_product(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(asins=[asin("a")])
        for seen in (found("abc"), found("bac"), found("bc*a"), found("abc")):
            shop.see(seen)
        path = f"/watches/{shop.key}/history"
        whole = shop.get(path, WatchHistoryAnswer)["data"]
        assert set(whole) == {"results", f"place:{asin('a')}"}
        assert [value for _, value in whole[f"place:{asin('a')}"]["steps"]] == [1, 2, None, 1]
        asked = f"{path}?fields=place:{asin('b')},adPlace:{asin('a')}&form=buckets&points=1&to=2026-03-01T10:00:00Z"
        cells = shop.get(asked, WatchHistoryAnswer)["data"]
        [cell] = cells[f"place:{asin('b')}"]["buckets"]
        assert (cell["min"], cell["max"], cell["close"]) == (1, 2, 2)
        assert cells[f"adPlace:{asin('a')}"]["buckets"][0]["max"] == 3
        compact = shop.tenant.get(f"{path}?fields=place:{asin('a')}&form=compact")
        assert compact.json["data"]["series"][f"place:{asin('a')}"][1::2] == [1, 2, -1, 1]

    def test_a_field_of_products_is_none_of_a_keyword(
        self, keywords: Callable[..., ListShop]
    ) -> None:
        shop = keywords()
        answer = shop.tenant.get(f"/watches/{shop.key}/history?fields=price")
        assert answer.status_code == 400
        assert "there are results, place:ASIN, adPlace:ASIN" in answer.json["error"]["message"]

    def test_the_file_has_the_places_of_everybody(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        shop.see(found("ab"))
        shop.see(found("ba"))
        answer = shop.tenant.get(f"/monitors/{shop.monitor}/history/export?format=csv")
        lines = [line.split(",") for line in answer.text.splitlines()]
        assert [(line[1], line[2], line[4]) for line in lines[1:]] == [
            (KEYWORD, "results", "500"),
            (KEYWORD, f"place:{asin('a')}", "1"),
            (KEYWORD, f"place:{asin('a')}", "2"),
            (KEYWORD, f"place:{asin('b')}", "2"),
            (KEYWORD, f"place:{asin('b')}", "1"),
        ]

    def test_who_stood_where_at_a_time(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        path = f"/watches/{shop.key}/placements"
        assert shop.get(path, PlacementsAnswer)["meta"]["at"] is None
        shop.see(found("*cab"))
        shop.see(found("b", code="TIMEOUT"))
        first = shop.get(f"{path}?at=2026-03-01T06:30:00Z", PlacementsAnswer)
        assert [(one["item"], one["place"], one["position"]) for one in first["data"]] == [
            (asin("c"), None, 1),
            (asin("a"), 1, 2),
            (asin("b"), 2, 3),
        ]
        assert first["data"][0]["sponsored"] is True
        assert first["meta"] == {
            "at": "2026-03-01T06:00:00.000Z",
            "depth": 2,
            "isWhole": False,
            "isPartial": False,
        }
        assert shop.get(path, PlacementsAnswer)["meta"]["isPartial"] is True


class TestShare:
    def test_of_own_products_and_of_brands(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(asins=[asin("c")], topN=4)
        shop.see(found("*cabcd"))
        shop.see(found("abcd"))
        path = f"/watches/{shop.key}/share?to=2026-03-01T08:00:00Z"
        shares = {one["group"]: one["spans"][0] for one in shop.get(path, ShareAnswer)["data"]}
        assert shares["asins"]["organic"] == 0.25
        assert (shares["asins"]["sponsored"], shares["others"]["sponsored"]) == (1.0, 0.0)
        assert shares["asins"]["all"] == 0.4
        brands = shop.get(f"{path}&by=brand&top=3", ShareAnswer)
        assert [(one["group"], one["spans"][0]["organic"]) for one in brands["data"]] == [
            ("Anker", 0.666667),
            ("unknown", 0.333333),
        ]
        assert (brands["meta"]["top"], brands["meta"]["checks"]) == (3, 2)

    def test_over_time_and_weighed_by_the_place(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(asins=[asin("a")], topN=2)
        for seen in (found("ab"), found("ba"), found("bc"), found("bc")):
            shop.see(seen)
        path = f"/watches/{shop.key}/share?weighted=true&bucket=1h&to=2026-03-01T08:59:00Z"
        [own] = [one for one in shop.get(path, ShareAnswer)["data"] if one["group"] == "asins"]
        assert [one["organic"] for one in own["spans"]] == [0.613147, 0.386853, 0.0]

    def test_a_look_that_did_not_read_so_far_is_left_out(
        self, keywords: Callable[..., ListShop]
    ) -> None:
        shop = keywords(asins=[asin("a")])
        shop.see(found("a"))
        assert shop.get(f"/watches/{shop.key}/share", ShareAnswer)["data"] == []

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("", "the monitor names no asins; ask for by=brand"),
            ("?by=brand&tz=Mars", "tz: "),
            ("?by=brand&from=2026-03-02&to=2026-03-01", "from must not be after to"),
        ],
    )
    def test_what_cannot_be_answered(
        self, keywords: Callable[..., ListShop], query: str, message: str
    ) -> None:
        shop = keywords()
        answer = shop.tenant.get(f"/watches/{shop.key}/share{query}")
        assert answer.status_code == 400
        assert message in answer.json["error"]["message"]

    def test_a_product_is_no_list(self, shop: Shop) -> None:
        for path in ("share", "placements"):
            answer = shop.tenant.get(f"/watches/{shop.monitor}:B08N5WRWNW/{path}")
            assert answer.status_code == 400
            assert (
                "what monitors of details jobs follow is no list" in answer.json["error"]["message"]
            )


class TestAlerts:
    def fired(self, shop: ListShop, when: Any, *looks: Pages | str) -> Sequence[Any]:
        made = shop.tenant.post(
            f"/monitors/{shop.monitor}/alerts", json={"name": "one", "when": when}
        )
        assert made.status_code == 201, made.text
        for seen in looks:
            shop.see(seen)
        alert = made.json["data"]["id"]
        return shop.get(f"/alerts/{alert}/firings", FiringsAnswer)["data"]

    def test_a_place_of_at_most_so_many(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        when = {"field": f"place:{asin('d')}", "is": "at_most", "value": 2}
        [fired] = self.fired(shop, when, found("abcd"), found("adbc"), found("dabc"))
        assert (fired["before"], fired["after"], fired["cause"]) == (4, 2, "level")
        assert (fired["value"], fired["price"]) == (KEYWORD, None)

    def test_somebody_left_the_first_places(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        [fired] = self.fired(
            shop, {"is": "left", "item": asin("c")}, found("abcd"), found("abdc"), found("abdc")
        )
        assert (fired["items"], fired["kinds"]) == ([asin("c")], ["left"])
        assert (fired["before"], fired["after"]) == (3, 4)

    def test_an_advertisement_of_a_competitor(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(asins=[asin("d")])
        fired = self.fired(shop, {"is": "ad_started"}, found("abcd"), found("*dabcd"))
        assert [one["items"] for one in fired] == [[asin("d")]]

    def test_a_fall_of_so_many_places(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(asins=[asin("a")])
        when = {"field": f"place:{asin('a')}", "is": "rose", "amount": 3}
        [fired] = self.fired(shop, when, found("abcd"), found("bcda"))
        assert (fired["before"], fired["after"]) == (1, 4)

    def test_the_past_is_judged_alike(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        shop.begin = utc_now() - timedelta(hours=5)
        for seen in (found("abcd"), found("adbc"), found("abcd")):
            shop.see(seen)
        when = {"field": f"place:{asin('d')}", "is": "at_most", "value": 2}
        answer = shop.tenant.post(
            f"/monitors/{shop.monitor}/alerts/preview", json={"when": when, "days": 90}
        )
        assert answer.json["data"]["firings"] == 1

    @pytest.mark.parametrize(
        ("when", "message"),
        [
            ({"field": "price", "is": "at_most", "value": 9}, "when.field must be one of results, place:ASIN"),
            ({"field": "place", "is": "at_most", "value": 9}, "when.field must be one of results, place:ASIN"),
            ({"is": "moved", "item": OWN}, f"moves of {OWN} are not told; name it in asins"),
            ({"field": f"place:{OWN}", "is": "dropped"}, f"moves of {OWN} are not told"),
            ({"is": "entered", "item": 7}, "when.item must be a text"),
            ({"is": "entered", "value": 7}, "`entered` takes no `value` beside `item`"),
            ({"field": "results", "is": "moved"}, "`moved` is for monitors of lists"),
        ],
    )  # fmt: skip
    def test_conditions_that_cannot_be(
        self, keywords: Callable[..., ListShop], when: Any, message: str
    ) -> None:
        shop = keywords()
        answer = shop.tenant.post(
            f"/monitors/{shop.monitor}/alerts", json={"name": "one", "when": when}
        )
        assert answer.status_code == 400
        assert message in answer.json["error"]["message"]

    def test_a_monitor_of_products_has_no_members(self, shop: Shop) -> None:
        answer = shop.tenant.post(
            f"/monitors/{shop.monitor}/alerts", json={"name": "one", "when": {"is": "entered"}}
        )
        assert answer.status_code == 400


class TestSettings:
    def test_of_a_monitor_of_keywords(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords(topN=None)
        monitor = f"/monitors/{shop.monitor}"
        told = shop.tenant.get(monitor).json["data"]
        assert (told["topN"], told["asins"], told["minMove"]) == (10, [], 3)
        changed = shop.tenant.patch(
            monitor, json={"topN": 48, "asins": ["b0000000a0", "B0000000A0"], "minMove": 1}
        ).json["data"]
        assert (changed["topN"], changed["asins"], changed["minMove"]) == (48, [OWN], 1)
        assert shop.tenant.patch(monitor, json={"topN": None}).json["data"]["topN"] == 10

    def test_a_monitor_of_products_has_none_of_them(self, shop: Shop) -> None:
        told = shop.tenant.get(f"/monitors/{shop.monitor}").json["data"]
        assert (told["topN"], told["asins"], told["minMove"]) == (None, None, None)
        for name, value in (("topN", 5), ("asins", [OWN]), ("minMove", 2)):
            answer = shop.tenant.patch(f"/monitors/{shop.monitor}", json={name: value})
            assert answer.status_code == 400
            assert f"{name}: monitors of details jobs follow no places" in answer.text

    def test_a_field_of_products_is_refused(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        answer = shop.tenant.patch(f"/monitors/{shop.monitor}", json={"fields": ["price"]})
        assert answer.status_code == 400
        assert "fields: price is no field; there are results" in answer.text

    def test_a_smaller_move_is_told_where_it_is_asked_for(
        self, keywords: Callable[..., ListShop]
    ) -> None:
        shop = keywords(asins=[asin("a")], minMove=1)
        shop.see(found("abcd"))
        shop.see(found("bacd"))
        assert shop.told == [("moved", asin("a"), 1, 2)]


class TestWatches:
    def test_the_same_search_is_one_watch(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        added = shop.add(
            "  usb   hub ", "https://www.amazon.com/s?k=usb+hub&ref=nb", "usb hub 4 ports"
        )
        assert (added["added"], added["known"]) == (1, 2)

    def test_an_address_that_says_more_is_a_watch_of_its_own(
        self, keywords: Callable[..., ListShop]
    ) -> None:
        shop = keywords()
        address = "https://www.amazon.com/s?k=usb+hub&rh=p_89%3AAnker&ref=nb"
        assert shop.add(address)["added"] == 1
        values = [one["value"] for one in shop.watches()["data"]]
        assert "https://www.amazon.com/s?k=usb+hub&rh=p_89%3AAnker" in values
        job = shop.start().json["data"]
        assert job["targetsTotal"] == 2 if "targetsTotal" in job else len(job["targets"]) == 2

    def test_a_later_page_cannot_be_followed(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        [refused] = shop.add("https://www.amazon.com/s?k=usb+hub&page=3")["refused"]
        assert refused["message"].startswith("is the address of a later page")

    def test_keywords_of_a_file_and_page_by_page(self, keywords: Callable[..., ListShop]) -> None:
        shop = keywords()
        table = "value;label\nkabellose kopfhörer;ours\n" + "\n".join(f"word {n}" for n in range(5))
        answer = shop.tenant.post(
            f"/monitors/{shop.monitor}/watches/import", data=table, content_type="text/csv"
        )
        AddedAnswer.model_validate(answer.json)
        assert answer.json["data"]["added"] == 6
        values, query = [], "?limit=2"
        while query:
            page = shop.watches(query)
            values += [one["value"] for one in page["data"]]
            cursor = page["meta"]["nextCursor"]
            query = f"?limit=2&cursor={cursor}" if cursor else ""
        assert len(values) == 7 and "kabellose kopfhörer" in values


def test_m5_recomputing_from_rows_gives_the_same(
    keywords: Callable[..., ListShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_api.services.monitors.rules.chunks.MAX_CHECKS", 4)
    shop = keywords(asins=[asin("a"), asin("d")], minMove=1)
    looks = ["abcd*e", "*dabc", "abdc*a", "", "xyzw", "xyzw", "abcd*d", "a", "dcba", "abcd"]
    for number, text in enumerate(looks):
        shop.see(
            "BLOCKED_CAPTCHA"
            if number == 3
            else found(text, code="TIMEOUT" if text == "a" else None)
        )
    compared = shop.recompute()
    assert compared is not None
    assert (compared.looks, compared.differing) == (len(looks), [])
    assert len(shop.told) > 8
    database = shop.store.database
    database["watches"].update_one({}, {"$set": {"known.listed.top": ["B000000000"]}})
    again = shop.recompute()
    assert again is not None and again.differing == [
        f"{KEYWORD}: what is known is not what its rows say"
    ]


def test_another_order_of_the_search_is_a_new_beginning(
    keywords: Callable[..., ListShop],
) -> None:
    shop = keywords()
    shop.see(found("abcd"))
    config = {"marketplace": "US", "sortBy": "price_asc"}
    shop.tenant.patch(f"/monitors/{shop.monitor}", json={"config": config})
    for _ in range(3):
        shop.see(found("dcba"))
    assert [one["kind"] for one in shop.changes()["data"]] == ["started", "context_changed"]


def test_many_keywords_of_one_commit_are_taken_in_parts(
    keywords: Callable[..., ListShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = keywords()
    words = [f"word {number}" for number in range(45)]
    shop.add(*words)
    started = shop.start().json["data"]
    ends = [found("abc").end(f"{started['id']}:{index:06d}", START) for index in range(46)]
    assert len(shop.settlement.commit([], ends).settled) == 46
    shop.observe()
    assert len(shop.changes("since=start&limit=1000")["data"]) == 46
    round_ = shop.tenant.get(f"/monitors/{shop.monitor}/rounds/{started['id']}").json["data"]
    assert (round_["checks"]["ok"], round_["status"]) == (46, "completed")
