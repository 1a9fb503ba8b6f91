"""Lists of offers: our own pages, mangled pages, and rules taken out. No real list has been seen."""

from __future__ import annotations

import random
from html import escape
from typing import Any

import pytest

import spiders.pages.offers.offer_block as block
import spiders.pages.offers.offers as page_module
from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.offers.offer_block import OfferBlock
from spiders.pages.offers.offers import OffersPage
from spiders.pages.status import PageStatus
from tests.spiders.pages import offer_pages as pages
from tests.spiders.pages.cases import numbers
from tests.spiders.pages.mutations.rules import says
from tests.spiders.pages.offer_pages import ASIN, OWN_PAGES, PATH, OffersCase, container, listed
from tests.spiders.pages.robustness.mangling import Mangler


def page_of(
    html: str | bytes,
    *,
    host: str = "www.amazon.com",
    lang: str = "en-US",
    status: int = 200,
    is_filtered: bool = False,
) -> OffersPage:
    body = html if isinstance(html, bytes) else html.encode()
    fetched = Fetched(f"https://{host}{PATH}", status, {"content-type": "text/html"}, body)
    return OffersPage(fetched, asin=ASIN, lang=lang, is_filtered=is_filtered)


def rows_of(case: OffersCase) -> list[dict[str, Any]]:
    page = page_of(case.html, host=case.host, lang=case.lang)
    return [numbers(plain_from_item(row)) for row in page.rows()]


def misses(case: OffersCase) -> list[str]:
    rows = rows_of(case)
    if len(rows) != len(case.rows):
        return [f"{len(rows)} rows"]
    return [
        f"{number}.{name}: expected {value!r}, got {row[name]!r}"
        for number, (row, known) in enumerate(zip(rows, case.rows, strict=True))
        for name, value in known.items()
        if not _is(row[name], value)
    ]


