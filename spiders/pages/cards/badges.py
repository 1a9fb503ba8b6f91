"""What is stuck on a card: badges, deal, Prime, the swatches of its variants."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from spiders.items.offer import Badge, Deal
from spiders.items.variation import VariantShown
from spiders.pages.document import attribute, has_class, leaf_text, text_of
from spiders.parsing.dates import instant_from_text
from spiders.parsing.javascript import json_object
from spiders.parsing.text import clean_text, text_or_none
from spiders.sites.urls import asin_from_path

_COMPONENT = "s-status-badge-component"
_KIND_IN_ID = re.compile(r"-(best-seller|amazons-choice)$")
# Oldest first: the text in a badge, the label of a capsule, and those of badges without a link.
_TEXTS = ".a-badge-text, .rio-badge-label, .mvt-best-seller-badge, .mvt-ac-badge-rectangle"
_TEXT_CLASSES = frozenset(query.strip(" .") for query in _TEXTS.split(","))
_PRIME = "a-icon-prime"
_COUNTDOWN = "[data-target-time]"
_DEAL_ID = "amzn1.deal."
_SWATCH = "data-csa-c-swatch-url"
# One look at a class for all kinds of badge: each selector is tried at every element of a card.
BADGE_MARKS = f'[class*="badge"], i.a-icon-prime, [{_SWATCH}], [data-csa-c-item-id*="{_DEAL_ID}"]'
_DEAL_LINKS = ("/goldbox", "/deals", "/gp/deal")
# A deal's link stands at most so far above its badge.
_LINK_DEPTH = 3


@dataclass(frozen=True, slots=True)
class _Found:
    badge: Badge
    # The element around its text.
    node: LexborNode


class CardBadges:
    __slots__ = ("_found", "_has_deal", "_has_prime", "_swatches")

    def __init__(self, marked: list[LexborNode]) -> None:
        """`marked`: what `BADGE_MARKS` finds on a card, among other elements."""
        self._has_deal = self._has_prime = False
        self._swatches: list[LexborNode] = []
        texts = []
        for node in marked:
            attributes = node.attrs
            if _SWATCH in attributes:
                self._swatches.append(node)
            elif _DEAL_ID in (attributes.get("data-csa-c-item-id") or ""):
                self._has_deal = True
            elif _PRIME in (classes := (attributes.get("class") or "").split()) and node.tag == "i":
                self._has_prime = True
            elif not _TEXT_CLASSES.isdisjoint(classes):
                texts.append(node)
        self._found = _badges_of(texts)

    def badges(self) -> list[Badge]:
        return [found.badge for found in self._found]

    def deal(self) -> Deal | None:
        """The badge that is marked as a deal's, or the only badge of a card that is marked so."""
        deal = next((found for found in self._found if _is_deal(found)), None)
        if deal is None:
            if not self._has_deal:
                return None
            others = [found for found in self._found if found.badge.type is None]
            deal = others[0] if len(others) == 1 else None
        return _deal_of(deal) if deal is not None else Deal(None)

    def is_prime(self) -> bool | None:
        """Never False: stores show no badge to visitors from elsewhere, Prime or not."""
        return True if self._has_prime else None

    def variants_shown(self) -> list[VariantShown]:
        found = []
        for node in self._swatches:
            asin = asin_from_path(attribute(node, _SWATCH) or "")
            if asin:
                selected = attribute(node, "data-csa-c-swatch-is-selected")
                label = attribute(node, "aria-label") or _inner_label(node)
                is_selected = None if selected is None else selected == "true"
                found.append(VariantShown(asin, text_or_none(label), is_selected))
        return found


def _badges_of(texts: list[LexborNode]) -> list[_Found]:
    """Each once: the texts of one badge stand in several elements ("Amazon's" and "Choice")."""
    found: dict[int, _Found] = {}
    for node in texts:
        holder = _holder(node)
        if holder.mem_id not in found and (badge := _badge(node, holder)) is not None:
            found[holder.mem_id] = _Found(badge, holder)
    return list(found.values())


def _holder(text: LexborNode) -> LexborNode:
    """The component around a badge's text or, on older cards, the badge; else the text itself."""
    badge, node = None, text.parent
    while node is not None and not attribute(node, "data-asin"):
        if attribute(node, "data-component-type") == _COMPONENT:
            return node
        if badge is None and has_class(node, "a-badge"):
            badge = node
        node = node.parent
    return badge if badge is not None else text


def _badge(node: LexborNode, holder: LexborNode) -> Badge | None:
    if has_class(node, "rio-badge-label"):
        return _capsule_badge(node)
    if not has_class(node, "a-badge-text"):
        text = leaf_text(holder)
        kind = "best-seller" if has_class(node, "mvt-best-seller-badge") else "amazons-choice"
        return Badge(kind, text) if text else None
    text = clean_text(
        " ".join(text_of(part) for part in holder.css(f".a-badge-text, {_COUNTDOWN}"))
    )
    kinds = (_type_in_props(holder), _type_in_id(holder), attribute(holder, "data-a-badge-type"))
    return Badge(next((kind for kind in kinds if kind), None), text) if text else None


def _is_deal(found: _Found) -> bool:
    if found.badge.type == "deal" or (found.node.id or "").startswith("DEAL_"):
        return True
    if "deal" in (attribute(found.node, "data-a-badge-color") or ""):
        return True
    if found.node.css_first('[data-a-badge-color*="deal"]') is not None:
        return True
    node = found.node.parent
    for _ in range(_LINK_DEPTH):
        if node is None:
            return False
        if node.tag == "a":
            href = attribute(node, "href") or ""
            is_deal_item = _DEAL_ID in (attribute(node, "data-csa-c-item-id") or "")
            return is_deal_item or any(mark in href for mark in _DEAL_LINKS)
        node = node.parent
    return False


def _deal_of(found: _Found) -> Deal:
    """A countdown is no label: it says something else at every reading."""
    timer = found.node.css_first(_COUNTDOWN)
    if timer is None:
        return Deal(found.badge.text)
    return Deal(None, instant_from_text(attribute(timer, "data-target-time")))


def _capsule_badge(label: LexborNode) -> Badge | None:
    node: LexborNode | None = label
    while node is not None and not has_class(node, "rio-badge-component"):
        node = node.parent
    text = leaf_text(label)
    kind = (node.id or "").casefold().replace("_", "-") if node is not None else ""
    return Badge(kind or None, text) if text else None


def _type_in_props(node: LexborNode) -> str | None:
    kind = json_object(attribute(node, "data-component-props")).get("badgeType")
    return kind if isinstance(kind, str) else None


def _type_in_id(node: LexborNode) -> str | None:
    match = _KIND_IN_ID.search(node.id or "")
    return match.group(1) if match else None


def _inner_label(node: LexborNode) -> str | None:
    inner = node.css_first("[aria-label]")
    return attribute(inner, "aria-label") if inner is not None else None
