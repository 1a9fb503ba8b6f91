"""What is stuck on a card: badges, deal, Prime, the swatches of its variants."""

from __future__ import annotations

import json
import re

from selectolax.lexbor import LexborNode

from spiders.items.offer import Badge, Deal
from spiders.items.variation import VariantShown
from spiders.pages.document import attribute, has_class, leaf_text, text_of
from spiders.parsing.text import clean_text, text_or_none
from spiders.urls import asin_from_path

_COMPONENT = "s-status-badge-component"
_KIND_IN_ID = re.compile(r"-(best-seller|amazons-choice)$")


class CardBadges:
    __slots__ = ("_card",)

    def __init__(self, card: LexborNode) -> None:
        self._card = card

    def badges(self) -> list[Badge]:
        """The texts of one badge stand in several elements: "Amazon's" and "Choice"."""
        holders = _badge_holders(self._card.css(".a-badge-text"))
        components = [h for h in holders if attribute(h, "data-component-type") == _COMPONENT]
        if components:
            return [badge for node in components if (badge := _badge(node)) is not None]
        labels = self._card.css(".rio-badge-label")
        found = [*map(_capsule_badge, labels), *map(_badge, holders)]
        return [badge for badge in found if badge is not None]

    def deal(self) -> Deal | None:
        if self._card.css_first('[data-csa-c-item-id*="amzn1.deal."]') is None:
            return None
        badge = self._card.css_first('[data-a-badge-color*="deal"]')
        return Deal(text_or_none(leaf_text(badge)))

    def is_prime(self) -> bool | None:
        """Never False: stores show no badge to visitors from elsewhere, Prime or not."""
        return True if self._card.css_first("i.a-icon-prime") is not None else None

    def variants_shown(self) -> list[VariantShown]:
        found = []
        for node in self._card.css("[data-csa-c-swatch-url]"):
            asin = asin_from_path(attribute(node, "data-csa-c-swatch-url") or "")
            if asin:
                selected = attribute(node, "data-csa-c-swatch-is-selected")
                label = attribute(node, "aria-label") or _inner_label(node)
                is_selected = None if selected is None else selected == "true"
                found.append(VariantShown(asin, text_or_none(label), is_selected))
        return found


def _badge_holders(texts: list[LexborNode]) -> list[LexborNode]:
    """The component around each badge text or, on older cards, the badge itself; each once."""
    found = {holder.mem_id: holder for text in texts if (holder := _holder(text)) is not None}
    return list(found.values())


def _holder(text: LexborNode) -> LexborNode | None:
    badge, node = None, text.parent
    while node is not None and not attribute(node, "data-asin"):
        if attribute(node, "data-component-type") == _COMPONENT:
            return node
        if badge is None and has_class(node, "a-badge"):
            badge = node
        node = node.parent
    return badge


def _badge(holder: LexborNode) -> Badge | None:
    text = clean_text(" ".join(text_of(part) for part in holder.css(".a-badge-text")))
    return Badge(_type_in_props(holder) or _type_in_id(holder), text) if text else None


def _capsule_badge(label: LexborNode) -> Badge | None:
    node: LexborNode | None = label
    while node is not None and not has_class(node, "rio-badge-component"):
        node = node.parent
    text = leaf_text(label)
    kind = (node.id or "").casefold().replace("_", "-") if node is not None else ""
    return Badge(kind or None, text) if text else None


def _type_in_props(node: LexborNode) -> str | None:
    try:
        props = json.loads(attribute(node, "data-component-props") or "")
    except ValueError:
        return None
    kind = props.get("badgeType") if isinstance(props, dict) else None
    return kind if isinstance(kind, str) else None


def _type_in_id(node: LexborNode) -> str | None:
    match = _KIND_IN_ID.search(node.id or "")
    return match.group(1) if match else None


def _inner_label(node: LexborNode) -> str | None:
    inner = node.css_first("[aria-label]")
    return attribute(inner, "aria-label") if inner is not None else None
