"""M9: pages of the practice store that are wrong for one round tell nothing, and hide nothing afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from sandbox.faults import FaultPlan
from sandbox.faulty import FaultyShop
from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store as PracticeStore
from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.product import ProductPage
from spiders.pages.status import failure_from_status
from storage.monitors.rounds import Round, Rounds
from tests.control_api.services.monitors.following import Following
from tests.stores import Store

CATALOGUE = Catalogue(seed=1, products=1_000, max_blocks=0)
# A plain offer, one with an even number, and a variation of a family.
ASINS = [CATALOGUE.asin(number) for number in (21, 22, 29)]
HOUR = 491_000
# So long that each product's price has been drawn anew.
LATER = 12
# Of history's integers.
SCALE = 10_000


class Shop:
    """The practice store as a crawler sees it, at an hour that stands still."""

    def __init__(self) -> None:
        self.hour = HOUR
        self.plan = FaultPlan()
        self._store = PracticeStore(CATALOGUE, clock=lambda: self.hour * 3600)
        self._site = FaultyShop(self._store, self.plan, slow_seconds=0)

    def look(self, asin: str) -> Mapping[str, Any] | str:
        """The row that is read, or the code of the failure."""
        target = f"/dp/{asin}?language=en_US"
        reply = self._site.reply(_request(target))
        body = reply.body if isinstance(reply.body, bytes) else reply.body.identity()
        headers = {name.lower(): value for name, value in reply.headers}
        fetched = Fetched(f"https://sandbox.test{target}", reply.status, headers, body)
        page = ProductPage(fetched, asked_asin=asin)
        item, failure = page.item(), failure_from_status(page.status)
        if failure is not None:
            return failure.value
        assert item is not None
        row: Mapping[str, Any] = plain_from_item(item)
        return row

    def looks(self) -> list[Mapping[str, Any] | str]:
        return [self.look(asin) for asin in ASINS]

    def price(self, asin: str) -> int:
        """What the store asks, whatever its pages say."""
        facts: Any = self._store.find_facts(_request(f"/dp/{asin}?language=en_US"))
        return int(Decimal(facts["price"]["amount"]) * SCALE)


def _request(target: str) -> Request:
    return Request("GET", target, {"host": "sandbox.test"})


def last_round(following: Following) -> Round:
    rounds = Rounds(following.store.database)
    return rounds.list_page(following.monitor.id, limit=1, offset=0)[0][0]


@pytest.mark.parametrize(
    ("fault", "checks", "questioned"),
    [
        ("zero_price", {"ok": 3}, 3),
        ("other_currency", {"off_context": 3}, 0),
        # A variation's page names its family; another product's page is none of the product asked for.
        ("other_asin", {"redirected": 1, "failed": 2}, 0),
        # Where the price's place is empty, nothing may be concluded; where it is missing, the page has no price.
        ("empty_offer", {"ok": 1, "failed": 2}, 0),
        ("captcha", {"blocked": 3}, 0),
        ("stripped", {"blocked": 3}, 0),
    ],
)
def test_m9_a_glitch_of_one_round_tells_nothing_and_the_change_after_it_is_told(
    store: Store, fault: str, checks: dict[str, int], questioned: int
) -> None:
    shop = Shop()
    following = Following(store, asins=ASINS)
    price_moved = following.add_alert({"field": "price", "is": "changed"})
    sold_out = following.add_alert(
        {"field": "availability", "is": "not_equals", "value": "in_stock"}, fire_on_first=False
    )
    before = [shop.price(asin) for asin in ASINS]
    following.round(*shop.looks())
    shop.plan.rates = {fault: 1}
    following.round(*shop.looks())
    glitched = last_round(following)
    assert (glitched.checks, glitched.questioned) == (checks, questioned)
    shop.plan.rates = {}
    following.round(*shop.looks())
    assert following.told == []
    assert following.firings(price_moved) == following.firings(sold_out) == []

    shop.hour += LATER
    following.round(*shop.looks())
    after = [shop.price(asin) for asin in ASINS]
    assert all(one != other for one, other in zip(before, after, strict=True))
    told = [one for one in following.told if one[1] == "price"]
    assert told == [
        (asin, "price", *prices) for asin, *prices in zip(ASINS, before, after, strict=True)
    ]
    assert {one[1] for one in following.told} <= {"price", "listPrice", "subscribePrice"}
    assert len(following.firings(price_moved)) == len(ASINS)
    assert following.firings(sold_out) == []


def test_m9_a_real_change_behind_a_glitch_is_told(store: Store) -> None:
    """The price moves while the pages are wrong."""
    shop = Shop()
    following = Following(store, asins=ASINS)
    following.round(*shop.looks())
    before = [shop.price(asin) for asin in ASINS]
    shop.hour += LATER
    for fault in ("zero_price", "other_currency", "empty_offer"):
        shop.plan.rates = {fault: 1}
        following.round(*shop.looks())
    # The list price was right on the first of them.
    assert {one[1] for one in following.told} <= {"listPrice", "subscribePrice"}
    shop.plan.rates = {}
    following.round(*shop.looks())
    assert [one for one in following.told if one[1] == "price"] == [
        (asin, "price", old, shop.price(asin)) for asin, old in zip(ASINS, before, strict=True)
    ]
