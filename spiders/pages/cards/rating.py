"""A card's stars, count and sales of the past month."""

from __future__ import annotations

from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import attribute, leaf_text
from spiders.pages.trace import Sources
from spiders.parsing.counts import Count, bought_past_month_from_text, count_from_text
from spiders.parsing.rating import is_rating_plausible, rating_from_star_class, rating_from_text

_AREA = "reviews-block"
_STARS = 'i[class*="a-star"]'
# All that is asked of the place, found in one walk through it and told apart by their tags.
_PLACES = f"{_STARS}, a[aria-label], span.a-color-secondary"
_COUNT_COMPONENT = "alf-customer-ratings-count-component"


class CardRating:
    __slots__ = ("_card", "_first", "_lines", "_links", "_place", "_stars", "_warnings")

    def __init__(self, places: CardPlaces, *, sources: Sources, warnings: list[str]) -> None:
        self._card = places.card
        self._place = places.area_or_card(_AREA)
        self._links: list[LexborNode] = []
        self._lines: list[LexborNode] = []
        stars: list[LexborNode] = []
        lists = {"i": stars, "a": self._links, "span": self._lines}
        for node in self._place.css(_PLACES):
            lists[node.tag or ""].append(node)
        self._stars = stars[0] if stars else self._unmarked_stars()
        self._first = sources.first
        self._warnings = warnings

    def _unmarked_stars(self) -> LexborNode | None:
        """Other icons have such a text as well: "Prime"."""
        found = self._place.css_first("i .a-icon-alt")
        return found if found is not None and rating_from_text(found.text()) else None

    def rating(self) -> Decimal | None:
        stars = self._stars
        if stars is None:
            return None
        rating = rating_from_text(stars.text()) or self._rating_from_label(stars)
        half_stars = rating_from_star_class(attribute(stars, "class"))
        if rating is not None and not is_rating_plausible(rating, stars=half_stars):
            self._warnings.append("rating_crosscheck_failed")
        return rating

    def ratings_count(self) -> Count | None:
        """From the count's own node; digits of a whole block make garbage such as 445279961."""
        if self._stars is None:
            return None
        return self._first(
            "ratingsCount",
            ("count link label", self._count_from_label),
            ("older count label", self._count_from_older_label),
            ("count text", self._count_from_text),
        )

    def bought_past_month(self) -> int | None:
        for node in self._lines:
            if (count := bought_past_month_from_text(node.text())) is not None:
                return count
        return None

    def _rating_from_label(self, stars: LexborNode) -> Decimal | None:
        node: LexborNode | None = stars
        for _ in range(3):
            node = node.parent if node is not None else None
            label = attribute(node, "aria-label") if node is not None else None
            if label:
                return rating_from_text(label)
        return None

    def _count_from_label(self) -> Count | None:
        for link in self._links:
            if "customerReviews" in (attribute(link, "href") or ""):
                return count_from_text(attribute(link, "aria-label"))
        for link in self._links:
            if self._is_in_component(link):
                return count_from_text(attribute(link, "aria-label"))
        return None

    def _is_in_component(self, link: LexborNode) -> bool:
        node = link.parent
        while node is not None and node.mem_id != self._card.mem_id:
            if node.attrs.get("data-csa-c-content-id") == _COUNT_COMPONENT:
                return True
            node = node.parent
        return False

    def _count_from_older_label(self) -> Count | None:
        row = self._rating_row()
        for node in row.css("[aria-label]") if row is not None else []:
            is_star = "a-popover-trigger" in (attribute(node, "class") or "")
            if is_star or node.css_first(_STARS) is not None:
                continue
            if (count := count_from_text(attribute(node, "aria-label"))) is not None:
                return count
        return None

    def _count_from_text(self) -> Count | None:
        row = self._rating_row()
        node = row.css_first("a .a-size-base, a .a-size-mini, a.a-link-normal") if row else None
        return count_from_text(leaf_text(node)) if node is not None else None

    def _rating_row(self) -> LexborNode | None:
        node = self._stars
        while node is not None and node.mem_id != self._card.mem_id:
            if node.tag == "div":
                return node
            node = node.parent
        return None
