"""One search card. Every query is made on the card's own node: a query on the document is how
one card's rating ends up on every row."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from spiders.pages.cards.badges import CardBadges
from spiders.pages.cards.delivery import CardDelivery
from spiders.pages.cards.heading import CardHeading
from spiders.pages.cards.places import CardPlaces
from spiders.pages.cards.price import CardPrice
from spiders.pages.cards.rating import CardRating
from spiders.pages.document import attribute
from spiders.pages.trace import Sources


class Card:
    __slots__ = ("asin", "badges", "delivery", "heading", "price", "rating", "warnings")

    def __init__(
        self,
        node: LexborNode,
        *,
        store_currency: str | None,
        sources: Sources,
    ) -> None:
        places = CardPlaces(node)
        self.asin = (attribute(node, "data-asin") or "").strip().upper()
        self.warnings: list[str] = []
        self.heading = CardHeading(places, sources=sources)
        self.price = CardPrice(places, store_currency=store_currency, warnings=self.warnings)
        self.rating = CardRating(places, sources=sources, warnings=self.warnings)
        self.badges = CardBadges(node)
        self.delivery = CardDelivery(places)