def _is(found: Any, wanted: Any) -> bool:
    """A record is compared by what is known of it."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(found[name] == value for name, value in wanted.items())
    return bool(found == wanted)


@pytest.mark.parametrize("case", OWN_PAGES, ids=lambda case: case.name)
def test_page_gives_what_its_case_expects(case: OffersCase) -> None:
    assert misses(case) == []


@pytest.mark.parametrize("case", OWN_PAGES, ids=lambda case: case.name)
def test_rows_have_an_identity_and_say_where_they_come_from(case: OffersCase) -> None:
    for row in rows_of(case):
        assert (row["asin"], row["url"]) == (ASIN, f"https://{case.host}/dp/{ASIN}")
        assert row["scrapedAt"] and row["parserVersion"] and row["sourceUrl"]
        assert row["lang"] == case.lang
        assert row["warnings"] == []


CAPTCHA = '<html><form action="/errors/validateCaptcha"><img src="/captcha/x.jpg"></form></html>'
NOBODY = '<div id="aod-pinned-offer"><span>No featured offers</span></div><div id="aod-offer-list"></div>'
ONE = pages.heading("New") + pages.amount(pages.offscreen("$9.99")) + pages.listing("one")


@pytest.mark.parametrize(
    ("html", "status", "found"),
    [
        (container(NOBODY), 200, PageStatus.NO_RESULTS),
        (container(NOBODY, count=0), 200, PageStatus.NO_RESULTS),
        ('<div id="aod-end-of-results"></div>', 200, PageStatus.NO_RESULTS),
        (container(NOBODY, count=7), 200, PageStatus.PARTIAL),
        ("<div></div>", 200, PageStatus.EMPTY_UNEXPLAINED),
        ("", 200, PageStatus.EMPTY_UNEXPLAINED),
        (CAPTCHA, 200, PageStatus.CAPTCHA),
        (container(listed(ONE)), 404, PageStatus.NOT_FOUND),
        (container(listed(ONE)), 503, PageStatus.THROTTLED),
        (container(listed(ONE + pages.cart_data("x", asin="B0ANOTHER1"))), 200, PageStatus.OK),
        (container(listed(ONE.replace(ASIN, "B0ANOTHER1"))), 200, PageStatus.WRONG_PRODUCT),
        (container(listed(ONE), end=False)[:-40], 200, PageStatus.TRUNCATED),
        (container(listed(ONE, ONE), end=False)[:-60] + "<div id=", 200, PageStatus.TRUNCATED),
    ],
)  # fmt: skip
def test_what_an_answer_is(html: str, status: int, found: PageStatus) -> None:
    page = page_of(html, status=status)
    assert page.status is found
    assert bool(page.rows()) == (found is PageStatus.OK)


def test_a_count_of_other_conditions_makes_no_page_partial() -> None:
    page = page_of(container(NOBODY, count=7), is_filtered=True)
    assert page.status is PageStatus.NO_RESULTS


def test_a_full_page_without_an_end_has_a_next_one() -> None:
    offers = [ONE.replace('"one"', f'"{number}"') for number in range(10)]
    assert page_of(container(listed(*offers), end=False)).has_next
    assert not page_of(container(listed(*offers))).has_next
    assert not page_of(container(listed(*offers[:9]), end=False)).has_next
    assert not page_of(container(NOBODY, end=False)).has_next


def test_offers_without_an_id_are_told_apart_by_seller_condition_and_price() -> None:
    bare = ONE.replace(pages.listing("one"), "")
    sellers = [
        bare + pages.sold_by("Sold by", pages.linked(name, name))
        for name in ("A1SHOP0000001", "A2SHOP0000001")
    ]
    dearer = sellers[0].replace("$9.99", "$8.99")
    rows = page_of(container(listed(*sellers, dearer, *sellers))).rows()
    assert [(row.seller and row.seller.id, row.position) for row in rows] == [
        ("A1SHOP0000001", 1),
        ("A2SHOP0000001", 2),
        ("A1SHOP0000001", 3),
    ]


RULES: list[tuple[Any, str, Any]] = [
    (block, "_STICKY", "nothing"),
    (block, "_HEADING", "nothing"),
    (block, "_WHOLE_NOTE", "nothing"),
    (block, "_NOTE", "nothing"),
    (block, "_NOTE_BOX", "nothing"),
    (block, "_SELLER_RATING", "nothing"),
    (block, "_DELIVERY_CONDITION", "nothing"),
    (block, "_OLD_SHIPPING", "nothing"),
    (block, "_SHIPPING", "nothing"),
    (block, "_DELIVERY_IDS", "nothing"),
    (block, "_DELIVERY_CLASS", "nothing"),
    (block, "is_seller_label", says(False)),
    (block, "is_shipper_label", says(False)),
    (block, "_MAX_QUANTITY", 10**9),
    (block, "is_struck", says(False)),
    (block, "is_unmarked", says(True)),
    (block, "unquote", lambda text: text),
    (block, "is_for_members_text", says(False)),
    (block, "is_free_for_everyone_text", says(False)),
    (block, "is_free_text", says(False)),
    (block, "is_amazon_name", says(False)),
    (block, "seller_id_from_link", says(None)),
    (block, "rating_from_star_class", says(None)),
    (block, "percent_from_text", says(None)),
    (block, "condition_from_text", says(None)),
    (block, "_AFTER_LABEL", block.re.compile("$^")),
    (OfferBlock, "is_prime", says(None)),
    (OfferBlock, "max_quantity", says(None)),
    (OfferBlock, "ships_from", says(None)),
    (OfferBlock, "_price_in_label", says(None)),
    (OfferBlock, "_cart_data", ()),
    (OfferBlock, "is_offer", says(True)),
    (page_module, "_PINNED", ".nothing"),
    (page_module, "_OFFERS", ".nothing"),
    (page_module, "_complete", says(None)),
]


@pytest.mark.parametrize(("place", "name", "without"), RULES, ids=[name for _, name, _ in RULES])
def test_taking_a_rule_out_fails_a_case(
    place: Any, name: str, without: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, without)
    assert any(misses(case) for case in OWN_PAGES)


def test_no_mangled_list_breaks_a_reader() -> None:
    chance = random.Random(20)
    for _ in range(40):
        for case in OWN_PAGES:
            mangled = Mangler(case.html, chance).mangle()
            fetched = Fetched(
                f"https://{case.host}{PATH}", 200, {}, mangled.body, encoding=mangled.encoding
            )
            page = OffersPage(fetched, asin=ASIN, lang=case.lang)
            rows = [numbers(plain_from_item(row)) for row in page.rows()]
            if mangled.is_same and page.status is PageStatus.OK:
                own = rows_of(case)
                assert [row["offerId"] for row in rows] == [row["offerId"] for row in own]
                assert [row["price"] for row in rows] == [row["price"] for row in own]
            for number, row in enumerate(rows, start=1):
                assert row["position"] == number
                assert row["price"] is None or row["price"]["amount"] >= 0


def test_a_list_that_is_cut_anywhere_gives_no_fewer_offers_without_a_word() -> None:
    offers = [ONE.replace('"one"', f'"{number}"') for number in range(4)]
    html = container(listed(*offers), end=False)
    for at in range(0, len(html), 7):
        page = page_of(html[:at] + escape("<"))
        if page.status is PageStatus.OK:
            assert len(page.rows()) == 4, at
