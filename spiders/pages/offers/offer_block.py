"""One offer of the list of all offers. Its ids stand on the page once for each offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.items.offers import OfferSeller
from spiders.pages.document import attribute, is_inside_any, is_leaf, leaf_text, text_of
from spiders.pages.price_nodes import is_struck, is_unmarked, price_of_node
from spiders.parsing.javascript import json_object
from spiders.parsing.numbers import find_integer, with_ascii_digits
from spiders.parsing.prices.conditions import condition_from_text
from spiders.parsing.prices.money import price_from_text
from spiders.parsing.prices.offers import percent_from_text
from spiders.parsing.prices.shipping import (
    is_for_members_text,
    is_free_for_everyone_text,
    is_free_text,
)
from spiders.parsing.rating import rating_from_star_class
from spiders.parsing.sellers import is_amazon_name, is_seller_label, is_shipper_label
from spiders.parsing.text import clean_text
from spiders.sites.sellers import seller_id_from_link

# The bar that a reader who scrolls sees shows the price of the featured offer once more.
_STICKY = "aod-sticky"
_HEADING = "aod-offer-heading"
_SOLD_BY = "aod-offer-soldBy"
_SHIPS_FROM = "aod-offer-shipsFrom"
_SELLER_RATING = "aod-offer-seller-rating"
_SHIPPING = "aod-offer-shipping-price"
# What a seller says of a used article, or the box around it with its heading.
_NOTE, _NOTE_BOX = "aod-condition-note", "aod-condition-container"
_WHOLE_NOTE = "expandable-expanded-text"
_LABEL_FOR_READERS = "apex-pricetopay"
_DELIVERY_PRICE = "data-csa-c-delivery-price"
_DELIVERY_TIME = "data-csa-c-delivery-time"
_DELIVERY_CONDITION = "data-csa-c-delivery-condition"
_OLD_SHIPPING = "aod-ship-charge"
_DELIVERY_IDS = ("unified-delivery-message", "mir-layout-DELIVERY_BLOCK-slot")
_DELIVERY_CLASS = "aod-delivery-promise"
_CART_API = "data-aw-aod-cart-api"
_LISTING_IDS = ("[offerListingId]", "offerListingID")
_ASINS = ("[asin]", "asin")
_QUANTITY = "qty"
# All that an offer is read from, found in one walk through it.
_PLACES = (
    f"[id], .a-price, [{_DELIVERY_PRICE}], [{_DELIVERY_TIME}], [{_CART_API}], input[name], i, "
    f".{_WHOLE_NOTE}, .{_NOTE}, .{_OLD_SHIPPING}, .{_DELIVERY_CLASS}"
)
_MAX_QUANTITY = 999
_NUMBERS = re.compile(r"(?<![0-9])[0-9]{1,4}(?![0-9])").findall
# The name before its "(123 ratings)", which stand in another element on some pages.
_COUNT = re.compile(r"[(（]\s*([\d.,\s\u00a0\u202f'’٬٫]*\d)")
# Stands between the words "Sold by" and the name where both are one text.
_AFTER_LABEL = re.compile(r"^[^:：]{1,40}[:：]\s*(.+)$")


class OfferBlock:
    def __init__(self, node: LexborNode, *, store_currency: str | None) -> None:
        self._store_currency = store_currency
        # The first element of each id; ids of the block may be numbered.
        self._by_id: dict[str, LexborNode] = {}
        self._prices: list[LexborNode] = []
        self._delivery_lines: list[LexborNode] = []
        self._messages: list[LexborNode] = []
        self._shippings: list[LexborNode] = []
        self._notes: list[LexborNode] = []
        self._inputs: list[tuple[str, str]] = []
        self._cart_texts: list[str] = []
        self._has_prime = False
        self._sort(node)

    def _sort(self, block: LexborNode) -> None:
        sticky: list[LexborNode] = []
        for node in block.css(_PLACES):
            attributes = node.attrs
            name = attributes.get("id") or ""
            if name.startswith(_STICKY):
                sticky.append(node)
            if sticky and is_inside_any(node, sticky):
                continue
            if name:
                self._by_id.setdefault(name, node)
                if name.startswith(_DELIVERY_IDS):
                    self._messages.append(node)
            if _DELIVERY_PRICE in attributes or _DELIVERY_TIME in attributes:
                self._delivery_lines.append(node)
            if _CART_API in attributes:
                self._cart_texts.append(attributes.get(_CART_API) or "")
            if node.tag == "input":
                self._inputs.append((attributes.get("name") or "", attributes.get("value") or ""))
            if classes := attributes.get("class"):
                self._sort_by_class(node, classes)

    def _sort_by_class(self, node: LexborNode, classes: str) -> None:
        names = classes.split()
        if "a-price" in names:
            self._prices.append(node)
        elif node.tag == "i":
            self._has_prime = self._has_prime or "a-icon-prime" in classes
        elif _WHOLE_NOTE in names or _NOTE in names:
            self._notes.append(node)
        elif _OLD_SHIPPING in names:
            self._shippings.append(node)
        elif _DELIVERY_CLASS in names:
            self._messages.append(node)

    def asins(self) -> Iterator[str]:
        """The products that it says it is of."""
        for data in self._cart_data:
            if isinstance(asin := data.get("asin"), str):
                yield asin
        for name, value in self._inputs:
            if name.endswith(_ASINS[0]) or name == _ASINS[1]:
                yield value

    def is_offer(self) -> bool:
        """Not the words that there is no featured offer."""
        return self.price() is not None or self.offer_id() is not None or self.seller() is not None

    def offer_id(self) -> str | None:
        """As the store's cart takes it: some places hold it percent-encoded, once."""
        for name, text in self._inputs:
            is_listing = name.endswith(_LISTING_IDS[0]) or name == _LISTING_IDS[1]
            if is_listing and (value := clean_text(text)):
                return unquote(value)
        for data in self._cart_data:
            if isinstance(oid := data.get("oid"), str) and oid:
                return unquote(oid)
        return None

    def condition(self) -> str | None:
        return condition_from_text(self.condition_text())

    def condition_text(self) -> str | None:
        return self._condition_text

    @cached_property
    def _condition_text(self) -> str | None:
        return text_of(self._by_id.get(_HEADING)) or None

    def condition_note(self) -> str | None:
        """Whole where it is shown cut as well; in a box its heading is left out."""
        noted = [*self._notes, *self._with_prefix(_NOTE)]
        for node in noted:
            if text := text_of(node):
                return text
        box = self._by_id.get(_NOTE_BOX)
        if box is None:
            return None
        whole = box.css_first(".a-truncate-full")
        if whole is not None:
            return text_of(whole) or None
        heading = text_of(box.css_first(".a-text-bold, .a-col-left, h5"))
        return text_of(box).removeprefix(heading).strip(" :：") or None

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
        for line in self._delivery_lines:
            if _DELIVERY_PRICE in line.attrs:
                return self._shipping_of_line(line)
        text = next((text for node in self._old_shippings if (text := text_of(node))), "")
        if is_free_for_everyone_text(text):
            return Money(Decimal(0), None, text)
        return price_from_text(text, store_currency=self._store_currency)

    def delivery(self) -> list[str] | None:
        for nodes in (self._delivery_lines, self._messages, self._old_shippings):
            lines = [line for node in nodes if (line := text_of(node))]
            if lines:
                return list(dict.fromkeys(lines))
        return None

    @property
    def _old_shippings(self) -> list[LexborNode]:
        named = self._by_id.get(_SHIPPING)
        return [*([named] if named is not None else []), *self._shippings]

    def seller(self) -> OfferSeller | None:
        return self._seller

    @cached_property
    def _seller(self) -> OfferSeller | None:
        place = self._by_id.get(_SOLD_BY)
        if place is None:
            return None
        link = place.css_first('a[href*="seller="]')
        name = (text_of(link) or clean_text(attribute(link, "aria-label"))) if link else ""
        name = name or _value_of(place, is_seller_label)
        seller_id = seller_id_from_link(attribute(link, "href")) if link is not None else None
        if not name and seller_id is None:
            return None
        rating = self._by_id.get(_SELLER_RATING)
        return OfferSeller(
            seller_id,
            name or None,
            is_amazon_name(name) if name else None,
            *(_rating_of(rating) if rating is not None else ()),
        )

    def ships_from(self) -> str | None:
        place = self._by_id.get(_SHIPS_FROM)
        return (_value_of(place, is_shipper_label) or None) if place is not None else None

    def is_prime(self) -> bool | None:
        return True if self._has_prime else None

    def max_quantity(self) -> int | None:
        """The largest number that can be chosen."""
        # As one text: there are three dozen numbers for each offer. What stands inside is a part of it.
        places: list[LexborNode] = []
        for name, node in self._by_id.items():
            if _QUANTITY in name and not is_inside_any(node, places):
                places.append(node)
        text = " ".join(with_ascii_digits(node.text(separator=" ")) for node in places)
        numbers = [number for number in map(int, _NUMBERS(text)) if number <= _MAX_QUANTITY]
        return max(numbers, default=0) or None

    def _with_prefix(self, prefix: str) -> list[LexborNode]:
        return [node for name, node in self._by_id.items() if name.startswith(prefix)]

    def _price_in_label(self) -> Money | None:
        """For readers of screens, where the price itself is drawn."""
        label = next(iter(self._with_prefix(_LABEL_FOR_READERS)), None)
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

    @cached_property
    def _cart_data(self) -> list[dict[str, Any]]:
        return [json_object(text) for text in self._cart_texts]


def _value_of(place: LexborNode, is_label: Callable[[str], bool]) -> str:
    """What stands beside the label: in a column of its own, after its colon, or in the last element."""
    column = place.css_first(".a-col-right")
    if column is not None:
        return text_of(column)
    text = text_of(place)
    if match := _AFTER_LABEL.match(text):
        return match.group(1)
    label, *others = [
        t for node in place.css("span, a") if is_leaf(node) and (t := leaf_text(node))
    ] or [""]
    return " ".join(others) if others and is_label(label) else text


def _rating_of(place: LexborNode) -> tuple[Decimal | None, int | None, Decimal | None]:
    star = place.css_first("i[class*=a-star]")
    text = text_of(place)
    count = _COUNT.search(text)
    return (
        rating_from_star_class(attribute(star, "class")) if star is not None else None,
        find_integer(count.group(1)) if count else None,
        percent_from_text(text),
    )
