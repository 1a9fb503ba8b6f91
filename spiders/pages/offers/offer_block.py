"""One offer of the list of all offers. Its ids stand on the page once for each offer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.items.offers import OfferSeller
from spiders.pages.document import attribute, is_inside, text_of
from spiders.pages.price_nodes import is_struck, is_unmarked, price_of_node
from spiders.parsing.javascript import json_object
from spiders.parsing.numbers import find_integer
from spiders.parsing.prices.conditions import condition_from_text
from spiders.parsing.prices.money import price_from_text
from spiders.parsing.prices.offers import percent_from_text
from spiders.parsing.prices.shipping import (
    is_for_members_text,
    is_free_for_everyone_text,
    is_free_text,
)
from spiders.parsing.rating import rating_from_star_class
from spiders.parsing.sellers import is_amazon_name
from spiders.parsing.text import clean_text
from spiders.sites.sellers import seller_id_from_link

# The bar that a reader who scrolls sees shows the price of the featured offer once more.
_STICKY = '[id^="aod-sticky"]'
_PRICES = '[id^="aod-price-"], [id="aod-offer-price"]'
_HEADING = '[id="aod-offer-heading"]'
_NOTES = '[id^="aod-condition-note"], .aod-condition-note, .expandable-expanded-text'
_SOLD_BY = '[id="aod-offer-soldBy"]'
_SHIPS_FROM = '[id="aod-offer-shipsFrom"]'
_SELLER_RATING = '[id="aod-offer-seller-rating"]'
_DELIVERY_PRICE = "data-csa-c-delivery-price"
_DELIVERY_CONDITION = "data-csa-c-delivery-condition"
_DELIVERY = f"[{_DELIVERY_PRICE}], [data-csa-c-delivery-time]"
_OLD_SHIPPING = '[id="aod-offer-shipping-price"], .aod-ship-charge'
_CART_API = "data-aw-aod-cart-api"
_QUANTITIES = '[id*="qty"] option, [id*="qty-option"], [id*="qty"] li'
_MAX_QUANTITY = 999
_FEW_DIGITS = re.compile(r"[0-9]{1,4}").fullmatch
# The name before its "(123 ratings)", which stand in another element on some pages.
_COUNT = re.compile(r"[(（]\s*([\d.,\s\u00a0\u202f'’٬٫]*\d)")
# Stands between the words "Sold by" and the name where both are one text.
_AFTER_LABEL = re.compile(r"^[^:：]{1,40}[:：]\s*(.+)$")


class OfferBlock:
    def __init__(self, node: LexborNode, *, store_currency: str | None) -> None:
        self._node = node
        self._store_currency = store_currency
        self._sticky = node.css(_STICKY)

    def asins(self) -> Iterator[str]:
        """The products that it says it is of."""
        for data in self._cart_data():
            if isinstance(asin := data.get("asin"), str):
                yield asin
        for box in self._node.css('input[name="asin"], input[name$="[asin]"]'):
            yield attribute(box, "value") or ""

    def is_offer(self) -> bool:
        """Not the words that there is no featured offer."""
        return self.price() is not None or self.offer_id() is not None or self.seller() is not None

    def offer_id(self) -> str | None:
        """As the store's cart takes it: some places hold it percent-encoded, once."""
        for box in self._node.css('input[name$="[offerListingId]"], input[name="offerListingID"]'):
            if value := clean_text(attribute(box, "value")):
                return unquote(value)
        for data in self._cart_data():
            if isinstance(oid := data.get("oid"), str) and oid:
                return unquote(oid)
        return None

    def condition(self) -> str | None:
        return condition_from_text(self.condition_text())

    def condition_text(self) -> str | None:
        return text_of(self._find(_HEADING)) or None

    def condition_note(self) -> str | None:
        return text_of(self._find(_NOTES)) or None

    def price(self) -> Money | None:
        """What one pays. The struck one and that of a unit are marked."""
        return self._price

    @cached_property
    def _price(self) -> Money | None:
        for node in self._prices:
            if not is_struck(node) and is_unmarked(node):
                found = price_of_node(node, store_currency=self._store_currency)
                if found is not None:
                    return found
        return self._price_in_label()

    def list_price(self) -> Money | None:
        price = self._price
        for node in self._prices:
            if is_struck(node):
                found = price_of_node(node, store_currency=self._store_currency)
                if found and price and found.amount > price.amount:
                    return found
        return None

    def shipping_price(self) -> Money | None:
        """0 only where it is free for everyone, without a condition or a membership."""
        for line in self._node.css(f"[{_DELIVERY_PRICE}]"):
            return self._shipping_of_line(line)
        text = text_of(self._find(_OLD_SHIPPING))
        if is_free_for_everyone_text(text):
            return Money(Decimal(0), None, text)
        return price_from_text(text, store_currency=self._store_currency)

    def delivery(self) -> list[str] | None:
        lines = [text_of(node) for node in self._node.css(_DELIVERY)]
        lines = lines or [text_of(node) for node in self._node.css(_OLD_SHIPPING)]
        return list(dict.fromkeys(line for line in lines if line)) or None

    def seller(self) -> OfferSeller | None:
        return self._seller

    @cached_property
    def _seller(self) -> OfferSeller | None:
        place = self._find(_SOLD_BY)
        if place is None:
            return None
        link = place.css_first('a[href*="seller="]')
        name = (text_of(link) or clean_text(attribute(link, "aria-label"))) if link else ""
        name = name or _value_of(place)
        seller_id = seller_id_from_link(attribute(link, "href")) if link is not None else None
        if not name and seller_id is None:
            return None
        rating = self._find(_SELLER_RATING)
        return OfferSeller(
            seller_id,
            name or None,
            is_amazon_name(name) if name else None,
            *(_rating_of(rating) if rating is not None else ()),
        )

    def ships_from(self) -> str | None:
        place = self._find(_SHIPS_FROM)
        return (_value_of(place) or None) if place is not None else None

    def is_prime(self) -> bool | None:
        return True if self._node.css_first('i[class*="a-icon-prime"]') is not None else None

    def max_quantity(self) -> int | None:
        """The largest number that can be chosen."""
        texts = (attribute(node, "value") or text_of(node) for node in self._node.css(_QUANTITIES))
        # Most are bare numbers, three dozen of them for each offer.
        found = [int(text) if _FEW_DIGITS(text) else find_integer(text) for text in texts]
        numbers = [number for number in found if number and number <= _MAX_QUANTITY]
        return max(numbers, default=None)

    def _find(self, query: str) -> LexborNode | None:
        if not self._sticky:
            return self._node.css_first(query)
        return next((n for n in self._node.css(query) if not self._is_sticky(n)), None)

    def _is_sticky(self, node: LexborNode) -> bool:
        return any(is_inside(node, bar) for bar in self._sticky)

    @cached_property
    def _prices(self) -> list[LexborNode]:
        places = [place for place in self._node.css(_PRICES) if not self._is_sticky(place)]
        nodes = {node.mem_id: node for place in places for node in place.css(".a-price")}
        return list(nodes.values())

    def _price_in_label(self) -> Money | None:
        """For readers of screens, where the price itself is drawn."""
        label = self._find('[id^="apex-pricetopay"]')
        return price_from_text(text_of(label), store_currency=self._store_currency)

    def _shipping_of_line(self, line: LexborNode) -> Money | None:
        stated = attribute(line, _DELIVERY_PRICE)
        price = price_from_text(stated, store_currency=self._store_currency)
        if price is not None:
            return price
        has_condition = bool(clean_text(attribute(line, _DELIVERY_CONDITION)))
        if not is_free_text(stated) or has_condition or is_for_members_text(text_of(line)):
            return None
        return Money(Decimal(0), None, clean_text(stated))

    def _cart_data(self) -> Iterator[dict[str, Any]]:
        for node in self._node.css(f"[{_CART_API}]"):
            yield json_object(attribute(node, _CART_API))


def _value_of(place: LexborNode) -> str:
    """What stands beside the label, in a column of its own or after its colon."""
    column = place.css_first(".a-col-right")
    if column is not None:
        return text_of(column)
    text = text_of(place)
    match = _AFTER_LABEL.match(text)
    return match.group(1) if match else text


def _rating_of(place: LexborNode) -> tuple[Decimal | None, int | None, Decimal | None]:
    star = place.css_first("i[class*=a-star]")
    text = text_of(place)
    count = _COUNT.search(text)
    return (
        rating_from_star_class(attribute(star, "class")) if star is not None else None,
        find_integer(count.group(1)) if count else None,
        percent_from_text(text),
    )
