"""The list of all offers of a product: a piece of HTML that the product's page loads by script.

It has been read on pages of our own alone; no real answer has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from spiders.items.offers import OfferRow
from spiders.pages.classify import proven_status, unknown_page
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document, attribute
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.offers.offer_block import OfferBlock
from spiders.pages.place import deliver_to, host_of, page_language
from spiders.pages.readers import file_of_reader
from spiders.pages.reading import PageReading
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.numbers import find_integer
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host
from spiders.sites.offers import OFFERS_A_PAGE, asin_of_offers_url

# The ids are not unique.
_PINNED = '[id="aod-pinned-offer"]'
_OFFERS = '[id="aod-offer"]'
# Any of them shows that the list itself came, whether or not anybody sells.
_CONTAINER = '[id="aod-container"], [id="aod-offer-list"], [id="aod-pinned-offer"]'
_END = '[id="aod-end-of-results"]'
_TOTAL = '[id="aod-total-offer-count"]'
# An offer stands in one; a page that ends within is cut, whoever forgot to close what is around it.
_BLOCK = "aod-information-block"


class OffersPage:
    """`asin`: the product that was asked for. `is_filtered`: some conditions alone were asked for."""

    def __init__(
        self,
        fetched: Fetched,
        *,
        asin: str,
        lang: str | None = None,
        is_filtered: bool = False,
        scraped_at: datetime | None = None,
    ) -> None:
        self._fetched = fetched
        self._asin = asin.upper()
        self._lang = lang
        self._is_filtered = is_filtered
        self._scraped_at = scraped_at or datetime.now(UTC)
        self._warnings: list[str] = []
        self._guard = FieldGuard(self._warnings)

    @cached_property
    def status(self) -> PageStatus:
        """NO_RESULTS: nobody sells it."""
        found = proven_status(
            self._fetched,
            self._document,
            proof=lambda _: self._proof(),
            absence=unknown_page,
            rows=_BLOCK,
        )
        is_whole = found in (PageStatus.OK, PageStatus.NO_RESULTS)
        if is_whole and not self._has_end and self._document.ending.is_torn:
            return PageStatus.TRUNCATED
        return found

    @property
    def has_next(self) -> bool:
        """A page behind the last one repeats it: whoever asks for it must know what has come before."""
        is_full = len(self._listed) >= OFFERS_A_PAGE
        return self.status is PageStatus.OK and is_full and not self._has_end

    def rows(self) -> list[OfferRow]:
        """Each offer once, the featured one first; `position` counts on this page."""
        if self.status is not PageStatus.OK:
            return []
        featured = [self._row(block, is_featured=True) for block in self._pinned]
        listed = [self._row(block, is_featured=False) for block in self._listed]
        rows = once([*featured, *listed])
        for position, row in enumerate(rows, start=1):
            row.position = position
        return rows

    def _proof(self) -> PageStatus | None:
        asins = {asin.upper() for block in (*self._pinned, *self._listed) for asin in block.asins()}
        if asins and self._asin not in asins:
            return PageStatus.WRONG_PRODUCT
        if self._pinned or self._listed:
            return PageStatus.OK
        if self._document.tree.css_first(f"{_CONTAINER}, {_END}") is None:
            return None
        # The page counts offers, and brought none of them.
        return (
            PageStatus.PARTIAL if self._total and not self._is_filtered else PageStatus.NO_RESULTS
        )

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _has_end(self) -> bool:
        return self._document.tree.css_first(_END) is not None

    @cached_property
    def _total(self) -> int | None:
        node = self._document.tree.css_first(_TOTAL)
        return find_integer(attribute(node, "value") or "") if node is not None else None

    @cached_property
    def _pinned(self) -> list[OfferBlock]:
        return [block for block in self._blocks(_PINNED) if block.is_offer()][:1]

    @cached_property
    def _listed(self) -> list[OfferBlock]:
        return self._blocks(_OFFERS)

    def _blocks(self, query: str) -> list[OfferBlock]:
        currency = store_currency_of(self._store, language=self._lang or self._language)
        nodes = self._document.tree.css(query)
        return [OfferBlock(node, store_currency=currency) for node in nodes]

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _language(self) -> str | None:
        return self._guard.read("pageLanguage", lambda: page_language(self._document))

    @cached_property
    def _deliver_to(self) -> str | None:
        return self._guard.read("deliverTo", lambda: deliver_to(self._document))

    def _row(self, block: OfferBlock, *, is_featured: bool) -> OfferRow:
        store = self._store
        row = OfferRow(
            asin=self._asin,
            isFeatured=is_featured,
            url=f"https://{store.host}/dp/{self._asin}" if store else None,
            marketplace=store.code if store else None,
            lang=self._lang,
            pageLanguage=self._language,
            deliverTo=self._deliver_to,
            sourceUrl=self._fetched.url,
            scrapedAt=self._scraped_at,
            parserVersion=PARSER_VERSION,
            warnings=list(self._warnings),
        )
        FieldGuard(row.warnings).fill(row, _FIELDS, block)
        warn_about_money(row.warnings, row.price, store=store)
        return row


def offer_key(row: OfferRow) -> Hashable:
    """The same for an offer wherever it is shown."""
    if row.offerId is not None:
        return row.offerId
    seller = row.seller
    return (
        (seller.id or seller.name) if seller else None,
        row.condition or row.conditionText,
        row.price.amount if row.price else None,
        row.shippingPrice.amount if row.shippingPrice else None,
        row.conditionNote,
    )


def once(rows: Iterable[OfferRow]) -> list[OfferRow]:
    """The first of each offer, with what only a later one says: the featured offer is repeated in the
    list, where it says more."""
    found: dict[Hashable, OfferRow] = {}
    for row in rows:
        first = found.setdefault(offer_key(row), row)
        if first is not row:
            _complete(first, row)
    return list(found.values())


def _complete(row: OfferRow, other: OfferRow) -> None:
    for one in fields(OfferRow):
        if getattr(row, one.name) is None:
            setattr(row, one.name, getattr(other, one.name))


_FIELDS: dict[str, Callable[[OfferBlock], Any]] = {
    "offerId": lambda block: block.offer_id(),
    "condition": lambda block: block.condition(),
    "conditionText": lambda block: block.condition_text(),
    "conditionNote": lambda block: block.condition_note(),
    "price": lambda block: block.price(),
    "listPrice": lambda block: block.list_price(),
    "shippingPrice": lambda block: block.shipping_price(),
    "delivery": lambda block: block.delivery(),
    "seller": lambda block: block.seller(),
    "shipsFrom": lambda block: block.ships_from(),
    "isPrime": lambda block: block.is_prime(),
    "maxQuantity": lambda block: block.max_quantity(),
}


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    page = OffersPage(
        fetched, asin=asin_of_offers_url(url) or "", lang=lang, is_filtered="filters=" in url
    )
    rows = page.rows()
    featured = sum(row.isFeatured is True for row in rows)
    return PageReading(
        status=page.status,
        items=rows,
        summary=f"{len(rows)} offers, {featured} of them featured",
        has_next=page.has_next,
    )


def where_fields_are_read() -> dict[str, str]:
    """By field, the file of the part that reads it."""
    own = file_of_reader(lambda page: None, OfferBlock)
    return dict.fromkeys(_FIELDS, own)
