"""The price that is struck through, and what it claims to be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.pages.document import text_of
from spiders.pages.price_nodes import discount_between
from spiders.pages.sections.price_places import PricePlaces
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.offers import percent_from_text

_LIST_PLACES = (
    "corePriceDisplay_desktop_feature_div", "apex_desktop", "corePrice_desktop",
    "corePrice_feature_div", "apex_offerDisplay_desktop", "corePriceDisplay_mobile_feature_div",
)  # fmt: skip
_OLD_STRUCK = ".a-text-strike, .priceBlockStrikePriceString"
_OLD_LIST_PLACES = ("price", "buyBoxInner", "price-list", "buyNewSection", "buyNewInner")
_OLD_LABELLED = ("digital-list-price", "print-list-price", "listPrice")
_SHOWN_PERCENT = ".savingsPercentage"
_LABEL_LENGTH = 160


class ListPriceSection:
    """`price` is the price found, a range's low end included."""

    def __init__(self, places: PricePlaces, *, price: Money | None) -> None:
        self._document = places.document
        self._places = places
        self._price = price

    def list_price(self) -> Money | None:
        """A struck price above the price; a struck one-off price beside a subscription is none."""
        found, price = self._struck[0], self._price
        if found is None or (price is not None and found.amount <= price.amount):
            return None
        return found

    def list_price_kind(self) -> str | None:
        return self._struck[1] if self.list_price() is not None else None

    def discount_percent(self, price: Money | None) -> Decimal | None:
        """As the page shows it, else what follows from the two prices."""
        struck = self.list_price()
        if price is None or (shown := self._shown_percent()) is None:
            return discount_between(price, struck) if price and struck else None
        return shown

    def _shown_percent(self) -> Decimal | None:
        for place in self._places.all(*_LIST_PLACES):
            for node in place.css(_SHOWN_PERCENT):
                if not self._places.is_foreign(node):
                    return percent_from_text(text_of(node))
        return None

    @cached_property
    def _struck(self) -> tuple[Money | None, str | None]:
        for node in self._struck_nodes():
            found = self._places.money(node)
            if found is not None:
                return found, _list_price_kind(node)
        for old in (self._old_struck(), self._document.find(*_OLD_LABELLED)):
            if old is not None and (found := self._places.text_price(text_of(old))) is not None:
                return found, _list_price_kind(old)
        return None, None

    def _struck_nodes(self) -> Iterator[LexborNode]:
        for place in self._places.all(*_LIST_PLACES):
            for node in place.css('.basisPrice .a-price, .a-price[data-a-strike="true"]'):
                if not self._places.is_foreign(node):
                    yield node

    def _old_struck(self) -> LexborNode | None:
        found = (place.css_first(_OLD_STRUCK) for place in self._places.all(*_OLD_LIST_PLACES))
        return next(
            (node for node in found if node is not None), self._document.find("listPriceValue")
        )


def _list_price_kind(node: LexborNode) -> str:
    """The label stands beside the price or in the cell before it, never far."""
    place = node.parent
    for _ in range(4):
        text = text_of(place) if place is not None else ""
        if place is None or len(text) > _LABEL_LENGTH:
            break
        if (kind := list_price_kind_from_text(text)) != "unknown":
            return kind
        place = place.parent
    return "unknown"
