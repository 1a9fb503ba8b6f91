from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.search import SearchRow
from spiders.marketplaces import Marketplace, find_marketplace_by_host
from spiders.pages.cards.card import Card
from spiders.pages.classify import PageKind, page_status
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION

_NEXT = ".s-pagination-next"


class SearchPage:
    """A page of results. `rank_offset` and `organic_offset` are what earlier pages held."""

    def __init__(
        self,
        fetched: Fetched,
        *,
        keyword: str | None = None,
        lang: str | None = None,
        page: int = 1,
        rank_offset: int = 0,
        organic_offset: int = 0,
        scraped_at: datetime | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._fetched = fetched
        self._keyword = keyword
        self._lang = lang
        self._page = page
        self._rank_offset = rank_offset
        self._organic_offset = organic_offset
        self._scraped_at = scraped_at or datetime.now(UTC)
        self._sources = sources or Sources()

    @cached_property
    def status(self) -> PageStatus:
        return page_status(self._fetched, kind=PageKind.SEARCH, document=self._document)

    @cached_property
    def has_next(self) -> bool | None:
        """None where the page shows no pagination and is not proven to be the only one."""
        if self.status is PageStatus.NO_RESULTS:
            return False
        if self.status is not PageStatus.OK:
            return None
        tree = self._document.tree
        control = self._next_control or tree.css_first("#pagnNextLink")
        if control is not None:
            # The last page keeps the control, as a span without a link.
            return control.tag == "a"
        older = tree.css_first("ul.a-pagination li.a-last")
        if older is not None:
            return older.css_first("a") is not None
        return False if tree.css_first("#pagn") is not None else None

    def rows(self) -> list[SearchRow]:
        if self.status is not PageStatus.OK:
            return []
        found: list[SearchRow] = []
        organic = self._organic_offset
        for position, node in enumerate(self._document.result_cards, start=1):
            row = self._row(node, position=position)
            if not row.sponsored:
                organic += 1
                row.organicPosition = organic
            found.append(row)
        return found

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

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
        return page_language(self._document)

    @cached_property
    def _deliver_to(self) -> str | None:
        return deliver_to(self._document)

    @cached_property
    def _store_currency(self) -> str | None:
        return store_currency_of(self._store, language=self._language)

    def _row(self, node: LexborNode, *, position: int) -> SearchRow:
        store = self._store
        card = Card(
            node,
            store_currency=self._store_currency,
            sources=self._sources,
        )
        heading, price, rating, badges = card.heading, card.price, card.rating, card.badges
        count = rating.ratings_count()
        row = SearchRow(
            asin=card.asin,
            title=heading.title(),
            price=price.offer.price,
            rank=self._rank_offset + position,
            keyword=self._keyword,
            page=self._page,
            position=position,
            sponsored=heading.is_sponsored,
            url=f"https://{store.host}/dp/{card.asin}" if store else None,
            brand=heading.brand(),
            imageUrl=heading.image_url(),
            priceMax=price.offer.high,
            listPrice=price.list_price,
            listPriceKind=price.list_price_kind(),
            discountPercent=price.discount_percent(),
            unitPrice=price.unit_price(),
            priceNote=price.offer.note,
            otherOffers=price.other_offers(),
            coupon=price.coupon(),
            deal=badges.deal(),
            rating=rating.rating(),
            ratingsCount=count.value if count else None,
            ratingsCountApprox=count.is_approximate if count else None,
            boughtPastMonth=rating.bought_past_month(),
            badges=badges.badges(),
            isPrime=badges.is_prime(),
            delivery=card.delivery.delivery(),
            stockText=card.delivery.stock_text(),
            variantsShown=badges.variants_shown(),
            marketplace=store.code if store else None,
            lang=self._lang,
            pageLanguage=self._language,
            deliverTo=self._deliver_to,
            sourceUrl=self._fetched.url,
            scrapedAt=self._scraped_at,
            parserVersion=PARSER_VERSION,
            warnings=card.warnings,
        )
        if count is not None and count.is_approximate:
            row.warnings.append("count_approximate")
        if is_other_language(self._lang, self._language):
            row.warnings.append("language_mismatch")
        warn_about_money(row.warnings, row.price, store=store)
        return row
