"""The named areas of a search card.

A query through a whole card costs twice one through an area, so fields ask their own area. Cards
of layouts that name no areas are searched as a whole.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

_COLOUR = "a-color-price"


class CardPlaces:
    __slots__ = ("_areas", "card", "coloured", "marked")

    def __init__(self, card: LexborNode, *, marks: str) -> None:
        """In the one walk through the whole card, `coloured`: what has the colour of prices, which
        words on the stock wear as well, and `marked`: what else the selectors `marks` find.

        The first walk through a card costs more than all that follow in its areas.
        """
        self.card = card
        self.marked: list[LexborNode] = []
        self._areas: dict[str, LexborNode] = {}
        self.coloured: list[LexborNode] = []
        areas = self._areas
        for node in card.css(f"[data-cy], .{_COLOUR}, {marks}"):
            attributes = node.attrs
            name = attributes.get("data-cy")
            classes = attributes.get("class") or ""
            if _COLOUR in classes and _COLOUR in classes.split():
                self.coloured.append(node)
            if name is None:
                self.marked.append(node)
            elif name not in areas:
                areas[name] = node

    @property
    def has_areas(self) -> bool:
        """False on layouts up to 2022, whose cards name at most their title's place."""
        return "price-recipe" in self._areas or "delivery-recipe" in self._areas

    def area(self, name: str) -> LexborNode | None:
        """The first element with this `data-cy`."""
        return self._areas.get(name)

    def area_or_card(self, name: str) -> LexborNode:
        return self._areas.get(name) or self.card
