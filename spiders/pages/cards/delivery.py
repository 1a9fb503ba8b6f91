"""When a card's article comes, and how little of it is left."""

from __future__ import annotations

from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import leaf_text, text_of
from spiders.parsing.numbers import find_number

_AREA = "delivery-recipe"
# Newest first.
_MESSAGES = (
    ".udm-primary-delivery-message, .udm-secondary-delivery-message",
    "span[aria-label]",
)


class CardDelivery:
    __slots__ = ("_places",)

    def __init__(self, places: CardPlaces) -> None:
        self._places = places

    def delivery(self) -> list[str]:
        area = self._places.area(_AREA)
        if area is None:
            return []
        for query in _MESSAGES:
            if nodes := area.css(query):
                texts = [text for node in nodes if (text := text_of(node))]
                break
        else:
            texts = []
        return texts or ([whole] if (whole := text_of(area)) else [])

    def stock_text(self) -> str | None:
        """Colours tell nothing but where to look: only a text with a number says what is left."""
        for node in self._places.card.css(".a-size-base.a-color-price"):
            text = leaf_text(node)
            if text and find_number(text) is not None:
                return text
        return None
