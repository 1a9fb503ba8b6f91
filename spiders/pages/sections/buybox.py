"""What can be bought here and from whom.

Structure decides before words: an `#outOfStock` block, a cart button, an unqualified buy box mean
the same in every language; phrases only tell finer states apart. Colours tell nothing.
"""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.offer import Seller
from spiders.pages.document import Document, attribute, is_inside, text_of
from spiders.pages.trace import Sources
from spiders.parsing.availability import (
    availability_from_text,
    is_location_block_text,
    stock_left_from_text,
)
from spiders.parsing.sellers import (
    amazon_in_sentence,
    is_amazon_name,
    is_seller_label,
    is_shipper_label,
    seller_id_from_url,
)
from spiders.parsing.text import clean_text

_BLOCK_PLACES = (
    "outOfStock", "deliveryBlockMessage", "exports_desktop_undeliverable_buybox",
    "exports_desktop_outOfStock_buybox", "availability", "ddmDeliveryMessage",
    "addToCart_feature_div", "unqualifiedBuyBox",
)  # fmt: skip
# These hold words only where the article is refused for the place, whatever the language.
_REFUSAL_BLOCKS = ("exports_desktop_undeliverable_buybox",)
_CART_BUTTONS = (
    "add-to-cart-button", "buy-now-button", "add-to-cart-button-ubb", "submit.add-to-cart",
    "one-click-button", "oneClickBuyButton", "submit.buy-now", "bb_atc_button", "preorder-button",
)  # fmt: skip
_CART_BUTTON_QUERY = (
    'input[name="submit.add-to-cart"], input[name="submit.buy-now"], #buyNowCheckout'
)
_DIGITAL_MARKS = (
    "kindle-price", "buyOneClick", "one-click-button", "ebooksProductTitle", "digital-buy-price",
    "rental-price", "kindle_store_badge", "ebooksImgBlkFront", "tmm-ku-upsell", "rent-button",
)  # fmt: skip
_USED_ONLY = ("usedOnlyBuybox", "usedbuyBox")
_NEW_ROWS = (
    "newAccordionRow_0",
    "newAccordionRow",
    "buyNewSection",
    "buyNewInner",
    "newOfferAccordionRow",
)
_ALL_OPTIONS = (
    "unqualifiedBuyBox_feature_div",
    "unqualifiedBuyBox",
    "buybox-see-all-buying-choices",
    "buybox-see-all-buying-choices-announce",
)
_USED_ROWS = ("usedAccordionRow", "usedAccordionRow_0", "usedBuySection", "usedOfferAccordionRow")
_MESSAGE = ".offer-display-feature-text-message"
_FEATURE_NAMES = {
    "merchantInfoFeature_feature_div": "desktop-merchant-info",
    "fulfillerInfoFeature_feature_div": "desktop-fulfiller-info",
}
_ROW_NAME = "tabular-attribute-name"


