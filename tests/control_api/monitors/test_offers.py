"""The offers of products that are followed: sellers come and go, the lowest price of each condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from control_api.azscraper.schemas.jobs.deltas import DeltaAnswer
from control_api.azscraper.schemas.monitors.alerts import FiringsAnswer
from control_api.azscraper.schemas.monitors.standings import PlacementsAnswer
from tests.control_api.monitors.following_lists import ListShop
from tests.control_api.monitors.offer_pages import ASIN, A, B, named, offer, offers
from tests.control_api.monitors.shop import Pages

MakeOffers = Callable[..., ListShop]


USED = offer("uu", "9.00", "used_good")


@pytest.fixture
def make_offers(tenant: Any, settlement: Any, store: Any) -> MakeOffers:
    def make(**more: Any) -> ListShop:
        wanted = {"type": "offers", **more}
        return ListShop(tenant, settlement, store, text=ASIN, value=ASIN, **wanted)

    return make


def test_a_seller_came_and_another_one_went(make_offers: MakeOffers) -> None:
    shop = make_offers()
    for seen in (offers(A, B), offers(offer("CCC", "19.00"), A), offers(offer("CCC", "19.00"), A)):
        shop.see(seen)
    assert shop.told == [
        ("lowestNew", 20, 19),
        ("entered", "CCC", None, 1),
        ("left", "BBB", 2, None),
    ]
    [left] = shop.changes("since=start&kind=left&item=BBB")["data"]
    assert (left["label"], left["field"], left["value"]) == ("BBB. & Co", "place", ASIN)


def test_the_lowest_price_of_each_condition(make_offers: MakeOffers) -> None:
    shop = make_offers()
    renewed = offer("AAA", "15.00", "renewed")
    rare = offer("AAA", "99.00", "collectible_good")
    shop.see(offers(A, B, USED, offer("AAA", "11.00", "used_like_new"), renewed))
    known = shop.watch(ASIN)["now"]
    assert {
        name: one and one["amount"] for name, one in known.items() if name != "offersCount"
    } == {
        "lowestNew": 20,
        "lowestUsed": 9,
        "lowestRenewed": 15,
        "lowestCollectible": None,
    }
    assert known["offersCount"] == 5
    shop.see(offers(A, B, offer("AAA", "11.00", "used_like_new"), rare))
    assert [one for one in shop.told if one[0].startswith("lowest")] == [
        ("lowestUsed", 9, 11),
        ("lowestRenewed", 15, None),
        ("lowestCollectible", None, 99),
    ]


@pytest.mark.parametrize(
    "glitch",
    [
        pytest.param("BLOCKED_CAPTCHA", id="blocked"),
        pytest.param(offers(A, code="TIMEOUT"), id="the second page failed"),
        pytest.param(offers(offer("AAA", "2.00"), B, USED), id="a price of a tenth"),
        pytest.param(offers(offer("AAA", "20.00", currency="EUR")), id="another currency"),
        pytest.param(offers(offer("ZZZ", "20.00") | {"warnings": ["location_mismatch"]}), id="another place"),
        pytest.param(offers(A, offer(None, "21.00"), USED), id="an offer without its seller"),
        pytest.param(offers(A, named(B), USED), id="a seller without its id"),
        pytest.param(offers(A, B, named(A), USED), id="one of two offers without the id"),
        pytest.param(offers(offer("AAA", None), B, USED), id="the price in the cart alone"),
        pytest.param(offers(A | {"condition": None}, B, USED), id="words for a condition that nobody knows"),
        pytest.param(offers(A, B, USED, USED | {"condition": None, "seller": None}), id="what may be used"),
    ],
)  # fmt: skip
def test_one_round_that_is_wrong_is_not_told(make_offers: MakeOffers, glitch: Pages | str) -> None:
    shop = make_offers()
    for seen in (offers(A, B, USED), glitch, offers(A, B, USED)):
        shop.see(seen)
    assert shop.told == []


def test_a_seller_is_the_same_when_its_id_or_its_name_is_new(make_offers: MakeOffers) -> None:
    shop = make_offers()
    renamed = {**B, "seller": {**B["seller"], "name": "Another name"}}
    # Known by its name first, by its id later, then under another name.
    for seen in (offers(A, named(B)), offers(A, B), offers(A, renamed), offers(A, renamed)):
        shop.see(seen)
    assert shop.told == []
    for _ in range(2):
        shop.see(offers(A))
    assert shop.told == [("left", "BBB", 2, None)]
    [left] = shop.changes("since=start&kind=left")["data"]
    assert left["label"] == "Another name"
    compared = shop.recompute()
    assert compared is not None
    assert compared.differing == []


def test_two_sellers_of_one_name_stay_two(make_offers: MakeOffers) -> None:
    shop = make_offers()
    twin = {**B, "seller": {**B["seller"], "id": "CCC"}}
    for seen in (offers(A, B, twin), offers(A, B), offers(A, B)):
        shop.see(seen)
    assert shop.told == [("left", "CCC", 3, None)]


def test_a_price_that_is_not_shown_is_not_the_lowest_of_the_others(make_offers: MakeOffers) -> None:
    shop = make_offers()
    shop.see(offers(A, offer("BBB", None), USED | {"condition": None, "price": A["price"]}))
    assert shop.watch(ASIN)["now"] == {"offersCount": 3}
    # What is dearer than the lowest of a condition is not lower, whatever it is.
    shop.see(offers(A, B | {"condition": None}, USED))
    assert {name: shop.watch(ASIN)["now"][name]["amount"] for name in ("lowestNew", "lowestUsed")} == {
        "lowestNew": 20, "lowestUsed": 9
    }  # fmt: skip


def test_a_list_that_is_cut_short_says_nothing_of_who_is_not_on_it(make_offers: MakeOffers) -> None:
    shop = make_offers(config={"marketplace": "US", "maxOffers": 2})
    for seen in (offers(A), offers(A, B), offers(offer("CCC", "1.00"), A), offers(B, A)):
        shop.see(seen)
    assert shop.told == []


def test_nobody_sells_it_any_more(make_offers: MakeOffers) -> None:
    shop = make_offers()
    for seen in (offers(A), offers(), offers()):
        shop.see(seen)
    assert ("left", "AAA", 1, None) in shop.told
    assert ("lowestNew", 20, None) in shop.told
    found = shop.get(f"/watches/{shop.key}/placements", PlacementsAnswer)
    assert (found["data"], found["meta"]["isWhole"]) == ([], True)


def test_alerts_of_sellers_and_of_prices(make_offers: MakeOffers) -> None:
    shop = make_offers()
    whens = [
        {"is": "entered"},
        {"is": "left", "item": "BBB"},
        {"field": "lowestUsed", "is": "at_most", "value": 10},
    ]
    alerts = [
        shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json={"name": "a", "when": when}).json["data"]["id"]
        for when in whens
    ]  # fmt: skip
    for seen in (offers(A, B), offers(A, USED), offers(A, USED)):
        shop.see(seen)
    fired = [shop.get(f"/alerts/{one}/firings", FiringsAnswer)["data"] for one in alerts]
    assert [[one["items"] for one in each] for each in fired] == [[["uu. & Co"]], [["BBB"]], [[]]]
    assert fired[2][0]["after"] == {"amount": 9, "currency": "USD"}
    for when in ({"is": "moved"}, {"is": "ad_started"}):
        answer = shop.tenant.post(
            f"/monitors/{shop.monitor}/alerts", json={"name": "a", "when": when}
        )
        assert f"`{when['is']}` is not told of this type of monitor" in answer.text


def test_offers_have_no_places_and_no_shares(make_offers: MakeOffers) -> None:
    shop = make_offers()
    shop.see(offers(A))
    share = shop.tenant.get(f"/watches/{shop.key}/share?by=brand")
    assert "monitors of offers jobs follow no places" in share.text
    history = shop.tenant.get(f"/watches/{shop.key}/history?fields=place:AAA")
    assert history.status_code == 400


def test_only_the_conditions_that_are_read_are_known(make_offers: MakeOffers) -> None:
    shop = make_offers(config={"marketplace": "US", "conditions": ["new"]})
    shop.see(offers(A))
    assert set(shop.watch(ASIN)["now"]) == {"lowestNew", "offersCount"}


def test_two_jobs_side_by_side(make_offers: MakeOffers) -> None:
    shop = make_offers()
    older, newer = shop.see(offers(A, B)), shop.see(offers(offer("CCC", "19.00"), A))
    [delta] = shop.get(f"/jobs/{newer}/delta?against={older}", DeltaAnswer)["data"]
    assert delta["entered"] == [{"seller": "CCC", "place": 1}]
    assert delta["left"] == [{"seller": "BBB", "place": 2}]
    # In which order offers stand says nothing.
    assert delta["moved"] == []
    same = shop.see(offers(offer("CCC", "19.00"), named(A)))
    assert shop.get(f"/jobs/{same}/delta?against={newer}", DeltaAnswer)["data"] == []
    assert shop.get(f"/jobs/{newer}/delta?against={same}", DeltaAnswer)["data"] == []
    assert [(one["field"], one["after"]["amount"]) for one in delta["fields"]] == [
        ("lowestNew", 19)
    ]


def test_m5_recomputing_from_rows_gives_the_same(make_offers: MakeOffers) -> None:
    shop = make_offers(confirm=2)
    for seen in (
        offers(A, USED),
        offers(B, A),
        offers(B, A),
        "NOT_FOUND",
        offers(B),
        offers(),
        offers(),
    ):
        shop.see(seen)
    compared = shop.recompute()
    assert compared is not None
    assert (compared.looks, compared.differing) == (7, [])
    assert len(shop.told) > 5
