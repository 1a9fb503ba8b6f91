"""What a card is called and whether it is an ad."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import attribute, has_class, leaf_text
from spiders.pages.trace import Sources
from spiders.parsing.addresses.images import full_size_image_url
from spiders.parsing.text import text_or_none

_AREA = "title-recipe"
_AD_LINKS = ("/sspa/", "slredirect")
# `puis-sponsored-label-text`, `s-sponsored-list-header`, …
_AD_MARK = '[class*="sponsored-"], [data-a-popover*="sp-info-popover"]'
_AD_PREFIX = re.compile(r"^[^-–]{4,30}\s[-–]\s")
# Newest first; older cards mark the picture by another class or by its link's place alone.
_IMAGES = ("img.s-image", "img.s-access-image", "img[srcset]", "a img")


class CardHeading:
    __slots__ = (
        "_brand_heading",
        "_first",
        "_heading",
        "_image",
        "_is_marked",
        "_places",
        "is_sponsored",
    )

    def __init__(self, places: CardPlaces, *, sources: Sources) -> None:
        self._places = places
        self._first = sources.first
        found = places.area_or_card(_AREA).css(f"h2, {_AD_MARK}")
        headings = _headings(places, found)
        self._is_marked = any(map(_is_ad_mark, found))
        self._heading = headings[-1] if headings else None
        self._brand_heading = headings[0] if len(headings) > 1 else None
        self._image = _image(places)
        self.is_sponsored = self._is_ad()

    def title(self) -> str | None:
        return self._first(
            "title",
            ("full title", self._title_from_data),
            ("product heading", self._title_from_heading),
            # Carries the prefix "Sponsored Ad - ", cut only where the card is an ad.
            ("heading label", self._title_from_label),
            ("image text", self._title_from_image),
        )

    def brand(self) -> str | None:
        """Some layouts give the brand a small heading of its own before the title's."""
        return leaf_text(self._brand_heading) or None

    def image_url(self) -> str | None:
        return full_size_image_url(attribute(self._image, "src")) if self._image else None

    def _is_ad(self) -> bool:
        """Structure, never words: titles hold the word "sponsored" in a dozen languages."""
        if has_class(self._places.card, "AdHolder"):
            return True
        href = self._title_href()
        return any(mark in href for mark in _AD_LINKS) or self._is_marked

    def _title_href(self) -> str:
        """The heading is inside its link on newer cards, and around it on older ones."""
        heading = self._brand_heading or self._heading
        if heading is None:
            return ""
        link = heading.parent
        if link is None or link.tag != "a":
            link = heading.css_first("a")
        return (attribute(link, "href") or "") if link is not None else ""

    def _title_from_data(self) -> str | None:
        """Cards of 2019 keep it whole here; their heading's text starts with a hidden ad mark."""
        return text_or_none(attribute(self._heading, "data-attribute")) if self._heading else None

    def _title_from_heading(self) -> str | None:
        return leaf_text(self._heading) or None

    def _title_from_label(self) -> str | None:
        label = attribute(self._heading, "aria-label") if self._heading else None
        return self._without_ad_prefix(label)

    def _title_from_image(self) -> str | None:
        return self._without_ad_prefix(attribute(self._image, "alt") if self._image else None)

    def _without_ad_prefix(self, text: str | None) -> str | None:
        cleaned = text_or_none(text)
        if cleaned is None or not self.is_sponsored:
            return cleaned
        return _AD_PREFIX.sub("", cleaned)


def _headings(places: CardPlaces, found: list[LexborNode]) -> list[LexborNode]:
    """Newer cards have a second `h2`, a certificate's, outside the title's place and in no link.

    `found`: what the title's place or else the card holds, among other elements.
    """
    headings = [node for node in found if node.tag == "h2"]
    if places.area(_AREA) is not None:
        if headings:
            return headings
        headings = places.card.css("h2")
    return [heading for heading in headings if _is_linked(heading)] or headings


def _is_ad_mark(node: LexborNode) -> bool:
    """What is no heading was found by its mark."""
    if node.tag != "h2":
        return True
    popover = attribute(node, "data-a-popover") or ""
    return "sponsored-" in (attribute(node, "class") or "") or "sp-info-popover" in popover


def _is_linked(heading: LexborNode) -> bool:
    parent = heading.parent
    return heading.css_first("a") is not None or (parent is not None and parent.tag == "a")


def _image(places: CardPlaces) -> LexborNode | None:
    place = places.area_or_card("image-container")
    found = (place.css_first(query) for query in _IMAGES)
    return next((node for node in found if node is not None), None)