class BuyboxSection:
    def __init__(self, document: Document, *, has_price: bool, sources: Sources) -> None:
        self._document = document
        self._has_price = has_price
        self._first = sources.first

    @cached_property
    def state(self) -> str:
        checks = (
            ("location_blocked", self._is_location_blocked),
            ("digital", self._is_digital),
            ("unavailable", self._is_unavailable),
            ("featured_used_only", self._is_used_only),
            ("featured", self._has_cart_button),
            ("see_all_options", self._has_only_other_offers),
            ("select_variant", self._wants_a_variant),
        )
        return next((state for state, holds in checks if holds()), "unknown")

    def availability(self) -> str:
        state = self.state
        if state in ("location_blocked", "see_all_options", "select_variant"):
            # Refused here, sold by others or not chosen: nothing is said about stock.
            return "unknown"
        said = availability_from_text(self.availability_text())
        if state == "unavailable":
            # "Temporarily out of stock" without a button takes no order.
            return said if said == "preorder" else "out_of_stock"
        if state in ("featured", "featured_used_only"):
            return self._with_cart_button(said)
        return said if said and state != "digital" else "unknown"

    @cached_property
    def _availability_text(self) -> str | None:
        return self._first(
            "availabilityText",
            ("availability of the new offer", self._text_of_new_row),
            ("availability", self._text_outside_used_row),
            ("out of stock block", lambda: self._heading_of("outOfStock")),
            ("delivery block", self._block_text),
        )

    def availability_text(self) -> str | None:
        return self._availability_text

    def stock_left(self) -> int | None:
        return stock_left_from_text(self.availability_text())

    def condition(self) -> str | None:
        if self.state == "featured_used_only":
            return "used"
        return "new" if self.state == "featured" else None

    def seller(self) -> Seller | None:
        return self._first(
            "seller",
            ("merchant feature", self._seller_from_feature),
            ("buy box table", self._seller_from_table),
            ("seller link", self._seller_from_link),
            ("merchant sentence", self._seller_from_sentence),
            ("short form", self._seller_from_short_form),
        )

    def ships_from(self) -> str | None:
        return self._first(
            "shipsFrom",
            ("fulfiller feature", self._shipper_from_feature),
            ("buy box table", lambda: self._table_text(is_shipper=True)),
            # One line "Shipper / Seller" names both.
            (
                "merchant feature",
                lambda: text_of(self._feature("merchantInfoFeature_feature_div")) or None,
            ),
            ("merchant sentence", self._shipper_from_sentence),
        )

    def is_prime(self) -> bool | None:
        badging = self._document.find("priceBadging_feature_div")
        if badging is not None and badging.css_first('i[class*="prime"]') is not None:
            return True
        place = self._document.find("desktop_buybox", "buybox", "rightCol")
        icon = place.css_first("i.a-icon-prime") if place is not None else None
        return None if icon is None else True

    def delivery(self) -> list[str] | None:
        place = self._document.find(
            "mir-layout-DELIVERY_BLOCK", "deliveryBlockMessage", "ddmDeliveryMessage"
        )
        if place is None:
            return None
        slots = [text_of(slot) for slot in place.css('[id^="mir-layout-DELIVERY_BLOCK-slot"]')]
        texts = [text for text in slots if text]
        return list(dict.fromkeys(texts)) or ([text_of(place)] if text_of(place) else [])

    # What the buy box is

    def _is_location_blocked(self) -> bool:
        if self._block_text() is not None:
            return True
        refusal = self._document.find(*_REFUSAL_BLOCKS)
        return refusal is not None and bool(text_of(refusal)) and not self._has_cart_button()

    def _is_digital(self) -> bool:
        marks = self._document.find(*_DIGITAL_MARKS)
        return marks is not None and self._document.find("add-to-cart-button") is None

    def _is_unavailable(self) -> bool:
        if self._document.find("outOfStock") is not None:
            return not self._has_cart_button()
        said = availability_from_text(self.availability_text())
        return said in ("out_of_stock", "unavailable") and not self._has_cart_button()

    def _is_used_only(self) -> bool:
        if self._document.find(*_NEW_ROWS) is not None:
            return False
        used = self._document.find(*_USED_ONLY)
        alone = self._document.find(*_USED_ROWS) if not self._has_price else None
        return used is not None or alone is not None

    def _has_cart_button(self) -> bool:
        if self._document.find(*_CART_BUTTONS) is not None:
            return True
        return self._document.tree.css_first(_CART_BUTTON_QUERY) is not None

    def _has_only_other_offers(self) -> bool:
        return self._document.find(*_ALL_OPTIONS) is not None

    def _wants_a_variant(self) -> bool:
        return self._document.find("partialStateBuybox", "partialState_feature_div") is not None

    def _with_cart_button(self, said: str | None) -> str:
        """What has a button can be ordered, even where the words sound negative."""
        return "backorder" if said == "out_of_stock" else said or "in_stock"

    # Availability

    def _block_text(self) -> str | None:
        for name in _BLOCK_PLACES:
            node = self._document.by_id.get(name)
            text = text_of(node) if node is not None else ""
            if text and is_location_block_text(text):
                return self._sentence_of_block(node, text)
        return None

    def _sentence_of_block(self, node: LexborNode | None, text: str) -> str:
        for inner in node.css(".a-color-error, .a-color-price, span, div") if node else []:
            if inner.css_first("span, div") is None and is_location_block_text(text_of(inner)):
                return text_of(inner)
        return text

    @cached_property
    def _new_row(self) -> LexborNode | None:
        return self._document.find(*_NEW_ROWS)

    def _text_of_new_row(self) -> str | None:
        row = self._new_row
        node = row.css_first("#availability") if row is not None else None
        return _message(node)

    def _text_outside_used_row(self) -> str | None:
        used = self._document.find(*_USED_ROWS)
        for node in self._document.all_by_id("availability"):
            if (used is None or not is_inside(node, used)) and (text := _message(node)):
                return text
        return None

    def _heading_of(self, name: str) -> str | None:
        node = self._document.find(name)
        heading = node.css_first(".a-color-price, .a-text-bold") if node is not None else None
        return text_of(heading if heading is not None else node) or None

    # Seller

    def _feature(self, name: str) -> LexborNode | None:
        """The feature's text in the new offer; accordions repeat it for the used one."""
        row = self._new_row
        place = row.css_first(f"#{name}") if row is not None else None
        place = place or self._document.find(name) or self._named_feature(name)
        return place.css_first(_MESSAGE) if place is not None else None

    def _named_feature(self, name: str) -> LexborNode | None:
        """Under the attribute that stays where the feature's own element has another id."""
        place = self._new_row or self._document.find("desktop_buybox", "rightCol")
        query = f'.offer-display-feature-text[offer-display-feature-name="{_FEATURE_NAMES[name]}"]'
        return place.css_first(query) if place is not None else None

    def _seller_from_feature(self) -> Seller | None:
        return _seller(self._feature("merchantInfoFeature_feature_div"))

    def _seller_from_table(self) -> Seller | None:
        return _seller(self._table_cell(is_shipper=False))

    def _seller_from_link(self) -> Seller | None:
        link = self._document.find("sellerProfileTriggerId")
        used = self._document.find(*_USED_ROWS)
        if link is None or (used is not None and is_inside(link, used)):
            return None
        return _seller(link)

    def _seller_from_sentence(self) -> Seller | None:
        text = self._merchant_sentence
        link = self._document.find("merchant-info")
        linked = _seller(link.css_first('a[href*="seller="]')) if link is not None else None
        if linked is not None:
            return linked
        name = amazon_in_sentence(text) if text else None
        return Seller(None, name, True) if name else None

    def _seller_from_short_form(self) -> Seller | None:
        place = self._document.find("sfsb_accordion_head", "shipFromSoldByAbbreviated_feature_div")
        rows = place.css(".a-row") if place is not None else []
        for row in rows:
            label, _, name = text_of(row).partition(":")
            if name and is_seller_label(label):
                return Seller(None, clean_text(name), is_amazon_name(name))
        return None

    def _shipper_from_feature(self) -> str | None:
        return text_of(self._feature("fulfillerInfoFeature_feature_div")) or None

    def _shipper_from_sentence(self) -> str | None:
        return amazon_in_sentence(self._merchant_sentence) if self._merchant_sentence else None

    @property
    def _merchant_sentence(self) -> str:
        """Only of a buyable offer: elsewhere the same id holds a line about something else."""
        return self._document.text_of("merchant-info") if self.state == "featured" else ""

    def _table_text(self, *, is_shipper: bool) -> str | None:
        return text_of(self._table_cell(is_shipper=is_shipper)) or None

    def _table_cell(self, *, is_shipper: bool) -> LexborNode | None:
        """By the label's word; where no word is known, shippers stand first and sellers second."""
        table = self._document.find("tabular-buybox")
        cells = table.css(f"div.tabular-buybox-text[{_ROW_NAME}]") if table is not None else []
        wanted = is_shipper_label if is_shipper else is_seller_label
        named = [c for c in cells if wanted(attribute(c, _ROW_NAME) or "")]
        if named:
            return named[0]
        return cells[0 if is_shipper else 1] if len(cells) >= 2 else None


def _message(node: LexborNode | None) -> str | None:
    """The first line with words: the block also holds explanations and scripts."""
    if node is None:
        return None
    primary = node.css_first(".primary-availability-message, .a-size-medium, span")
    return text_of(primary) or text_of(node) or None


def _seller(node: LexborNode | None) -> Seller | None:
    name = text_of(node)
    if node is None or not name:
        return None
    link = node if node.tag == "a" else node.css_first("a[href]")
    seller_id = seller_id_from_url(attribute(link, "href")) if link is not None else None
    # Third parties have a profile link, Amazon has none.
    return Seller(seller_id, name, is_amazon_name(name))
