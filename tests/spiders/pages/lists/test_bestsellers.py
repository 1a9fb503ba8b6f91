"""What a page of a list is, and what its cards say, where the practice store's pages do not show it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store
from spiders.items.bestsellers import BestsellerRow
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.status import PageStatus
from tests.spiders.pages.lists.bestseller_cards import CAROUSEL, TREE, URL, card, coloured, grid


def page_of(body: str, *, status: int = 200) -> BestsellersPage:
    html = f'<html lang="en-us"><head></head><body>{body}</body></html>'
    return BestsellersPage(Fetched(URL, status, {}, html.encode()), rank_offset=50)


def row_with(price: str) -> BestsellerRow:
    (row,) = page_of(grid(card(price), json.dumps([{"id": "B000000001"}]))).rows()
    return row


@pytest.mark.parametrize(
    ("price", "amount", "note"),
    [
        (coloured("$12.50"), "12.50", None),
        (coloured("$0.00"), "0.00", None),
        (coloured("$12.50 - $20.00"), "12.50", "range"),
        ('<span class="p13n-sc-price">$7.00</span>', "7.00", None),
        ('<span class="a-color-secondary">3 offers from <span class="p13n-sc-price">$9</span></span>', None, "other_offers_only"),
        ("", None, None),
    ],
)  # fmt: skip
def test_price_is_the_cards_own_and_the_note_says_why_there_is_none(
    price: str, amount: str | None, note: str | None
) -> None:
    row = row_with(price)
    assert (row.price and row.price.amount) == (Decimal(amount) if amount else None)
    assert row.priceNote == note
    assert (row.offers is None) == (note != "other_offers_only")


PAGES = '<ul class="a-pagination"><li class="a-normal"><a>2</a></li><li class="a-last">'


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ("<div>", PageStatus.TRUNCATED),
        (PAGES, PageStatus.TRUNCATED),
        (f'{PAGES}<a href="?pg=2">Next</a>', PageStatus.OK),
        ('<div id="navFooter"><div>', PageStatus.OK),
        ("<div></div></body></html>", PageStatus.OK),
    ],
)
def test_a_list_that_ends_before_its_further_pages_are_named_is_cut(
    after: str, status: PageStatus
) -> None:
    """Else it would end after its first page without a word."""
    whole = grid(card(coloured("$1")), json.dumps([{"id": "B000000001"}]))
    html = f'<html lang="en-us"><head></head><body>{whole}{after}'
    assert BestsellersPage(Fetched(URL, 200, {}, html.encode())).status is status


def test_offers_line_gives_their_count_and_lowest_price() -> None:
    line = '<span class="a-color-secondary">13 offers from <span class="p13n-sc-price">XOF 9,107</span></span>'
    offers = row_with(line).offers
    assert offers is not None
    assert offers.from_ is not None
    assert (offers.count, offers.from_.amount, offers.from_.currency) == (13, Decimal(9107), "XOF")


def test_places_whose_data_cannot_be_read_are_those_of_the_cards() -> None:
    for data in ("", "[{", '{"id": 1}', "[" * 100_000):
        page = page_of(grid(card(coloured("$1")), data))
        assert page.status is PageStatus.OK
        assert [(row.asin, row.rank, row.partial) for row in page.rows()] == [
            ("B000000001", 51, False)
        ]


def test_place_without_a_stated_rank_gets_the_one_of_its_position() -> None:
    data = json.dumps([{"id": "B000000001"}, 7, {"id": "B000000002", "metadataMap": None}])
    rows = page_of(grid(card(""), data)).rows()
    assert [(row.asin, row.rank, row.partial) for row in rows] == [
        ("B000000001", 51, False),
        ("B000000002", 52, True),
    ]


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        (grid("", "[]"), 200, PageStatus.NO_RESULTS),
        (grid("", ""), 200, PageStatus.STRIPPED),
        (TREE, 200, PageStatus.STRIPPED),
        (TREE + CAROUSEL, 200, PageStatus.NOT_A_LISTING),
        (CAROUSEL, 200, PageStatus.EMPTY_UNEXPLAINED),
        ('<form action="/errors/validateCaptcha"><img src="/captcha/x.jpg"></form>', 200, PageStatus.CAPTCHA),
        ('<a href="/ref=cs_404_link">x</a>', 200, PageStatus.NOT_FOUND),
        (grid(card(""), "[]"), 503, PageStatus.THROTTLED),
        (TREE, 404, PageStatus.NOT_FOUND),
    ],
)  # fmt: skip
def test_page_without_places_says_what_it_is(body: str, status: int, found: PageStatus) -> None:
    page = page_of(body, status=status)
    assert page.status is found
    assert page.rows() == []


def test_page_cut_anywhere_gives_all_its_rows_or_a_failure() -> None:
    store = Store(Catalogue(seed=1, products=2_000, max_blocks=0), clock=lambda: 0.0)
    raw = store.reply(Request("GET", "/gp/bestsellers/electronics", {"host": "sandbox.test"})).body
    body = raw if isinstance(raw, bytes) else raw.identity()

    def read(part: bytes) -> list[tuple[str, str | None]]:
        page = BestsellersPage(
            Fetched("https://sandbox.test/gp/bestsellers/electronics", 200, {}, part)
        )
        return [(row.asin, row.title) for row in page.rows()]

    whole = read(body)
    assert len(whole) == 50
    for twentieth in range(1, 20):
        assert read(body[: len(body) * twentieth // 20]) in ([], whole), twentieth
