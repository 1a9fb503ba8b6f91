"""The named areas of a search card.

A query through a whole card costs twice one through an area, so fields ask their own area. Cards
of layouts that name no areas are searched as a whole.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode


class CardPlaces:
    __slots__ = ("_areas", "card", "marked")

    def __init__(self, card: LexborNode, *, marks: str) -> None:
        """`marked`: what else the selectors `marks` find, in the one walk through the whole card.

        The first walk through a card costs more than all that follow in its areas.
        """
        self.card = card
        self.marked: list[LexborNode] = []
        self._areas: dict[str, LexborNode] = {}
        areas = self._areas
        for node in card.css(f"[data-cy], {marks}"):
            name = node.attrs.get("data-cy")
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
