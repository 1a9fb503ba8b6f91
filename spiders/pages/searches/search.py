from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from spiders.items.formats.plain import plain_from_item
from spiders.items.search import SearchRow
from spiders.items.search_info import SearchInfo
from spiders.pages.cards.card import Card
from spiders.pages.classify import PageKind, ends_before_footer, page_status
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.readers import file_of_reader
from spiders.pages.reading import PageReading
from spiders.pages.searches.left_column import LeftColumn
from spiders.pages.searches.search_info import SearchMessages
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host

_NEXT = ".s-pagination-next"
# Saved pages stand under it where nobody knows what was searched for.
_UNKNOWN_KEYWORD = "unknown"


class SearchPage:
    """A page of results. `rank_offset` and `organic_offset` are what earlier pages held.

    `reads_offered`: whether `info` tells what the search can be narrowed down by, which is the same on
    all pages of a search.
    """

    def __init__(
        self,
        fetched: Fetched,
        *,
        keyword: str | None = None,
        lang: str | None = None,
        page: int = 1,
        rank_offset: int = 0,
        organic_offset: int = 0,
        reads_offered: bool = True,
        scraped_at: datetime | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._fetched = fetched
        self._keyword = keyword
        self._lang = lang
        self._page = page
        self._rank_offset = rank_offset
        self._organic_offset = organic_offset
        self._reads_offered = reads_offered
        self._scraped_at = scraped_at or datetime.now(UTC)
        self._sources = sources or Sources()
        # Of the page's own fields, which every row repeats.
        self._warnings: list[str] = []
        self._guard = FieldGuard(self._warnings)

    @cached_property
    def status(self) -> PageStatus:
        """One that ends before its pages are named would be read as one without a second page."""
        found = page_status(self._fetched, kind=PageKind.SEARCH, document=self._document)
        is_short = found is PageStatus.OK and ends_before_footer(self._document)
        return PageStatus.TRUNCATED if is_short and self._shows_next() is None else found

    @cached_property
    def has_next(self) -> bool | None:
        """None where the page shows no pagination and is not proven to be the only one."""
        if self.status is PageStatus.NO_RESULTS:
            return False
        if self.status is not PageStatus.OK:
            return None
        return self._guard.read("hasNext", self._shows_next)

    @cached_property
    def info(self) -> SearchInfo | None:
        """None unless the page is proven good."""
        if self.status not in (PageStatus.OK, PageStatus.NO_RESULTS):
            return None
        has_results = self.status is PageStatus.OK
        found = self._guard.read(
            "searchInfo", lambda: self._messages.info(self._page, has_results=has_results)
        )
        if found is not None and has_results and self._reads_offered:
            column = LeftColumn(self._document)
            found.categories = self._guard.read("categories", column.categories)
            found.refinements = self._guard.read("refinements", column.refinements)
        return found

    def rows(self) -> list[SearchRow]:
        if self.status is not PageStatus.OK:
            return []
        # Before the rows, so that each of them tells what of the page cannot be read.
        _ = self.has_next, self.info, self._language, self._deliver_to
        found: list[SearchRow] = []
        organic = self._organic_offset
        for position, node in enumerate(self._document.result_cards, start=1):
            row = self._row(node, position=position)
            if row.sponsored is False:
                organic += 1
                row.organicPosition = organic
            found.append(row)
        return found

    def _shows_next(self) -> bool | None:
        tree = self._document.tree
        control = self._next_control or tree.css_first("#pagnNextLink")
        if control is not None:
            # The last page keeps the control, as a span without a link.
            return control.tag == "a"
        older = tree.css_first("ul.a-pagination li.a-last")
        if older is not None:
            return older.css_first("a") is not None
        return False if tree.css_first("#pagn") is not None else None

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _messages(self) -> SearchMessages:
        return SearchMessages(self._document, keyword=self._keyword)

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _next_control(self) -> LexborNode | None:
        """It follows the cards among their siblings; elsewhere only on layouts we do not know."""
        cards = self._document.result_cards
        sibling = cards[-1].next if cards else None
        while sibling is not None:
            if sibling.is_element_node and (found := sibling.css_first(_NEXT)) is not None:
                return found
            sibling = sibling.next
        return self._document.tree.css_first(_NEXT)

    @cached_property
    def _language(self) -> str | None:
        return self._guard.read("pageLanguage", lambda: page_language(self._document))

    @cached_property
    def _deliver_to(self) -> str | None:
        return self._guard.read("deliverTo", lambda: deliver_to(self._document))

    @cached_property
    def _store_currency(self) -> str | None:
        return store_currency_of(self._store, language=self._language)

    def _row(self, node: LexborNode, *, position: int) -> SearchRow:
        store, warnings = self._store, list(self._warnings)
        card = Card(
            node, store_currency=self._store_currency, sources=self._sources, warnings=warnings
        )
        row = SearchRow(
            asin=card.asin,
            rank=self._rank_offset + position,
            keyword=self._keyword,
            page=self._page,
            position=position,
            url=f"https://{store.host}/dp/{card.asin}" if store else None,
            marketplace=store.code if store else None,
            lang=self._lang,
            pageLanguage=self._language,
            deliverTo=self._deliver_to,
            sourceUrl=self._fetched.url,
            scrapedAt=self._scraped_at,
            parserVersion=PARSER_VERSION,
            warnings=warnings,
        )
        FieldGuard(warnings).fill(row, _CARD_FIELDS, card)
        if row.ratingsCountApprox:
            warnings.append("count_approximate")
        if is_other_language(self._lang, self._language):
            warnings.append("language_mismatch")
        warn_about_money(warnings, row.price, store=store)
        return row


def _ratings_count(card: Card) -> int | None:
    count = card.ratings_count
    return count.value if count else None


def _ratings_count_approx(card: Card) -> bool | None:
    count = card.ratings_count
    return count.is_approximate if count else None


_CARD_FIELDS: dict[str, Callable[[Card], Any]] = {
    "title": lambda card: card.heading.title(),
    "sponsored": lambda card: card.heading.is_sponsored,
    "brand": lambda card: card.heading.brand(),
    "imageUrl": lambda card: card.heading.image_url(),
    "price": lambda card: card.price.offer.price,
    "priceMax": lambda card: card.price.offer.high,
    "priceNote": lambda card: card.price.offer.note,
    "listPrice": lambda card: card.price.list_price,
    "listPriceKind": lambda card: card.price.list_price_kind(),
    "discountPercent": lambda card: card.price.discount_percent(),
    "unitPrice": lambda card: card.price.unit_price(),
    "otherOffers": lambda card: card.price.other_offers(),
    "coupon": lambda card: card.price.coupon(),
    "deal": lambda card: card.badges.deal(),
    "rating": lambda card: card.rating.rating(),
    "ratingsCount": _ratings_count,
    "ratingsCountApprox": _ratings_count_approx,
    "boughtPastMonth": lambda card: card.rating.bought_past_month(),
    "badges": lambda card: card.badges.badges(),
    "isPrime": lambda card: card.badges.is_prime(),
    "delivery": lambda card: card.delivery.delivery(),
    "stockText": lambda card: card.delivery.stock_text(),
    "variantsShown": lambda card: card.badges.variants_shown(),
}


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    read_with = fetched.read_with
    page = SearchPage(
        fetched,
        keyword=read_with.get("keyword") or _keyword_of(url),
        lang=lang,
        page=read_with.get("page", 1),
        rank_offset=read_with.get("rankOffset", 0),
        organic_offset=read_with.get("organicOffset", 0),
        sources=sources,
    )
    rows = page.rows()
    return PageReading(
        status=page.status,
        items=rows,
        summary=f"{len(rows)} rows; sources of the last one",
        has_next=page.has_next,
        facts=plain_from_item(page.info) if page.info else {},
    )


def _keyword_of(url: str) -> str | None:
    keyword = parse_qs(urlsplit(url).query).get("k", [_UNKNOWN_KEYWORD])[0]
    return None if keyword == _UNKNOWN_KEYWORD else keyword


def where_fields_are_read() -> dict[str, str]:
    """By field, the file of the part of a card that reads it."""
    return {name: file_of_reader(reader, Card) for name, reader in _CARD_FIELDS.items()}
