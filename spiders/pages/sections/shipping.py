"""What sending costs."""

from __future__ import annotations

from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.pages.document import attribute, text_of
from spiders.pages.sections.price_places import PricePlaces
from spiders.parsing.prices.shipping import (
    is_for_members_text,
    is_free_for_everyone_text,
    is_free_text,
)
from spiders.parsing.text import clean_text

_PRICE = "data-csa-c-delivery-price"
_CONDITION = "data-csa-c-delivery-condition"
_DELIVERY_PLACES = ("mir-layout-DELIVERY_BLOCK", "deliveryBlockMessage")
# Sending abroad: one sentence adds shipping and import fees up, a table tells them apart.
_ABROAD = (
    "amazonGlobal_feature_div",
    "agsShipMsgInsideBuyBox",
    "globalStoreInfoBullets_feature_div",
)
_OLD_PLACES = ("ourprice_shippingmessage", "price-shipping-message", "saleprice_shippingmessage",
    "dealprice_shippingmessage", "buyboxShippingMessage")  # fmt: skip


class ShippingSection:
    def __init__(self, places: PricePlaces) -> None:
        self._document = places.document
        self._places = places

    def shipping_price(self) -> Money | None:
        """Of the first delivery line, which is the standard one; 0 only where it is free for
        everyone, without a condition on the order or a membership."""
        line = self._first_line()
        if line is not None:
            return self._from_line(line)
        return self._from_table_of_fees() or self._from_old_places()

    def _first_line(self) -> LexborNode | None:
        for name in _DELIVERY_PLACES:
            for place in self._document.all_by_id(name):
                node = None if self._places.is_foreign(place) else place.css_first(f"[{_PRICE}]")
                if node is not None:
                    return node
        return None

    def _from_line(self, line: LexborNode) -> Money | None:
        stated = attribute(line, _PRICE)
        price = self._places.text_price(stated)
        if price is not None:
            return price
        has_condition = bool(clean_text(attribute(line, _CONDITION)))
        if not is_free_text(stated) or has_condition or is_for_members_text(text_of(line)):
            return None
        return Money(Decimal(0), None, clean_text(stated))

    def _from_table_of_fees(self) -> Money | None:
        """Rows in every language: the article, sending, import fees, the sum."""
        place = self._document.find(*_ABROAD)
        if place is None:
            return None
        cells = [text_of(row.css("td")[-1]) for row in place.css("tr") if row.css_first("td")]
        rows = [self._places.text_price(text) for text in cells]
        prices = [price for price in rows if price is not None]
        return prices[1] if len(prices) >= 3 else self._places.text_price(text_of(place))

    def _from_old_places(self) -> Money | None:
        for place in self._places.all(*_OLD_PLACES):
            text = text_of(place)
            if text.startswith("+") and (price := self._places.text_price(text)) is not None:
                return price
            if is_free_for_everyone_text(text):
                return Money(Decimal(0), None, text)
        return None
