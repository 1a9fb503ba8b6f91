"""Saved pages of lists, where they lie beside the project, read a second time without a parser of HTML:
by the texts between the tags of each card, in the order in which a reader sees them."""

from __future__ import annotations

import gzip
import html
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from spiders.items.bestsellers import BestsellerRow
from spiders.items.money import Money
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.status import PageStatus
from spiders.parsing.text import clean_text

FOLDER = Path(__file__).parents[5] / "shared" / "amazon-pages-legacy" / "other"
FILES = sorted(FOLDER.glob("*bestsellers*.html.gz")) if FOLDER.is_dir() else []
ADDRESS = "https://www.amazon.{}/gp/bestsellers"
STORES = {"ae": "ae", "com": "com", "de": "de"}
# By the texts of these pages: no card has a byline, a format or a range.
CURRENCIES = {"ae": {"AED"}, "com": {"USD", "XOF"}, "de": {"EUR"}}

TAG = re.compile(r"<[^>]*>")
CARD = re.compile(r'id="gridItemRoot"[^>]*>')
AFTER_CARDS = re.compile(r'watch-button-placeholder|<ul class="a-pagination"')
PLACES = re.compile(r'data-client-recs-list="([^"]*)"')
CARDS_TOLD = re.compile(r'data-index-offset="(\d+)"')
PICTURE = re.compile(r'<img[^>]*\bsrc="[^"]*/images/I/([^"._]+)')
STARS = re.compile(r"^([0-5][.,]\d) (?:out of 5 stars|von 5 Sternen)$")
OFFERS = re.compile(r"^(\d+) (?:offers? from|Angebote? ab)$")

needs_pages = pytest.mark.skipif(not FILES, reason="no saved lists in ../shared")


@dataclass(frozen=True)
class Seen:
    """A card as its texts tell it; money as its text without blanks."""

    rank: str
    title: str
    rating: Decimal | None
    ratings: int | None
    price: str | None
    offers: tuple[int, str] | None
    picture: str


def cards_in(source: str) -> dict[str, Seen]:
    """By ASIN."""
    found = {}
    for part in CARD.split(source)[1:]:
        card = AFTER_CARDS.split(part)[0]
        asin = re.findall(r'href="[^"]*?/dp/([A-Z0-9]{10})', card)[0]
        texts = [text for piece in TAG.split(card) if (text := clean_text(html.unescape(piece)))]
        found[asin] = seen([text for text in texts if "<" not in text], PICTURE.findall(card)[0])
    return found


def seen(texts: list[str], picture: str) -> Seen:
    rank, title, *rest = texts
    stars = STARS.match(rest[0]) if rest else None
    ratings = int(re.sub(r"\D", "", rest[1])) if stars else None
    rest = rest[2:] if stars else rest
    offers = OFFERS.match(rest[0]) if rest else None
    money = re.sub(r"\s", "", rest[1 if offers else 0]) if rest else None
    assert len(rest) == (0 if money is None else 2 if offers else 1), rest
    return Seen(
        rank,
        title,
        Decimal(stars.group(1).replace(",", ".")) if stars else None,
        ratings,
        None if offers else money,
        (int(offers.group(1)), money) if offers and money else None,
        picture,
    )


def shown(money: Money | None) -> str | None:
    return None if money is None else re.sub(r"\s", "", money.raw)


def as_seen(row: BestsellerRow) -> Seen:
    offers = row.offers
    assert row.imageUrl is not None
    return Seen(
        f"#{row.rank}",
        row.title or "",
        row.rating,
        row.ratingsCount,
        shown(row.price),
        (offers.count or 0, shown(offers.from_) or "") if offers else None,
        row.imageUrl.rpartition("/images/I/")[2].partition(".")[0],
    )


@needs_pages
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_place_of_a_saved_list_is_read_as_its_texts_say(file: Path) -> None:
    source = gzip.decompress(file.read_bytes()).decode()
    store = file.name.partition("-")[0]
    page = BestsellersPage(Fetched(ADDRESS.format(STORES[store]), 200, {}, source.encode()))
    rows, cards = page.rows(), cards_in(source)
    places = json.loads(html.unescape(PLACES.findall(source)[0]))

    assert page.status is PageStatus.OK
    assert page.has_next is True
    assert [row.asin for row in rows] == [place["id"] for place in places]
    assert len({row.asin for row in rows}) == len(rows) == 50
    assert [row.rank for row in rows] == list(range(1, 51))
    whole = [row for row in rows if not row.partial]
    assert len(whole) == len(cards) == int(CARDS_TOLD.findall(source)[0])
    for row in whole:
        assert as_seen(row) == cards[row.asin]
        assert (row.priceNote == "other_offers_only") == (row.offers is not None)
        for money in (row.price, row.offers and row.offers.from_):
            assert money is None or (money.amount > 0 and money.currency in CURRENCIES[store])
        assert row.byline is row.format is None
    for row in rows[len(whole) :]:
        assert row.title is row.price is row.offers is row.rating is row.imageUrl is None
    (category,) = {str(row.category) for row in rows}
    assert rows[0].categorySlug, category
    assert rows[0].category is not None
    assert rows[0].category.path == [rows[0].category.name]
