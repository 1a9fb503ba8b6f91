"""The one-off price of the new featured offer, and what stands around it.

Order of trust: the picker's JSON and the cart form's hidden fields say which offer an amount
belongs to; page elements come after, each place by its id. The page as a whole is never searched:
it shows thirty prices of other things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborNode

from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Coupon, Deal, Offers, SubscribeAndSave
from spiders.pages.document import Document, attribute, is_inside_any, text_of
from spiders.pages.price_nodes import discount_between, is_struck, is_unmarked, price_of_node
from spiders.pages.trace import Sources
from spiders.parsing.list_price import list_price_kind_from_text
from spiders.parsing.money import (
    currency_from_mark,
    price_from_text,
    price_range_from_text,
)
from spiders.parsing.numbers import decimal_from_number, find_integer
from spiders.parsing.offers import coupon_from_text, percent_from_text, unit_price_per_from_text
from spiders.parsing.text import clean_text

_ELEMENT_PLACES = (
    "corePriceDisplay_desktop_feature_div", "corePrice_feature_div", "corePrice_desktop",
    "apex_desktop_newAccordionRow", "apex_offerDisplay_desktop", "apex_desktop",
    "corePriceDisplay_mobile_feature_div",
)  # fmt: skip
_TEXT_PLACES = (
    "price_inside_buybox",
    "newBuyBoxPrice",
    "buyNewSection",
    "buyNew_noncbb",
    "newOfferAccordionRow",
)
_HEADLINE_PLACES = ("corePriceDisplay_desktop_feature_div", "corePriceDisplay_mobile_feature_div")
_DIGITAL_PLACES = (
    "kindle-price",
    "rental-price",
    "buyOneClick",
    "mediaNoAccordion",
    "digital-buy-price",
)
_OLD_PLACES = (
    "priceblock_ourprice", "priceblock_dealprice", "priceblock_saleprice",
    "priceblock_businessprice", "priceblock_pospromoprice", "buyingPriceValue", "priceBlock", "actualPriceValue",
)  # fmt: skip
_SUBSCRIPTION_PLACES = (
    "snsAccordionRowMiddle",
    "subscriptionPrice",
    "sns-base-slot",
    "snsAccordionRow",
    "sns-base-price",
)
_USED_ONLY = ("usedOnlyBuybox", "usedbuyBox")
_USED_PLACES = (
    "usedAccordionRow",
    "usedOnlyBuybox",
    "usedBuySection",
    "usedbuyBox",
    "usedAccordionRow_0",
    "usedOfferAccordionRow",
)
_NEW_PLACES = ("newAccordionRow_0", "newAccordionRow", "buyNewSection", "newOfferAccordionRow")
_RENTAL_PLACES = ("rentOfferAccordionRow",)
_LIST_PLACES = (
    "corePriceDisplay_desktop_feature_div", "apex_desktop", "corePrice_desktop",
    "corePrice_feature_div", "apex_offerDisplay_desktop", "corePriceDisplay_mobile_feature_div",
)  # fmt: skip
_OLD_STRUCK = ".a-text-strike, .priceBlockStrikePriceString"
_OLD_LIST_PLACES = ("price", "buyBoxInner", "price-list", "buyNewSection", "buyNewInner")
_OLD_PRICE_TEXT = ".offer-price, .a-color-price, .header-price"
_OPTIONS = ".twister-plus-buying-options-price-data"
# Where it has stood; found there it spares a walk through the whole tree.
_OPTIONS_PLACES = ("twisterPlusWWDesktop", "twisterPlusPriceSubtotalWWDesktop_feature_div")
_LABEL_LENGTH = 160
_CART_FORM = "items[0.base][customerVisiblePrice]"
_MAP_PLACES = ("mapPriceBlock", "mapPopover", "map_feature_div", "priceblock_map")


class PriceSection:
    def __init__(
        self,
        document: Document,
        *,
        asin: str,
        store_currency: str | None,
        sources: Sources,
        warnings: list[str],
    ) -> None:
        self._document = document
        self._asin = asin
        self._store_currency = store_currency
        self._sources = sources
        self._warnings = warnings

    @cached_property
    def _found(self) -> tuple[str | None, Money | None]:
        if self._is_used_only:
            return None, None
        name, price = self._sources.first_named(
            "price",
            # Before the data, since only it knows a discount for one way to pay (Pix in Brazil);
            # never where a subscription or a used offer may be what it shows.
            ("headline", self._from_headline),
            ("buying options data", self._from_buying_options),
            ("cart form", self._from_cart_form),
            ("ebook form", self._from_ebook_form),
            ("price elements", self._from_elements),
            ("buy box text", self._from_buy_box_text),
            ("digital price", lambda: self._from_texts(*_DIGITAL_PLACES)),
            ("old price block", self._from_old_places),
            ("selected format", self._from_selected_format),
            ("attached price", self._from_attached),
        )
        if price is not None:
            self._crosscheck(price)
        return name, price

    def price(self) -> Money | None:
        return None if self._range is not None else self._found[1]

    def price_source(self) -> str | None:
        return None if self._range is not None else self._found[0]

    @cached_property
    def _is_used_only(self) -> bool:
        """Then every place shows the used offer's price, which is not the price."""
        if self._buying_options:
            return not any(_is_new(option) for option in self._buying_options)
        new = self._document.find(*_NEW_PLACES)
        return new is None and self._document.find(*_USED_ONLY) is not None

    def price_min(self) -> Money | None:
        return self._range[0] if self._range is not None else None

    def price_max(self) -> Money | None:
        return self._range[1] if self._range is not None else None

    def list_price(self) -> Money | None:
        """A struck price above the price; a struck one-off price beside a subscription is none."""
        found = self._struck[0]
        price = self._found[1]
        if found is None or (price is not None and found.amount <= price.amount):
            return None
        return found

    def list_price_kind(self) -> str | None:
        return self._struck[1] if self.list_price() is not None else None

    def discount_percent(self) -> Decimal | None:
        price, struck = self.price(), self.list_price()
        return discount_between(price, struck) if price and struck else None

    def unit_price(self) -> UnitPrice | None:
        for place in self._places(*_ELEMENT_PLACES):
            node = place.css_first(".pricePerUnit")
            inner = node.css_first(".a-price") if node is not None else None
            money = self._money(inner) if inner is not None else None
            if node is not None and money is not None:
                per = unit_price_per_from_text(text_of(node), money.raw)
                return UnitPrice(money.amount, money.currency, per, clean_text(text_of(node)))
        return None

    def subscribe_and_save(self) -> SubscribeAndSave | None:
        place = self._document.find(
            "sns-base-price", "snsAccordionRowMiddle", "snsPrice", "subscriptionPrice"
        )
        if place is None:
            return None
        node = place.css_first(".a-price")
        price = self._money(node) if node is not None else self._text_price(text_of(place))
        badge = self._document.find("snsDiscountPill", "snsDiscountBadge", "sns-discount-pill")
        return SubscribeAndSave(price, percent_from_text(text_of(badge))) if price else None

    def coupon(self) -> Coupon | None:
        """Clip coupons of this product; card promotions and bank offers are something else."""
        for name in self._document.ids_with_prefix("couponText"):
            text = _own_text(self._document.by_id[name])
            return coupon_from_text(text, store_currency=self._store_currency)
        button = self._document.find("vpcButton", "couponBadgeRegularVpc")
        return coupon_from_text(text_of(button), store_currency=self._store_currency)

    def deal(self) -> Deal | None:
        """The countdown's hidden templates stand in the same block."""
        place = self._document.find("dealBadge_feature_div", "dealBadge")
        label = place.css_first("#dealBadgeSupportingText, .dealBadgeTextColor") if place else None
        text = text_of(label)
        return Deal(text) if text else None

    def used_price(self) -> Money | None:
        for place in self._places(*_USED_PLACES):
            node = place.css_first(".a-price")
            found = self._money(node) if node is not None else self._text_price(text_of(place))
            if found is not None:
                return found
        return None

    def shipping_price(self) -> Money | None:
        """From the delivery line's attribute, whose name is the same in every language."""
        place = self._document.find("mir-layout-DELIVERY_BLOCK", "deliveryBlockMessage")
        node = place.css_first("[data-csa-c-delivery-price]") if place is not None else None
        return self._text_price(attribute(node, "data-csa-c-delivery-price")) if node else None

    def offers(self) -> Offers | None:
        place = self._document.find(
            "dynamic-aod-ingress-box", "olpLinkWidget_feature_div", "olp_feature_div", "olp-upd-new"
        )
        text = text_of(place)
        price = self._text_price(text)
        if place is None or price is None:
            return None
        in_parentheses = re.search(r"[((]\s*(\d[\d.,]*)\s*[))]", text)
        count = find_integer(in_parentheses.group(1) if in_parentheses else text)
        return _offers_by_condition(place, count, price=price)

    def note(self) -> str | None:
        if self._range is not None:
            return "range"
        if self.price() is None and self._document.find(*_MAP_PLACES) is not None:
            return "in_cart"
        return None

    # Sources of the price

    def _from_headline(self) -> Money | None:
        if self._document.find(*_SUBSCRIPTION_PLACES, *_USED_PLACES) is not None:
            return None
        for place in self._places(*_HEADLINE_PLACES):
            node = place.css_first(".priceToPay, .apexPriceToPay")
            if node is not None and (found := self._money(node)) is not None:
                return found
        return None

    def _from_buying_options(self) -> Money | None:
        for option in self._buying_options:
            if not _is_new(option) or (option.get("asin") or self._asin) != self._asin:
                continue
            shown = self._text_price(str(option.get("displayPrice") or ""))
            if shown is not None:
                return shown
        return None

    def _from_cart_form(self) -> Money | None:
        amount = self._document.find(f"{_CART_FORM}[amount]")
        value = attribute(amount, "value") if amount is not None else None
        if not value or self._is_subscription(amount):
            return None
        raw = self._document.value_of(f"{_CART_FORM}[displayString]") or value
        currency = self._document.value_of(f"{_CART_FORM}[currencyCode]")
        return Money(decimal_from_number(value, decimal_mark="."), currency, raw)

    def _from_ebook_form(self) -> Money | None:
        form = self._document.find("buyOneClick")
        value = form.css_first('input[name$="displayedPrice.value"]') if form is not None else None
        code = (
            form.css_first('input[name$="displayedPrice.currency"]') if form is not None else None
        )
        amount = attribute(value, "value") if value is not None else None
        if not amount or code is None or not re.fullmatch(r"\d+(?:\.\d+)?", amount):
            return None
        currency = currency_from_mark(attribute(code, "value") or "", store_currency=None)
        shown = self._from_texts("kindle-price")
        return Money(Decimal(amount), currency, shown.raw if shown else amount)

    def _from_elements(self) -> Money | None:
        for place in self._places(*_ELEMENT_PLACES):
            for node in place.css(".a-price"):
                if self._is_own_price(node) and (found := self._money(node)) is not None:
                    return found
        return None

    def _from_buy_box_text(self) -> Money | None:
        for place in self._places(*_TEXT_PLACES):
            label = place.css_first(_OLD_PRICE_TEXT) or place
            if not self._is_foreign(label) and (found := self._text_price(text_of(label))):
                return found
        return None

    def _from_texts(self, *ids: str) -> Money | None:
        for place in self._places(*ids):
            node = place.css_first(".a-color-price, .a-price")
            found = self._text_price(text_of(node if node is not None else place))
            if found is not None:
                return found
        return None

    def _from_old_places(self) -> Money | None:
        for place in self._places(*_OLD_PLACES):
            found = self._text_price(text_of(place))
            if found is not None:
                return found
        return None

    def _from_selected_format(self) -> Money | None:
        """Book pages: the format's own swatch, unless it shows a subscription's 0.00."""
        swatches = self._document.find("tmmSwatches", "MediaMatrix", "mediamatrix_feature_div")
        node = (
            swatches.css_first(".selected .a-color-price, .a-button-selected .slot-price")
            if swatches
            else None
        )
        found = self._text_price(text_of(node))
        return found if found is not None and found.amount else None

    def _from_attached(self) -> Money | None:
        value = self._document.value_of("attach-base-product-price")
        mark = self._document.value_of("attach-base-product-currency-symbol") or ""
        if not value or not re.fullmatch(r"\d+(?:\.\d+)?", value) or not Decimal(value):
            return None
        currency = currency_from_mark(mark, store_currency=self._store_currency)
        return Money(Decimal(value), currency, f"{mark}{value}")

    # Places

    @cached_property
    def _buying_options(self) -> list[dict[str, Any]]:
        place = self._document.find(*_OPTIONS_PLACES)
        node = place.css_first(_OPTIONS) if place is not None else None
        node = node or self._document.tree.css_first(_OPTIONS)
        try:
            data = json.loads(node.text()) if node is not None else {}
        except ValueError:
            return []
        groups = data.values() if isinstance(data, dict) else [data]
        return [
            o for group in groups if isinstance(group, list) for o in group if isinstance(o, dict)
        ]

    @cached_property
    def _range(self) -> tuple[Money, Money] | None:
        """Low and high of a variant not yet chosen."""
        for place in self._places(*_ELEMENT_PLACES, *_OLD_PLACES):
            node = place.css_first(".a-price-range")
            if node is not None and not self._is_foreign(node):
                ends = [p for n in node.css(".a-price") if (p := self._money(n)) is not None]
                if len(ends) == 2 and ends[0].amount <= ends[1].amount:
                    return ends[0], ends[1]
        for place in self._places(*_OLD_PLACES):
            found = price_range_from_text(text_of(place), store_currency=self._store_currency)
            if found is not None:
                return found
        return None

    @cached_property
    def _struck(self) -> tuple[Money | None, str | None]:
        for node in self._struck_nodes():
            found = self._money(node)
            if found is not None:
                return found, _list_price_kind(node)
        old = self._old_struck()
        found = self._text_price(text_of(old)) or self._text_price(self._digital_list_text())
        return found, _list_price_kind(old) if old is not None else "unknown"

    def _struck_nodes(self) -> Iterator[LexborNode]:
        for place in self._places(*_LIST_PLACES):
            for node in place.css('.basisPrice .a-price, .a-price[data-a-strike="true"]'):
                if not self._is_foreign(node):
                    yield node

    def _old_struck(self) -> LexborNode | None:
        found = (place.css_first(_OLD_STRUCK) for place in self._places(*_OLD_LIST_PLACES))
        return next(
            (node for node in found if node is not None), self._document.find("listPriceValue")
        )

    def _digital_list_text(self) -> str:
        return self._document.text_of("digital-list-price", "print-list-price", "listPrice")

    def _places(self, *ids: str) -> Iterator[LexborNode]:
        by_id = self._document.by_id
        return (by_id[name] for name in ids if name in by_id)

    def _is_own_price(self, node: LexborNode) -> bool:
        """Older tables put the price to pay into `.a-text-price` too, marked `apexPriceToPay`."""
        is_marked = "pricetopay" in (attribute(node, "class") or "").casefold()
        is_candidate = is_marked or is_unmarked(node)
        return is_candidate and not is_struck(node) and not self._is_foreign(node)

    def _is_foreign(self, node: LexborNode) -> bool:
        return is_inside_any(node, self._foreign_places)

    def _is_subscription(self, node: LexborNode | None) -> bool:
        places = list(self._places(*_SUBSCRIPTION_PLACES))
        return node is not None and is_inside_any(node, places)

    @cached_property
    def _foreign_places(self) -> list[LexborNode]:
        return list(self._places(*_SUBSCRIPTION_PLACES, *_USED_PLACES, *_RENTAL_PLACES))

    def _crosscheck(self, price: Money) -> None:
        """Data for machines and elements for readers should agree."""
        stated = self._from_buying_options() or self._from_cart_form()
        if stated is not None and stated.amount != price.amount:
            self._warnings.append("price_crosscheck_failed")

    def _money(self, node: LexborNode) -> Money | None:
        return price_of_node(node, store_currency=self._store_currency)

    def _text_price(self, text: str | None) -> Money | None:
        return price_from_text(text, store_currency=self._store_currency)


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


def _is_new(option: dict[str, Any]) -> bool:
    """Data of 2022 and before does not say the type: there it lists the featured offer alone."""
    return bool(option.get("buyingOptionType", "NEW") == "NEW")


def _own_text(node: LexborNode) -> str:
    """A label's own words, without the links to terms inside it."""
    return clean_text(
        " ".join(child.text() for child in node.iter(include_text=True) if child.is_text_node)
    )


def _offers_by_condition(place: LexborNode, count: int | None, *, price: Money) -> Offers | None:
    links = " ".join(attribute(a, "href") or "" for a in place.css("a")).casefold()
    is_used, is_new = "condition=used" in links, "condition=new" in links
    if is_used and not is_new:
        return Offers(None, None, count, price)
    if is_new and not is_used:
        return Offers(count, price, None, None)
    # "New & used (7) from …": the page does not say which.
    return None
