"""A page of best sellers, new releases, movers and shakers, most wished for or most gifted.

The page lists its places as data (50 of them, with ASIN and rank) and has cards for the first ones,
30 as a rule; a script loads the other cards when a reader scrolls. Rows without a card are `partial`.
Pages of 2013 to 2021 have all of their cards, and no such data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborNode

from spiders.items.bestsellers import BestsellerRow
from spiders.items.seen_category import SeenCategory
from spiders.pages.classify import ends_before_footer, proven_status, unknown_page
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document, attribute, has_class
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.lists.list_header import ListHeader
from spiders.pages.lists.ranked_card import RankedCard
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.readers import file_of_reader
from spiders.pages.reading import PageReading
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.numbers import find_integer, find_number, integer_from_digits
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host

_GRID_CLASS = "p13n-desktop-grid"
_GRID = f".{_GRID_CLASS}"
_PLACES = "data-client-recs-list"
# The id is not unique.
_CARD = '[id="gridItemRoot"]'
_OLD_CARD = ".zg-item-immersion, .zg_itemImmersion"
_CAROUSEL = "[class*=carousel]"
_NEXT = "ul.a-pagination li.a-last"
_RANK = "render.zg.rank"
_SALES_RANK = "render.zg.bsms.currentSalesRank"
_PREVIOUS_SALES_RANK = "render.zg.bsms.twentyFourHourOldSalesRank"
_CHANGE = "render.zg.bsms.percentageChange"


@dataclass(frozen=True, slots=True)
class RankedPlace:
    """What the page's data say of one place."""

    asin: str
    rank: int | None
    sales_rank: int | None = None
    previous_sales_rank: int | None = None
    change: Decimal | None = None


class BestsellersPage:
    """`rank_offset`: how many places earlier pages held, for a page that states no ranks."""

    def __init__(
        self,
        fetched: Fetched,
        *,
        lang: str | None = None,
        rank_offset: int = 0,
        scraped_at: datetime | None = None,
    ) -> None:
        self._fetched = fetched
        self._lang = lang
        self._rank_offset = rank_offset
        self._scraped_at = scraped_at or datetime.now(UTC)
        # Of the page's own fields, which every row repeats.
        self._warnings: list[str] = []
        self._guard = FieldGuard(self._warnings)

    @cached_property
    def status(self) -> PageStatus:
        """A list that ends before its pages are named would be read as one without a second page."""
        found = self._proven_status()
        if (
            found is PageStatus.OK
            and self._shows_next is None
            and ends_before_footer(self._document)
        ):
            return PageStatus.TRUNCATED
        return found

    def _proven_status(self) -> PageStatus:
        return proven_status(
            self._fetched,
            self._document,
            proof=lambda _: self._proof(),
            absence=lambda _: self._absence(),
            rows=_GRID_CLASS,
        )

    @cached_property
    def has_next(self) -> bool | None:
        """None where the page shows no pagination, or half of one."""
        if self.status is not PageStatus.OK:
            return False if self.status is PageStatus.NO_RESULTS else None
        return self._shows_next

    @cached_property
    def _shows_next(self) -> bool | None:
        last = self._document.tree.css_first(_NEXT)
        if last is None:
            return None
        if last.css_first("a") is not None:
            return True
        return False if has_class(last, "a-disabled") else None

    @cached_property
    def categories(self) -> list[SeenCategory]:
        """Those that the tree leads to, and the page's own with its path. A list's root, which is not a
        list, shows them too."""
        if self.status not in (PageStatus.OK, PageStatus.NO_RESULTS, PageStatus.NOT_A_LISTING):
            return []
        return self._guard.read("categories", self._seen_categories) or []

    def rows(self) -> list[BestsellerRow]:
        if self.status is not PageStatus.OK:
            return []
        # Before the rows, so that each of them tells what of the page cannot be read.
        _ = self._language, self._deliver_to, self._category
        cards = _CardsOfPlaces(self._cards)
        return [
            self._row(place, cards.take(place), number=number)
            for number, place in enumerate(self._places, start=1)
        ]

    def _seen_categories(self) -> list[SeenCategory]:
        store, own, place = self._store, self._category, self._header.place
        if store is None:
            return []
        code, language = store.code, self._language
        found = [
            SeenCategory(
                marketplace=code, language=language, slug=one.slug, nodeId=one.node, name=one.name
            )
            for one in self._header.offered
            if one.slug or one.node
        ]
        if own is not None and own.name and place is not None and (place.slug or place.node):
            found.append(
                SeenCategory(
                    marketplace=code,
                    language=language,
                    slug=place.slug,
                    nodeId=own.nodeId,
                    name=own.name,
                    path=own.path,
                )
            )
        return found

    def _proof(self) -> PageStatus | None:
        if self._places:
            return PageStatus.OK
        # The page says itself that its list has no places.
        return PageStatus.NO_RESULTS if self._stated_places == [] else None

    def _absence(self) -> PageStatus:
        tree = self._document.tree
        if tree.css_first(_GRID) is not None:
            return PageStatus.STRIPPED
        if self._header.has_tree:
            has_carousels = tree.css_first(_CAROUSEL) is not None
            return PageStatus.NOT_A_LISTING if has_carousels else PageStatus.STRIPPED
        return unknown_page(self._document)

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _header(self) -> ListHeader:
        return ListHeader(self._document)

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _language(self) -> str | None:
        return self._guard.read("pageLanguage", lambda: page_language(self._document))

    @cached_property
    def _deliver_to(self) -> str | None:
        return self._guard.read("deliverTo", lambda: deliver_to(self._document))

    @cached_property
    def _category(self) -> Any:
        return self._guard.read("category", lambda: self._header.category)

    @cached_property
    def _store_currency(self) -> str | None:
        return store_currency_of(self._store, language=self._language)

    @cached_property
    def _cards(self) -> list[RankedCard]:
        tree, currency = self._document.tree, self._store_currency
        if nodes := tree.css(_CARD):
            return [RankedCard(node, store_currency=currency) for node in nodes]
        old = tree.css(_OLD_CARD)
        return [RankedCard(node, store_currency=currency, is_old=True) for node in old]

    @cached_property
    def _places(self) -> list[RankedPlace]:
        """The stated ones; those of the cards where the page's data cannot be read."""
        if self._stated_places:
            return self._stated_places
        return [
            RankedPlace(card.asin, card.rank(), *card.sales_ranks(), card.change())
            for card in self._cards
            if card.asin
        ]

    @cached_property
    def _stated_places(self) -> list[RankedPlace] | None:
        """None where the page has no such data, or none that can be read."""
        grids = self._document.tree.css(f"{_GRID}[{_PLACES}]")
        lists = [_entries_of(grid) for grid in grids]
        if not lists or None in lists:
            return None
        return [place for entries in lists if entries for place in _places_of(entries)]

    def _row(self, place: RankedPlace, card: RankedCard | None, *, number: int) -> BestsellerRow:
        store, own = self._store, self._header.place
        row = BestsellerRow(
            asin=place.asin,
            list=own.list if own else None,
            category=self._category,
            categorySlug=own.slug if own else None,
            rank=place.rank or self._rank_offset + number,
            url=f"https://{store.host}/dp/{place.asin}" if store else None,
            salesRank=place.sales_rank,
            previousSalesRank=place.previous_sales_rank,
            change=place.change,
            partial=card is None,
            marketplace=store.code if store else None,
            lang=self._lang,
            pageLanguage=self._language,
            deliverTo=self._deliver_to,
            sourceUrl=self._fetched.url,
            scrapedAt=self._scraped_at,
            parserVersion=PARSER_VERSION,
            warnings=list(self._warnings),
        )
        if card is not None:
            self._fill(row, card)
        if is_other_language(self._lang, self._language):
            row.warnings.append("language_mismatch")
        return row

    def _fill(self, row: BestsellerRow, card: RankedCard) -> None:
        FieldGuard(row.warnings).fill(row, _CARD_FIELDS, card)
        row.warnings += card.warnings
        warn_about_money(row.warnings, row.price, store=self._store)


