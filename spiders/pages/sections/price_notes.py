"""Why there is no price, or for whom the price holds."""

from __future__ import annotations

from spiders.pages.document import text_of
from spiders.pages.sections.price import PriceSection
from spiders.pages.sections.price_places import ELEMENT_PLACES, PricePlaces
from spiders.parsing.prices.price_words import (
    is_from_text,
    is_in_cart_text,
    is_members_price_text,
    may_be_from_text,
    names_prime,
)

_MAP_PLACES = ("mapPriceBlock", "mapPopover", "map_feature_div", "priceblock_map")
_OLD_LABELS = ("priceblock_ourprice_lbl", "priceblock_dealprice_lbl", "priceblock_saleprice_lbl")
_MAX_NOTE_LENGTH = 400


class PriceNoteSection:
    def __init__(self, places: PricePlaces, *, price: PriceSection, state: str) -> None:
        self._places = places
        self._price = price
        self._state = state

    def note(self) -> str | None:
        if self._price.is_range():
            return "range"
        if self._price.price() is not None:
            return self._note_on_price()
        if self._is_in_cart():
            return "in_cart"
        if self._state == "see_all_options":
            return "other_offers_only"
        may_be_program = self._state in ("digital", "unknown")
        return "program" if may_be_program and self._price.is_of_a_program else None

    def _note_on_price(self) -> str | None:
        if self._price.is_for_one_payment:
            return "payment"
        block = self._price.block
        shown = block.text() if block is not None else ""
        if names_prime(shown):
            text = self._price.block_text
            if len(text) <= _MAX_NOTE_LENGTH and is_members_price_text(text):
                return "program"
        return "from" if self._is_lowest_of_several(shown) else None

    def _is_lowest_of_several(self, shown: str) -> bool:
        """ "From: $119.99": a device that is put together, an article with options."""
        if any(is_from_text(text_of(label)) for label in self._places.all(*_OLD_LABELS)):
            return True
        price = self._price.price()
        if price is None or not may_be_from_text(shown):
            return False
        before, raw, after = self._price.block_text.partition(price.raw)
        return bool(raw) and is_from_text(before, after)

    def _is_in_cart(self) -> bool:
        if self._places.document.find(*_MAP_PLACES) is not None:
            return True
        texts = (text_of(place) for place in self._places.all(*ELEMENT_PLACES))
        return any(is_in_cart_text(text) for text in texts if len(text) <= _MAX_NOTE_LENGTH)
