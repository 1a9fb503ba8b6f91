"""The one-off price of the new featured offer, and what stands around it.

Order of trust: the picker's JSON and the cart form's hidden fields say which offer an amount
belongs to; page elements come after, each place by its id. The page as a whole is never searched:
it shows thirty prices of other things.
"""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.money import Money, UnitPrice
from spiders.pages.document import attribute, text_of
from spiders.pages.price_nodes import is_struck, is_unmarked
from spiders.pages.sections.price_data import PriceData
from spiders.pages.sections.price_places import (
    ELEMENT_PLACES,
    OLD_PLACES,
    SUBSCRIPTION_PLACES,
    USED_PLACES,
    PricePlaces,
)
from spiders.pages.trace import Sources
from spiders.parsing.prices.money import price_range_from_text, prices_in_text
from spiders.parsing.prices.offers import is_program_price_text
from spiders.parsing.prices.price_words import is_instalment, is_payment_price_text
from spiders.parsing.prices.units import may_hold_unit, unit_price_per_from_text

_TEXT_PLACES = (
    "price_inside_buybox",
    "newBuyBoxPrice",
    "buyNewSection",
    "buyNew_noncbb",
    "newOfferAccordionRow",
)
_BLOCKS = (
    "corePriceDisplay_desktop_feature_div", "corePriceDisplay_mobile_feature_div",
    "corePrice_feature_div", "corePrice_desktop",
)  # fmt: skip
_HEADLINE_PLACES = ("corePriceDisplay_desktop_feature_div", "corePriceDisplay_mobile_feature_div")
_DIGITAL_PLACES = (
    "kindle-price",
    "rental-price",
    "buyOneClick",
    "mediaNoAccordion",
    "digital-buy-price",
)
_USED_ONLY = ("usedOnlyBuybox", "usedbuyBox")
_NEW_PLACES = ("newAccordionRow_0", "newAccordionRow", "buyNewSection", "newOfferAccordionRow")
_OLD_PRICE_TEXT = ".offer-price, .a-color-price, .header-price"
_ONE_PAYMENT = "oneTimePaymentPrice_feature_div"
_PROGRAM_PLACES = ("kindle-price", "buyOneClick", "mediaNoAccordion", "ebooks-buybox", "tmm-ku-upsell", "borrow-button", "digital-buy-price")  # fmt: skip
# Up to 2021 "(£1.52 / 100 g)" stands in the price's block without a mark of its own.
_UNIT_TEXT_PLACES = (
    "corePrice_feature_div", "corePrice_desktop", "priceblock_ourprice_row", "priceblock_dealprice_row",
    "priceblock_saleprice_row", "unifiedPrice_feature_div", "price",
)  # fmt: skip