class _CardsOfPlaces:
    """Each card goes to one place: an ASIN may stand on a list twice."""

    def __init__(self, cards: list[RankedCard]) -> None:
        self._cards: dict[str, list[RankedCard]] = {}
        for card in cards:
            self._cards.setdefault(card.asin, []).append(card)

    def take(self, place: RankedPlace) -> RankedCard | None:
        """A card that names no product is known by its rank."""
        if waiting := self._cards.get(place.asin):
            return waiting.pop(0)
        nameless = self._cards.get("", [])
        found = next((card for card in nameless if place.rank and card.rank() == place.rank), None)
        if found is not None:
            nameless.remove(found)
        return found


def _entries_of(grid: LexborNode) -> list[Any] | None:
    try:
        found = json.loads(attribute(grid, _PLACES) or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _places_of(entries: list[Any]) -> Iterator[RankedPlace]:
    for entry in entries:
        asin = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(asin, str) or len(asin.strip()) != 10:
            continue
        said = entry.get("metadataMap")
        said = said if isinstance(said, dict) else {}
        yield RankedPlace(
            asin.strip().upper(),
            _whole(said.get(_RANK)),
            _whole(said.get(_SALES_RANK)),
            _whole(said.get(_PREVIOUS_SALES_RANK)),
            _percent(said.get(_CHANGE)),
        )


def _whole(value: Any) -> int | None:
    """ "1,052" as 1052; ranks begin with 1."""
    if not value:
        # Three of a place's four numbers are empty on most lists.
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        return find_integer(value) or None
    if isinstance(value, str | int) and not isinstance(value, bool):
        return integer_from_digits(str(value)) or None
    return None


def _percent(value: Any) -> Decimal | None:
    """ "1,052%" as 1052."""
    if value == "":
        return None
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return find_number(str(value))
    return None


def _ratings_count(card: RankedCard) -> int | None:
    count = card.ratings_count()
    if count is None:
        return None
    if count.is_approximate:
        card.warnings.append("count_approximate")
    return count.value


_CARD_FIELDS: dict[str, Callable[[RankedCard], Any]] = {
    "title": lambda card: card.title(),
    "byline": lambda card: card.byline(),
    "format": lambda card: card.format(),
    "price": lambda card: card.price(),
    "priceNote": lambda card: card.price_note(),
    "offers": lambda card: card.offers(),
    "rating": lambda card: card.rating(),
    "ratingsCount": _ratings_count,
    "imageUrl": lambda card: card.image_url(),
}


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    offset = fetched.read_with.get("rankOffset", 0)
    page = BestsellersPage(fetched, lang=lang, rank_offset=offset)
    rows = page.rows()
    whole = sum(not row.partial for row in rows)
    return PageReading(
        status=page.status,
        items=rows,
        summary=f"{len(rows)} places, {whole} of them with a card",
        has_next=page.has_next,
    )


def where_fields_are_read() -> dict[str, str]:
    """By field, the file of the part of a card that reads it."""
    return {name: file_of_reader(reader, RankedCard) for name, reader in _CARD_FIELDS.items()}
