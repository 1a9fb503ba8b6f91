"""What can be bought here and from whom.

Structure decides before words: an `#outOfStock` block, a cart button, an unqualified buy box mean
the same in every language; phrases only tell finer states apart. Colours tell nothing.
"""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.pages.document import Document, is_inside, is_leaf, leaf_text, text_of
from spiders.pages.trace import Sources
from spiders.parsing.availability import (
    availability_from_text,
    is_location_block_text,
    is_out_for_a_time_text,
    stock_left_from_text,
)

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
NEW_ROWS = (
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
USED_ROWS = ("usedAccordionRow", "usedAccordionRow_0", "usedBuySection", "usedOfferAccordionRow")
_PARTIAL_STATE = ("partialStateBuybox", "partialState_feature_div", "partialStateBuyBox")
# Audiobooks, apps, songs and ebooks have buy boxes of their own.
_DIGITAL_PREFIXES = ("adbl_", "masrw-", "dmusic", "Ebooks-")
_UNSEEN = frozenset({"aok-hidden", "a-hidden", "a-button-disabled"})


class BuyboxSection:
    """`has_price`: a new offer's price is shown; `has_unchosen`: a dimension of the product's family
    is still to be chosen."""

    def __init__(
        self, document: Document, *, has_price: bool, has_unchosen: bool, sources: Sources
    ) -> None:
        self._document = document
        self._has_price = has_price
        self._has_unchosen = has_unchosen
        self._first = sources.first

    @cached_property
    def state(self) -> str:
        checks = (
            ("location_blocked", self._is_location_blocked),
            ("digital", self._is_digital),
            ("select_variant", self._asks_for_a_variant),
            ("unavailable", self._is_unavailable),
            ("featured_used_only", self._is_used_only),
            ("featured", lambda: self._has_cart_button),
            ("see_all_options", self._has_only_other_offers),
            ("select_variant", lambda: self._has_unchosen),
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
            return said if said in ("preorder", "unavailable") else "out_of_stock"
        if state in ("featured", "featured_used_only"):
            return self._with_cart_button(said)
        return said if said and state != "digital" else "unknown"

    @cached_property
    def _availability_text(self) -> str | None:
        return self._first(
            "availabilityText",
            ("availability of the new offer", self._text_of_new_row),
            ("availability", self._text_outside_used_row),
            ("delivery block", self._block_text),
            ("out of stock block", lambda: self._heading_of("outOfStock")),
        )

    def availability_text(self) -> str | None:
        return self._availability_text

    def stock_left(self) -> int | None:
        return stock_left_from_text(self.availability_text())

    def condition(self) -> str | None:
        if self.state == "featured_used_only":
            return "used"
        return "new" if self.state == "featured" else None

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
        return refusal is not None and bool(text_of(refusal)) and not self._has_cart_button

    def _is_digital(self) -> bool:
        if self._document.find("add-to-cart-button") is not None:
            return False
        has_mark = self._document.find(*_DIGITAL_MARKS) is not None
        return has_mark or any(self._document.ids_with_prefix(p) for p in _DIGITAL_PREFIXES)

    def _is_unavailable(self) -> bool:
        if self._document.find("outOfStock") is not None:
            return not self._has_cart_button
        text = self.availability_text()
        is_out = availability_from_text(text) in ("out_of_stock", "unavailable")
        return (is_out or is_out_for_a_time_text(text)) and not self._has_cart_button

    def _is_used_only(self) -> bool:
        if self._document.find(*NEW_ROWS) is not None:
            return False
        used = self._document.find(*_USED_ONLY)
        alone = self._document.find(*USED_ROWS) if not self._has_price else None
        return used is not None or alone is not None

    @cached_property
    def _has_cart_button(self) -> bool:
        """One that a reader can press: unchosen variants leave a disabled or hidden one."""
        by_id = self._document.by_id
        buttons = [by_id[name] for name in _CART_BUTTONS if name in by_id]
        if any(_can_be_pressed(button) for button in buttons):
            return True
        return any(_can_be_pressed(b) for b in self._document.tree.css(_CART_BUTTON_QUERY))

    def _has_only_other_offers(self) -> bool:
        return self._document.find(*_ALL_OPTIONS) is not None

    def _asks_for_a_variant(self) -> bool:
        """ "To buy, select Size"."""
        place = self._document.find(*_PARTIAL_STATE)
        if place is None or not _can_be_seen(place):
            return False
        return bool(text_of(place)) or not self._has_cart_button

    def _with_cart_button(self, said: str | None) -> str:
        """What has a button can be ordered, even where the words sound negative. Without words only
        a price proves that an offer came; a button alone proves nothing."""
        if said in ("out_of_stock", "unavailable"):
            return "backorder"
        is_shown = self._has_price or self.state == "featured_used_only"
        return said or ("in_stock" if is_shown else "unknown")

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
            if is_leaf(inner) and is_location_block_text(leaf_text(inner)):
                return leaf_text(inner)
        return text

    @cached_property
    def _new_row(self) -> LexborNode | None:
        return self._document.find(*NEW_ROWS)

    def _text_of_new_row(self) -> str | None:
        row = self._new_row
        node = row.css_first("#availability") if row is not None else None
        return _message(node)

    def _text_outside_used_row(self) -> str | None:
        used = self._document.find(*USED_ROWS)
        for node in self._document.all_by_id("availability"):
            if (used is None or not is_inside(node, used)) and (text := _message(node)):
                return text
        return None

    def _heading_of(self, name: str) -> str | None:
        node = self._document.find(name)
        heading = node.css_first(".a-color-price, .a-text-bold") if node is not None else None
        return text_of(heading if heading is not None else node) or None


def _message(node: LexborNode | None) -> str | None:
    """The first line with words: the block also holds explanations and scripts."""
    if node is None:
        return None
    primary = node.css_first(".primary-availability-message, .a-size-medium, span")
    return text_of(primary) or text_of(node) or None


def _can_be_pressed(button: LexborNode) -> bool:
    return "disabled" not in button.attrs and _can_be_seen(button)


def _is_without_display(style: str) -> bool:
    return "display:none" in style.replace(" ", "").casefold()


def _can_be_seen(node: LexborNode) -> bool:
    """Hidden by a class or a style of its own or of something around it."""
    current: LexborNode | None = node
    while current is not None and current.is_element_node and current.tag not in ("body", "html"):
        attributes = current.attrs
        if not _UNSEEN.isdisjoint((attributes.get("class") or "").split()):
            return False
        if (style := attributes.get("style")) and _is_without_display(style):
            return False
        current = current.parent
    return True
