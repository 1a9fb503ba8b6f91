"""What a card says of offers other than the featured one."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.items.offer import OtherOffers
from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import has_class
from spiders.parsing.numbers import find_integer
from spiders.parsing.prices.money import prices_in_text
from spiders.parsing.text import clean_text

_AREA = "secondary-offer-recipe"
_PRICES = ".a-color-base, .a-color-price, .a-price"
# With a letter in it: "(1,213)" alone counts ratings.
_COUNT_LINK = re.compile(
    r"\s*[(\uff08](?=[^()\uff08\uff09]*[^\W\d_])[^()\uff08\uff09]*\d[^()\uff08\uff09]*[)\uff09]\s*$"
)
_IN_PARENTHESES = re.compile(r"[(\uff08]([^()\uff08\uff09]*\d[^()\uff08\uff09]*)[)\uff09]")


class OffersBeside:
    """`is_there`: other offers are listed. An empty place is on most cards."""

    __slots__ = ("_lowest", "_row", "is_there", "text")

    def __init__(self, places: CardPlaces, *, store_currency: str | None) -> None:
        self._row = _row(places)
        # Blanks between elements: "Choices" and "$15.50" stand in two, and are two words.
        self.text = clean_text(self._row.text(separator=" ")) if self._row is not None else ""
        self._lowest = next(prices_in_text(self.text, store_currency=store_currency), None)
        self.is_there = (
            self._row is not None
            and self._lowest is not None
            and self._row.css_first(_PRICES) is not None
        )

    def other_offers(self) -> OtherOffers | None:
        if not self.is_there:
            return None
        in_parentheses = _IN_PARENTHESES.search(self.text)
        count = find_integer(in_parentheses.group(1)) if in_parentheses else None
        return OtherOffers(count, self._lowest)

    def purchase_price(self) -> Money | None:
        """Beside a subscription's 0.00 the place says "or 5,99 € to buy" in place of a count."""
        return None if _IN_PARENTHESES.search(self.text) else self._lowest


def _row(places: CardPlaces) -> LexborNode | None:
    area = places.area(_AREA)
    if area is not None or places.has_areas:
        return area
    for link in places.card.css("a"):
        is_listing = "/offer-listing/" in (link.attrs.get("href") or "")
        if is_listing or _COUNT_LINK.match(link.text()):
            return _with_price(link, places)
    return None


def _with_price(link: LexborNode, places: CardPlaces) -> LexborNode | None:
    """The row around the link that counts the offers, where a price stands in it."""
    node = link.parent
    while node is not None and node.mem_id != places.card.mem_id and not has_class(node, "s-card"):
        if node.css_first(_PRICES) is not None:
            return node
        node = node.parent
    return None
