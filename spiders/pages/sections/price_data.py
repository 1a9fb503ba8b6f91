"""Prices that product pages state for machines."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cached_property
from typing import Any

from spiders.items.money import Money
from spiders.pages.document import Document, attribute
from spiders.pages.sections.price_places import PricePlaces
from spiders.parsing.prices.money import currency_from_mark

_OPTIONS = ".twister-plus-buying-options-price-data"
# Where it has stood; found there it spares a walk through the whole tree.
_OPTIONS_PLACES = ("twisterPlusWWDesktop", "twisterPlusPriceSubtotalWWDesktop_feature_div")
_CART_FORM = "items[0.base][customerVisiblePrice]"
_PLAIN_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,8})?")


class PriceData:
    def __init__(self, places: PricePlaces, *, asin: str) -> None:
        self._document: Document = places.document
        self._places = places
        self._asin = asin

    @property
    def offers_used_only(self) -> bool:
        """The data lists offers, and none of them is new."""
        options = self._buying_options
        return bool(options) and not any(_is_new(option) for option in options)

    @property
    def lists_offers(self) -> bool:
        return bool(self._buying_options)

    def from_buying_options(self) -> Money | None:
        for option in self._buying_options:
            if not _is_new(option) or (option.get("asin") or self._asin) != self._asin:
                continue
            shown = self._places.text_price(str(option.get("displayPrice") or ""))
            if shown is not None:
                return shown
        return None

    def from_cart_form(self) -> Money | None:
        amount = self._document.find(f"{_CART_FORM}[amount]")
        value = attribute(amount, "value") if amount is not None else None
        # Where the page has no price for it, scripts leave "null", "N/A" or "-" there.
        if not value or not _PLAIN_AMOUNT.fullmatch(value) or self._places.is_subscription(amount):
            return None
        raw = self._document.value_of(f"{_CART_FORM}[displayString]") or value
        currency = self._document.value_of(f"{_CART_FORM}[currencyCode]")
        return Money(Decimal(value), currency, raw)

    def from_ebook_form(self) -> Money | None:
        form = self._document.find("buyOneClick")
        value = form.css_first('input[name$="displayedPrice.value"]') if form is not None else None
        code = (
            form.css_first('input[name$="displayedPrice.currency"]') if form is not None else None
        )
        amount = attribute(value, "value") if value is not None else None
        if not amount or code is None or not _PLAIN_AMOUNT.fullmatch(amount):
            return None
        currency = currency_from_mark(attribute(code, "value") or "", store_currency=None)
        shown = self._places.text_price(self._document.text_of("kindle-price"))
        return Money(Decimal(amount), currency, shown.raw if shown else amount)

    def from_attached(self) -> Money | None:
        value = self._document.value_of("attach-base-product-price")
        mark = self._document.value_of("attach-base-product-currency-symbol") or ""
        if not value or not _PLAIN_AMOUNT.fullmatch(value) or not Decimal(value):
            return None
        currency = currency_from_mark(mark, store_currency=self._places.store_currency)
        return Money(Decimal(value), currency, f"{mark}{value}")

    @cached_property
    def _buying_options(self) -> list[dict[str, Any]]:
        place = self._document.find(*_OPTIONS_PLACES)
        node = place.css_first(_OPTIONS) if place is not None else None
        node = node or self._document.tree.css_first(_OPTIONS)
        try:
            data = json.loads(node.text()) if node is not None else {}
        except (ValueError, RecursionError):
            return []
        groups = data.values() if isinstance(data, dict) else [data]
        return [
            o for group in groups if isinstance(group, list) for o in group if isinstance(o, dict)
        ]


def _is_new(option: dict[str, Any]) -> bool:
    """Data of 2022 and before does not say the type: there it lists the featured offer alone."""
    return bool(option.get("buyingOptionType", "NEW") == "NEW")
