"""Marks that may stand anywhere on a card, found for all cards of a page at once.

Most cards carry none of them. Asked card by card, each would cost every card a walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from selectolax.lexbor import LexborNode


class Mark(StrEnum):
    """The value is the mark's query."""

    BADGE_TEXT = ".a-badge-text"
    CAPSULE_BADGE = ".rio-badge-label"
    DEAL_ITEM = '[data-csa-c-item-id*="amzn1.deal."]'
    PRIME = "i.a-icon-prime"
    STOCK = ".a-size-base.a-color-price"
    SWATCH = "[data-csa-c-swatch-url]"


class PageMarks:
    def __init__(self, cards: Sequence[LexborNode]) -> None:
        self._found: dict[tuple[int, Mark], list[LexborNode]] = {}
        wanted = {card.mem_id for card in cards}
        for slot in _slots(cards):
            for mark in Mark:
                for node in slot.css(mark.value):
                    card = _holder(node, wanted)
                    self._found.setdefault((card, mark), []).append(node)

    def on(self, card: LexborNode, mark: Mark) -> list[LexborNode]:
        """In the order of the page."""
        return self._found.get((card.mem_id, mark), [])


def _slots(cards: Sequence[LexborNode]) -> list[LexborNode]:
    """What the cards stand in: one slot on today's pages, a list or two on older ones."""
    parents = [parent for card in cards if (parent := card.parent) is not None]
    return list({parent.mem_id: parent for parent in parents}.values())


def _holder(node: LexborNode, wanted: set[int]) -> int:
    """The card's identity; 0 for a node of a widget between the cards."""
    current: LexborNode | None = node
    while current is not None:
        if current.mem_id in wanted:
            return current.mem_id
        current = current.parent
    return 0