class PriceSection:
    def __init__(
        self, places: PricePlaces, *, asin: str, sources: Sources, warnings: list[str]
    ) -> None:
        self._document = places.document
        self._places = places
        self._data = PriceData(places, asin=asin)
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
            ("buying options data", self._data.from_buying_options),
            ("cart form", self._data.from_cart_form),
            ("ebook form", self._data.from_ebook_form),
            ("price elements", self._from_elements),
            ("buy box text", self._from_buy_box_text),
            ("digital price", lambda: self._from_texts(*_DIGITAL_PLACES)),
            ("old price block", self._from_old_places),
            ("selected format", self._from_selected_format),
            ("attached price", self._data.from_attached),
        )
        if price is not None and not price.amount and self.is_of_a_program:
            return None, None
        if price is not None and not self.is_for_one_payment:
            self._crosscheck(price)
        return name, price

    def price(self) -> Money | None:
        return None if self._range is not None else self._found[1]

    def price_source(self) -> str | None:
        return None if self._range is not None else self._found[0]

    @cached_property
    def _is_used_only(self) -> bool:
        """Then every place shows the used offer's price, which is not the price."""
        if self._data.lists_offers:
            return self._data.offers_used_only
        new = self._document.find(*_NEW_PLACES)
        return new is None and self._document.find(*_USED_ONLY) is not None

    def price_min(self) -> Money | None:
        return self._range[0] if self._range is not None else None

    def price_max(self) -> Money | None:
        return self._range[1] if self._range is not None else None

    def found(self) -> Money | None:
        """The price, or one end of a range."""
        return self._found[1]

    def is_range(self) -> bool:
        return self._range is not None

    @cached_property
    def is_for_one_payment(self) -> bool:
        """The price shown is that of one way to pay; for machines the page states the other one."""
        if self._document.text_of(_ONE_PAYMENT):
            return True
        # Only Brazil knows such prices; elsewhere the block is not even read for it.
        is_brazil = self._places.store_currency == "BRL"
        return is_brazil and is_payment_price_text(self.block_text)

    @cached_property
    def block_text(self) -> str:
        """What stands around the headline price."""
        return text_of(self.block)

    @property
    def block(self) -> LexborNode | None:
        return self._document.find(*_BLOCKS)

    @cached_property
    def is_of_a_program(self) -> bool:
        """0.00 for subscribers, which is no price of the article."""
        texts = (text_of(place) for place in self._places.all(*_PROGRAM_PLACES))
        selected = self._selected_format
        return any(map(is_program_price_text, texts)) or is_program_price_text(text_of(selected))

    def unit_price(self) -> UnitPrice | None:
        return self._marked_unit_price() or self._unit_price_in_text()

    # Sources of the price

    def _from_headline(self) -> Money | None:
        if self._document.find(*SUBSCRIPTION_PLACES, *USED_PLACES) is not None:
            return None
        for place in self._places.all(*_HEADLINE_PLACES):
            node = place.css_first(".priceToPay, .apexPriceToPay")
            if node is not None and (found := self._places.money(node)) is not None:
                return found
        return None

    def _from_elements(self) -> Money | None:
        for place in self._places.all(*ELEMENT_PLACES):
            for node in place.css(".a-price"):
                if self._is_own_price(node) and (found := self._places.money(node)) is not None:
                    return found
        return None

    def _from_buy_box_text(self) -> Money | None:
        for place in self._places.all(*_TEXT_PLACES):
            label = place.css_first(_OLD_PRICE_TEXT) or place
            if not self._places.is_foreign(label) and (
                found := self._places.text_price(text_of(label))
            ):
                return found
        return None

    def _from_texts(self, *ids: str) -> Money | None:
        for place in self._places.all(*ids):
            node = place.css_first(".a-color-price, .a-price")
            found = self._places.text_price(text_of(node if node is not None else place))
            if found is not None:
                return found
        return None

    def _from_old_places(self) -> Money | None:
        for place in self._places.all(*OLD_PLACES):
            found = self._places.text_price(text_of(place))
            if found is not None:
                return found
        return None

    def _from_selected_format(self) -> Money | None:
        """Book pages: the format's own swatch, unless it shows a subscription's 0.00."""
        selected = self._selected_format
        node = selected.css_first(".a-color-price, .slot-price") if selected is not None else None
        found = self._places.text_price(text_of(node))
        return found if found is not None and found.amount else None

    def _marked_unit_price(self) -> UnitPrice | None:
        for place in self._places.all(*ELEMENT_PLACES):
            for node in place.css(".pricePerUnit"):
                inner = node.css_first(".a-price")
                money = (
                    self._places.money(inner)
                    if inner is not None
                    else self._places.text_price(text_of(node))
                )
                if money is not None and not self._places.is_foreign(node):
                    per = unit_price_per_from_text(text_of(node), money.raw)
                    return _unit_price(money, per)
        return None

    def _unit_price_in_text(self) -> UnitPrice | None:
        for place in self._places.all(*_UNIT_TEXT_PLACES):
            text = text_of(place) if may_hold_unit(place.text(separator=" ")) else ""
            for money in prices_in_text(text, store_currency=self._places.store_currency):
                per = unit_price_per_from_text(text, money.raw)
                if per and not is_instalment("", f"/{per}"):
                    return _unit_price(money, per)
        return None

    @cached_property
    def _selected_format(self) -> LexborNode | None:
        swatches = self._document.find("tmmSwatches", "MediaMatrix", "mediamatrix_feature_div")
        return swatches.css_first(".selected, .a-button-selected") if swatches else None

    @cached_property
    def _range(self) -> tuple[Money, Money] | None:
        """Low and high of a variant not yet chosen."""
        for place in self._places.all(*ELEMENT_PLACES, *OLD_PLACES):
            node = place.css_first(".a-price-range")
            if node is not None and not self._places.is_foreign(node):
                ends = [p for n in node.css(".a-price") if (p := self._places.money(n)) is not None]
                if len(ends) == 2 and ends[0].amount <= ends[1].amount:
                    return ends[0], ends[1]
        for place in self._places.all(*OLD_PLACES):
            found = price_range_from_text(
                text_of(place), store_currency=self._places.store_currency
            )
            if found is not None:
                return found
        return None

    def _is_own_price(self, node: LexborNode) -> bool:
        """Older tables put the price to pay into `.a-text-price` too, marked `apexPriceToPay`."""
        is_marked = "pricetopay" in (attribute(node, "class") or "").casefold()
        is_candidate = is_marked or is_unmarked(node)
        return is_candidate and not is_struck(node) and not self._places.is_foreign(node)

    def _crosscheck(self, price: Money) -> None:
        """Data for machines and elements for readers should agree."""
        stated = self._data.from_buying_options() or self._data.from_cart_form()
        if stated is not None and stated.amount != price.amount:
            self._warnings.append("price_crosscheck_failed")


def _unit_price(money: Money, per: str | None) -> UnitPrice:
    raw = f"{money.raw}/{per}" if per else money.raw
    return UnitPrice(money.amount, money.currency, per, raw)
