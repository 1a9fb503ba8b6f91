"""Best-seller lists that are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from control_api.azscraper.schemas.jobs.deltas import DeltaAnswer
from control_api.azscraper.schemas.monitors.standings import PlacementsAnswer, ShareAnswer
from tests.control_api.monitors.following_lists import ListShop
from tests.control_api.monitors.shop import Pages

LIST = "gp/bestsellers/electronics"
MakeList = Callable[..., ListShop]


def asin(letter: str) -> str:
    return f"B0000000{letter.upper()}0"


def ranked(text: str, *, code: str | None = None, **more: Any) -> Pages:
    """A letter a place; a dot is one that no row has."""
    rows = [
        {"asin": asin(letter), "rank": rank, "byline": f"maker {letter}", "warnings": [], **more}
        for rank, letter in enumerate(text, 1)
        if letter != "."
    ]
    # Rows of cards that are filled come later than those behind them.
    return Pages(rows=[*rows[1:], *rows[:1]], code=code)


@pytest.fixture
def make_list(tenant: Any, settlement: Any, store: Any) -> MakeList:
    def make(**more: Any) -> ListShop:
        wanted = {"type": "bestsellers", **more}
        return ListShop(tenant, settlement, store, text="electronics", value=LIST, **wanted)

    return make


def test_who_entered_left_and_moved(make_list: MakeList) -> None:
    shop = make_list(asins=[asin("a")])
    for text in ("abcde", "bcdax", "bcdax"):
        shop.see(ranked(text))
    assert shop.told == [
        ("entered", asin("x"), None, 5),
        ("moved", asin("a"), 1, 4),
        ("left", asin("e"), 5, None),
    ]
    [entered] = shop.changes("since=start&kind=entered")["data"]
    assert (entered["label"], entered["value"]) == ("maker x", LIST)
    assert shop.watch(shop.key.partition(":")[2])["now"] == {"listed": 5}


@pytest.mark.parametrize(
    "glitch",
    [
        pytest.param("BLOCKED_CAPTCHA", id="blocked"),
        pytest.param("STRIPPED_PAGE", id="stripped"),
        pytest.param(ranked("ab", code="TIMEOUT"), id="the second page failed"),
        pytest.param(ranked("ab.de"), id="a place could not be read"),
        pytest.param(ranked("ab"), id="the list ended early once"),
        pytest.param(ranked("edcba", warnings=["place_unconfirmed"]), id="another place"),
        pytest.param(ranked("vwxyz"), id="another list"),
    ],
)
def test_one_round_that_is_wrong_is_not_told(make_list: MakeList, glitch: Pages | str) -> None:
    shop = make_list(asins=[asin("a"), asin("e")])
    for seen in (ranked("abcde"), glitch, ranked("abcde")):
        shop.see(seen)
    assert shop.told == []


def test_a_list_that_is_cut_short_on_purpose_is_no_departure(make_list: MakeList) -> None:
    shop = make_list()
    shop.see(ranked("abcde"))
    config = {"marketplace": "US", "maxResults": 3}
    shop.tenant.patch(f"/monitors/{shop.monitor}", json={"config": config})
    for _ in range(3):
        shop.see(ranked("abc"))
    assert shop.told == []


def test_two_that_share_a_rank_stand_one_behind_the_other(make_list: MakeList) -> None:
    """Lists of one store have such pages: 1, 2, 2, 4 in which order ever."""
    shop = make_list(topN=3)
    shop.see(ranked("abcd"))
    for tied in ("abc", "acb", "abc"):
        first, *two = ranked(tied).rows[-1:] + ranked(tied).rows[:-1]
        rows = [first, *({**row, "rank": 2} for row in two), *ranked("...d").rows]
        shop.see(Pages(rows=rows))
    assert shop.told == []
    assert [one["item"] for one in shop.watch(shop.key.partition(":")[2])["top"]] == [
        asin(letter) for letter in "abc"
    ]
    assert shop.watch(shop.key.partition(":")[2])["now"] == {"listed": 4}


def test_the_first_places_alone(make_list: MakeList) -> None:
    shop = make_list(topN=2, question=False)
    shop.see(ranked("abcde"))
    shop.see(ranked("acbed"))
    assert shop.told == [("left", asin("b"), 2, 3), ("entered", asin("c"), 3, 2)]


def test_who_stands_where_and_what_part_is_whose(make_list: MakeList) -> None:
    shop = make_list(asins=[asin("a")], topN=4)
    shop.see(ranked("abcd"))
    found = shop.get(f"/watches/{shop.key}/placements", PlacementsAnswer)
    assert [one["place"] for one in found["data"]] == [1, 2, 3, 4]
    assert (found["meta"]["isWhole"], found["data"][0]["label"]) == (True, "maker a")
    [own, others] = shop.get(f"/watches/{shop.key}/share?to=2026-03-01T07:00:00Z", ShareAnswer)[
        "data"
    ][::-1]
    assert (own["group"], own["spans"][0]["all"], own["spans"][0]["sponsored"]) == (
        "asins",
        0.25,
        None,
    )
    assert others["spans"][0]["organic"] == 0.75


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://www.amazon.com/Best-Sellers-Toys/zgbs/toys-and-games/ref=x", "gp/bestsellers/toys-and-games"),
        ("https://www.amazon.com/gp/new-releases/toys?pg=2", "gp/new-releases/toys"),
        ("electronics/502394", "gp/bestsellers/electronics/502394"),
    ],
)  # fmt: skip
def test_what_a_watch_is_called(make_list: MakeList, text: str, value: str) -> None:
    shop = make_list(config={"marketplace": "US", "lang": "es-US"})
    assert shop.add(text, value)["added"] == 1
    assert value in [one["value"] for one in shop.watches()["data"]]
    targets = shop.start().json["data"]["targets"]
    assert {one["value"] for one in targets} == {LIST, value}


def test_the_list_of_the_settings_is_the_one_that_is_followed(make_list: MakeList) -> None:
    config = {"marketplace": "US", "list": "new_releases"}
    shop = make_list(config=config)
    assert [one["value"] for one in shop.watches()["data"]] == ["gp/new-releases/electronics"]


def test_looks_say_which_job_made_them(make_list: MakeList) -> None:
    shop = make_list()
    job = shop.see("BLOCKED_CAPTCHA")
    [look] = shop.tenant.get(f"/watches/{shop.key}/checks").json["data"]
    assert (look["jobId"], look["reason"]) == (job, "BLOCKED_CAPTCHA")


def test_two_jobs_side_by_side(make_list: MakeList) -> None:
    shop = make_list()
    older, newer = shop.see(ranked("abc")), shop.see(ranked("cabx"))
    [delta] = shop.get(f"/jobs/{newer}/delta?against={older}", DeltaAnswer)["data"]
    assert delta["entered"] == [{"asin": asin("x"), "place": 4}]
    assert delta["moved"][0] == {"asin": asin("c"), "before": 3, "after": 1}
    assert (delta["left"], delta["depth"]) == ([], None)


def test_m5_recomputing_from_rows_gives_the_same(make_list: MakeList) -> None:
    shop = make_list(asins=[asin("b")], minMove=1)
    for text in ("abcde", "acbde", "ab.de", "bacdx", "bacdx", "ab"):
        shop.see(ranked(text))
    shop.see(ranked("ba", code="TIMEOUT"))
    compared = shop.recompute()
    assert compared is not None
    assert (compared.looks, compared.differing) == (7, [])
    assert len(shop.told) >= 4


def test_the_file_of_the_watches_has_the_fields_of_lists(make_list: MakeList) -> None:
    shop = make_list()
    shop.see(ranked("abc"))
    answer = shop.tenant.get(f"/monitors/{shop.monitor}/watches/export?format=csv")
    head, line = (text.split(",") for text in answer.text.splitlines())
    told = dict(zip(head, line, strict=True))
    assert (told["value"], told["listed"]) == (LIST, "3")
    assert "price" not in head and "sellerId" not in head
