"""Tests of the tests, rule by rule: whichever rule of a page of lists is taken out, one of these pages
is read otherwise. What they say is asked in test_bestsellers.py and test_practice_store.py."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

import spiders.pages.lists.bestsellers as bestsellers
import spiders.pages.lists.list_header as list_header
import spiders.pages.lists.ranked_card as ranked_card
from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store
from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from tests.spiders.pages.cases import MOMENT, all_cases
from tests.spiders.pages.lists.bestseller_cards import CAROUSEL, TREE, URL, card, coloured, grid
from tests.spiders.pages.mutations.rules import Rule, says

OFFERS = '<div class="a-row"><span class="a-color-secondary">3 offers from <span class="p13n-sc-price">$9</span></span></div>'
BYLINE = (
    '<a class="a-size-small a-link-child"><div class="_c_line-clamp-1_z">A. Writer</div></a>'
    '<span class="a-size-small a-color-secondary">Hardcover</span>'
)
STARS = (
    '<a title="4.6 out of 5 stars"><i class="a-icon a-icon-star-small a-star-small-{}"></i>'
    '<span class="a-size-small">1,234</span></a>'
)
CARDS = (
    coloured("$12.50 - $20.00"),
    OFFERS,
    BYLINE + coloured("$0.00 with a Kindle Unlimited membership"),
    STARS.format("1") + '<span class="p13n-sc-price">$7.00</span>',
    STARS.format("4-5") + '<span class="_c_p13n-sc-price-animation-wrapper_z">$1</span>',
    '<span class="a-size-small a-color-base"><span class="p13n-sc-price">$3.00</span></span>',
)
TARGETS = ("/gp/movers-and-shakers/beauty", "/gp/new-releases/tools/3000004?language=de_DE")


RULES = [
    Rule(ranked_card, "_CLAMP", "nothing"),
    Rule(ranked_card, "_PRICE_PIECE", "nothing"),
    Rule(ranked_card, "_ANIMATION", "nothing"),
    Rule(ranked_card, "_is_small", says(True)),
    Rule(ranked_card, "_holds_price", says(False)),
    Rule(ranked_card, "_is_offers_line", says(False)),
    Rule(ranked_card, "_is_in_offers", says(False)),
    Rule(ranked_card, "_RANGE_DASH", re.compile("(?!)")),
    Rule(ranked_card, "is_program_price_text", says(False)),
    Rule(ranked_card, "is_rating_plausible", says(True)),
    Rule(ranked_card, "full_size_image_url", says(None)),
    Rule(ranked_card.RankedCard, "_rating_from_link", says(None)),
    Rule(ranked_card, "_OLD_PLACES", ranked_card._PLACES),
    Rule(ranked_card, "_OLD_CLAMP", "nothing"),
    Rule(ranked_card, "_RANKS", ()),
    Rule(ranked_card, "_MOVEMENTS", ()),
    Rule(ranked_card, "_CHANGES", ()),
    Rule(ranked_card, "_YEAR", re.compile("nothing")),
    Rule(ranked_card, "_AFTER_STARS", re.compile("nothing")),
    Rule(ranked_card, "_count_beside", says(None)),
    Rule(ranked_card, "is_free_text", says(False)),
    Rule(bestsellers, "_OLD_CARD", ".nothing"),
    Rule(bestsellers, "_entries_of", says(None)),
    Rule(bestsellers, "_whole", says(None)),
    Rule(bestsellers, "_percent", says(None)),
    Rule(bestsellers._CardsOfPlaces, "take", says(None)),
    Rule(bestsellers, "_CAROUSEL", ".nothing"),
    Rule(bestsellers, "_NEXT", ".nothing"),
    Rule(list_header, "_UPS", ()),
    Rule(list_header, "_SELECTED", ".nothing"),
    Rule(list_header, "place_from_path", says(None)),
    Rule(list_header, "_own_text", lambda node: node.text()),
]


@cache
def pages() -> list[Fetched]:
    store = Store(Catalogue(seed=1, products=2_000, max_blocks=0), clock=lambda: 0.0)
    found = []
    for target in TARGETS:
        body = store.reply(Request("GET", target, {"host": "sandbox.test"})).body
        raw = body if isinstance(body, bytes) else body.identity()
        found.append(Fetched(f"https://sandbox.test{target}", 200, {}, raw))
    asins = [f"B00000000{number}" for number in range(len(CARDS))]
    cards = "".join(card(text, asin=asin) for text, asin in zip(CARDS, asins, strict=True))
    current = TREE.replace("Electronics", "Electronics<span>(Current)</span>")
    data = json.dumps([{"id": asin} for asin in asins])
    own = (grid(cards, data).replace(TREE, current), TREE + CAROUSEL)
    found += [case.fetched() for case in all_cases() if case.meta["kind"] == "list"]
    return [*found, *(Fetched(URL, 200, {}, f"<html>{body}</html>".encode()) for body in own)]


def answers() -> list[Any]:
    read = [BestsellersPage(fetched, scraped_at=MOMENT) for fetched in pages()]
    return [
        (page.status, page.has_next, [plain_from_item(row) for row in page.rows()]) for page in read
    ]


@cache
def unchanged() -> list[Any]:
    return answers()


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_that_is_taken_out_is_noticed(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    before = unchanged()
    is_static = isinstance(vars(rule.place).get(rule.name), staticmethod)
    monkeypatch.setattr(
        rule.place, rule.name, staticmethod(rule.without) if is_static else rule.without
    )
    assert answers() != before
