"""Where product pages show prices, and which of those places speak of something else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.pages.document import Document, is_inside_any, text_of
from spiders.pages.price_nodes import price_of_node
from spiders.parsing.prices.money import price_from_text

ELEMENT_PLACES = (
    "corePriceDisplay_desktop_feature_div", "corePrice_feature_div", "corePrice_desktop",
    "apex_desktop_newAccordionRow", "apex_offerDisplay_desktop", "apex_desktop",
    "corePriceDisplay_mobile_feature_div",
)  # fmt: skip
OLD_PLACES = (
    "priceblock_ourprice", "priceblock_dealprice", "priceblock_saleprice",
    "priceblock_businessprice", "priceblock_pospromoprice", "buyingPriceValue", "priceBlock", "actualPriceValue",
)  # fmt: skip
SUBSCRIPTION_PLACES = (
    "snsAccordionRowMiddle",
    "subscriptionPrice",
    "sns-base-slot",
    "snsAccordionRow",
    "sns-base-price",
)
USED_PLACES = (
    "usedAccordionRow",
    "usedOnlyBuybox",
    "usedBuySection",
    "usedbuyBox",
    "usedAccordionRow_0",
    "usedOfferAccordionRow",
)
RENTAL_PLACES = ("rentOfferAccordionRow",)
# Rows of the price block that repeat the block for a subscription, a used offer, a rental.
_REPEATED_BLOCKS = (
    "snsDetailPagePrice", "apex_desktop_snsAccordionRowMiddle", "apex_desktop_snsAccordionRow",
    "apex_desktop_usedAccordionRow", "apex_desktop_usedAccordionRow_0",
    "apex_desktop_rentOfferAccordionRow", "sns-tiered-price",
)  # fmt: skip
# Where the price of today's layouts stands and nothing else.
_PRICE_BLOCKS = (
    "corePriceDisplay_desktop_feature_div", "corePrice_feature_div", "corePrice_desktop",
    "corePriceDisplay_mobile_feature_div", "apex_offerDisplay_desktop",
)  # fmt: skip


def has_empty_price_block(document: Document) -> bool:
    """A block for the price is there, and none of them holds a word."""
    blocks = [node for name in _PRICE_BLOCKS for node in document.all_by_id(name)]
    blocks = blocks or document.all_by_id("apex_desktop")
    return bool(blocks) and not any(text_of(node) for node in blocks)


class PricePlaces:
    """A page's places by id, and the reading of what stands there."""

    def __init__(self, document: Document, *, store_currency: str | None) -> None:
        self.document = document
        self.store_currency = store_currency

    def all(self, *ids: str) -> Iterator[LexborNode]:
        by_id = self.document.by_id
        return (by_id[name] for name in ids if name in by_id)

    def money(self, node: LexborNode) -> Money | None:
        return price_of_node(node, store_currency=self.store_currency)

    def text_price(self, text: str | None) -> Money | None:
        return price_from_text(text, store_currency=self.store_currency)

    def is_foreign(self, node: LexborNode) -> bool:
        """Part of a subscription, a used offer or a rental."""
        return is_inside_any(node, self._foreign)

    def is_subscription(self, node: LexborNode | None) -> bool:
        return node is not None and is_inside_any(node, list(self.all(*SUBSCRIPTION_PLACES)))

    @cached_property
    def _foreign(self) -> list[LexborNode]:
        return list(self.all(*SUBSCRIPTION_PLACES, *USED_PLACES, *RENTAL_PLACES, *_REPEATED_BLOCKS))
