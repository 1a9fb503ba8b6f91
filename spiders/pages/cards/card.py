"""One search card. Every query is made on the card's own node: a query on the document is how
one card's rating ends up on every row."""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.pages.cards.badges import BADGE_MARKS, CardBadges
from spiders.pages.cards.delivery import CardDelivery
from spiders.pages.cards.heading import CardHeading
from spiders.pages.cards.places import CardPlaces
from spiders.pages.cards.price import CardPrice
from spiders.pages.cards.rating import CardRating
from spiders.pages.document import attribute
from spiders.pages.trace import Sources
from spiders.parsing.counts import Count


class Card:
    """Its parts are made when the first field asks: what one part trips over costs no other."""

    def __init__(
        self,
        node: LexborNode,
        *,
        store_currency: str | None,
        sources: Sources,
        warnings: list[str],
    ) -> None:
        self._node = node
        self._store_currency = store_currency
        self._sources = sources
        self._warnings = warnings
        self.asin = (attribute(node, "data-asin") or "").strip().upper()

    @cached_property
    def heading(self) -> CardHeading:
        return CardHeading(self._places, sources=self._sources)

    @cached_property
    def price(self) -> CardPrice:
        return CardPrice(
            self._places,
            asin=self.asin,
            store_currency=self._store_currency,
            warnings=self._warnings,
        )

    @cached_property
    def rating(self) -> CardRating:
        return CardRating(self._places, sources=self._sources, warnings=self._warnings)

    @cached_property
    def ratings_count(self) -> Count | None:
        return self.rating.ratings_count()

    @cached_property
    def badges(self) -> CardBadges:
        return CardBadges(self._places.marked)

    @cached_property
    def delivery(self) -> CardDelivery:
        return CardDelivery(self._places)

    @cached_property
    def _places(self) -> CardPlaces:
        return CardPlaces(self._node, marks=BADGE_MARKS)
