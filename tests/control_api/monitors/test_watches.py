"""Watches over HTTP, one by one and as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.monitors.monitors import (
    MonitorAnswer,
)
from control_api.azscraper.schemas.monitors.watches import (
    AddedAnswer,
)
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from tests.control_api.crawling import end_target
from tests.control_api.monitors.shop import ASINS, Shop, page, swept, two
from tests.control_api.services.monitors.following import sold


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

    def test_a_watch_that_is_added_again_keeps_what_it_brings_from_then_on(
        self, shop: Shop
    ) -> None:
        """Deleted and added within a round, and swept when the new watch has been seen."""
        shop.round(two(page(), page()))
        started = shop.start().json["data"]
        assert shop.tenant.call("DELETE", f"/watches/{shop.monitor}:{ASINS[0]}").status_code == 200
        assert shop.add(ASINS[0])["added"] == 1
        for index, target in enumerate(started["targets"]):
            row = {"asin": target["value"], **page("19.00")}
            end_target(shop.settlement, started["id"], index, [row])
        shop.observe()
        stores = Stores.of_loops(shop.store.config)
        SharedServices(stores).remover.sweep(5)
        stores.close()
        own = [one for one in shop.changes()["data"] if one["value"] == ASINS[0]]
        assert [one["kind"] for one in own] == ["started"]
        assert shop.watch()["now"]["price"]["amount"] == 19
        history = shop.tenant.get(f"/watches/{shop.monitor}:{ASINS[0]}/history?fields=price")
        assert [step[1] for step in history.json["data"]["price"]["steps"]] == [19]

    def test_a_watch_can_go_again_before_the_first_one_is_swept(
        self, shop: Shop, database: Database
    ) -> None:
        path = f"/watches/{shop.monitor}:{ASINS[0]}"
        for _ in range(2):
            assert shop.tenant.call("DELETE", path).status_code == 200
            shop.add(ASINS[0])
        swept(shop, database)
        assert database["removals"].count_documents({}) == 0
        assert shop.watch()["value"] == ASINS[0]


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
