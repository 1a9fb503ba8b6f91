"""The places of a search card, found in one walk.

A query costs a walk through the card whatever it finds, and most fields of most cards are absent.
So the named areas and all marks that may stand anywhere are asked for in one query and told apart
afterwards; fields then search their own small area.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from selectolax.lexbor import LexborNode


class Mark(StrEnum):
    BADGE_COMPONENT = "badge component"
    CAPSULE_BADGE = "capsule badge"
    DEAL_ITEM = "deal item"
    PRIME = "prime"
    PRICE_TO_PAY = "price to pay"
    PLAIN_BADGE = "plain badge"
    SPONSORED = "sponsored"
    STOCK = "stock"
    SWATCH = "swatch"


_AREA_OR_MARK = ", ".join(
    (
        "[data-cy]",
        '[data-component-type="s-status-badge-component"]',
        ".rio-badge-component",
        ".a-badge",
        '[data-csa-c-item-id*="amzn1.deal."]',
        "i.a-icon-prime",
        "[data-csa-c-price-to-pay]",
        '[class*="sponsored-"]',
        ".a-size-base.a-color-price",
        "[data-csa-c-swatch-url]",
    )
)
_BY_CLASS = {
    "rio-badge-component": Mark.CAPSULE_BADGE,
    "a-badge": Mark.PLAIN_BADGE,
    "a-icon-prime": Mark.PRIME,
    "a-color-price": Mark.STOCK,
}


class CardPlaces:
    def __init__(self, card: LexborNode) -> None:
        self.card = card

    def area(self, name: str) -> LexborNode | None:
        """The first element with this `data-cy`."""
        return self._found[0].get(name)

    def area_or_card(self, name: str) -> LexborNode:
        return self._found[0].get(name) or self.card

    def marked(self, mark: Mark) -> list[LexborNode]:
        return self._found[1].get(mark, [])

    @cached_property
    def _found(self) -> tuple[dict[str, LexborNode], dict[Mark, list[LexborNode]]]:
        areas: dict[str, LexborNode] = {}
        marks: dict[Mark, list[LexborNode]] = {}
        for node in self.card.css(_AREA_OR_MARK):
            name = node.attrs.get("data-cy")
            if name is not None:
                areas.setdefault(name, node)
                continue
            for mark in _marks_of(node):
                marks.setdefault(mark, []).append(node)
        return areas, marks


def _marks_of(node: LexborNode) -> Iterator[Mark]:
    """One element may carry several, such as a badge that is a deal's."""
    attributes = node.attrs
    if "data-csa-c-swatch-url" in attributes:
        yield Mark.SWATCH
    if "data-csa-c-price-to-pay" in attributes:
        yield Mark.PRICE_TO_PAY
    if "amzn1.deal." in (attributes.get("data-csa-c-item-id") or ""):
        yield Mark.DEAL_ITEM
    if attributes.get("data-component-type") == "s-status-badge-component":
        yield Mark.BADGE_COMPONENT
    classes = attributes.get("class") or ""
    if "sponsored-" in classes:
        yield Mark.SPONSORED
    for name in classes.split():
        if name in _BY_CLASS:
            yield _BY_CLASS[name]
