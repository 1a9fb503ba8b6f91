"""Why there is no price, or for whom the price holds."""

from __future__ import annotations

from spiders.pages.document import text_of
from spiders.pages.sections.price import PriceSection
from spiders.pages.sections.price_places import ELEMENT_PLACES, PricePlaces
from spiders.parsing.prices.price_words import is_in_cart_text, is_members_price_text, names_prime

_MAP_PLACES = ("mapPriceBlock", "mapPopover", "map_feature_div", "priceblock_map")
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
        if block is None or not names_prime(block.text()):
            return None
        text = self._price.block_text
        is_for_members = len(text) <= _MAX_NOTE_LENGTH and is_members_price_text(text)
        return "program" if is_for_members else None

    def _is_in_cart(self) -> bool:
        if self._places.document.find(*_MAP_PLACES) is not None:
            return True
        texts = (text_of(place) for place in self._places.all(*ELEMENT_PLACES))
        return any(is_in_cart_text(text) for text in texts if len(text) <= _MAX_NOTE_LENGTH)
