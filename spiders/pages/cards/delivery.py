"""When a card's article comes, and how little of it is left."""

from __future__ import annotations

from functools import lru_cache

from selectolax.lexbor import LexborNode

from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import attribute, leaf_text, text_of
from spiders.parsing.availability import availability_from_text
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import clean_text, words_of

_AREA = "delivery-recipe"
# Another seller's offer, with a delivery and a stock of its own.
_OTHER_OFFER = "multi-offer-display"
_MESSAGES = "div.udm-primary-delivery-message, div.udm-secondary-delivery-message"
_TEXTS = f"{_MESSAGES}, span[aria-label]"
# A labelled text with one of these inside is a rating, a count, a badge or a price.
_NO_MESSAGE = "a, i, img, h2, .a-badge, .a-badge-text, .a-price"
_INVITATION = Phrases(
    r"invitation|by invite|einladung|invitación|convite|\binvito|uitnodiging|inbjudan|zaproszeni|davetiye|davet(?:le|li)|招待|邀请|邀請|초대|دعوة|בהזמנה|निमंत्रण|आमंत्रण",
)
_STOCK_STATES = ("limited", "out_of_stock", "unavailable", "backorder")


class CardDelivery:
    __slots__ = ("_area", "_labelled", "_messages", "_places")

    def __init__(self, places: CardPlaces) -> None:
        self._places = places
        self._area = places.area(_AREA)
        place = self._area if places.has_areas else places.card
        self._labelled: list[str] = []
        self._messages: list[str] = []
        for node in place.css(_TEXTS) if place is not None else []:
            if node.tag != "span":
                if text := text_of(node):
                    self._messages.append(text)
            elif label := self._labelled_text(node):
                self._labelled.append(label)

    def delivery(self) -> list[str] | None:
        """Newer cards mark delivery's messages; on older ones they are what is labelled and says
        nothing of the stock."""
        texts = self._messages or [text for text in self._labelled if _is_delivery_text(text)]
        if texts or self._area is None:
            return texts or None
        whole = "" if self._labelled else text_of(self._area)
        return [whole] if whole and _is_delivery_text(whole) else []

    def stock_text(self) -> str | None:
        """Its words decide. The colour does not: loyalty points and prices wear it as well."""
        for text in self._labelled:
            if _is_stock_text(text):
                return text
        for node in self._places.coloured:
            text = leaf_text(node)
            if _is_stock_text(text) and not self._is_of_other_offer(node):
                return text
        return None

    def _labelled_text(self, node: LexborNode) -> str | None:
        """The label where it says what is seen; elsewhere it names what the element is."""
        label = clean_text(attribute(node, "aria-label"))
        # What it says is asked before what it holds, which takes a query.
        if not label or (self._area is None and not _says(node, label)):
            return None
        if node.css_first(_NO_MESSAGE) is not None or self._is_of_other_offer(node):
            return None
        return label if any(character.isalpha() for character in label) else None

    def _is_of_other_offer(self, node: LexborNode) -> bool:
        other = self._places.area(_OTHER_OFFER)
        current = node.parent if other is not None else None
        while current is not None and current.mem_id != self._places.card.mem_id:
            if other is not None and current.mem_id == other.mem_id:
                return True
            current = current.parent
        return False


def _says(node: LexborNode, label: str) -> bool:
    return clean_text(node.text()).replace(" ", "") == label.replace(" ", "")


# The same few sentences stand on every card of a page.
@lru_cache(maxsize=512)
def _is_stock_text(text: str) -> bool:
    return availability_from_text(text) in _STOCK_STATES


@lru_cache(maxsize=512)
def _is_delivery_text(text: str) -> bool:
    """What says whether, or to whom, an article is sold shares the place."""
    return availability_from_text(text) is None and not _INVITATION.search(words_of(text))
