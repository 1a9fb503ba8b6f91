"""One card of a list of best sellers or its kin. Every query is made on the card's own node.

Cards of 2013 to 2021 name their parts otherwise; what they hold is the same.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.bestsellers import OffersFrom
from spiders.items.money import Money
from spiders.pages.document import attribute, has_class, leaf_text
from spiders.parsing.addresses.images import full_size_image_url
from spiders.parsing.counts import Count, count_from_text
from spiders.parsing.numbers import find_integer, find_number, with_ascii_digits
from spiders.parsing.prices.money import RANGE_DASHES, price_from_text, price_range_from_text
from spiders.parsing.prices.offer_lines import offer_line_from_text
from spiders.parsing.prices.offers import is_program_price_text
from spiders.parsing.prices.shipping import is_free_text
from spiders.parsing.rating import is_rating_plausible, rating_from_star_class, rating_from_text
from spiders.parsing.text import clean_text, text_or_none
from spiders.sites.urls import asin_from_path

# All that a card is read from, found in one walk through it.
_PLACES = (
    '.zg-bdg-text, img, a[href*="/dp/"], [class*="line-clamp"], i[class*="a-star"], '
    '.a-size-small, .a-color-price, .a-color-secondary, [class*="p13n-sc-price"]'
)
_OLD_PLACES = (
    f'{_PLACES}, a[href*="/gp/product/"], [class*="p13n-sc-truncate"], .zg-badge-text, .zg_rankNumber, '
    ".zg-sales-movement, .zg_salesMovement, .zg-percent-change, .zg_percentChange"
)
_RANKS = ("zg-bdg-text", "zg-badge-text", "zg_rankNumber")
_MOVEMENTS = ("zg-sales-movement", "zg_salesMovement")
_CHANGES = ("zg-percent-change", "zg_percentChange")
_CLAMP = "line-clamp"
_OLD_CLAMP = "p13n-sc-truncate"
_PRICE_PIECE = "p13n-sc-price"
# Its name begins like a price's, and it holds one.
_ANIMATION = "p13n-sc-price-animation"
_RANGE_DASH = re.compile(f"[{RANGE_DASHES}]")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
# "Release date: March 3, 2027" stands where a format does; no format holds a year.
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# Between the stars and their number, in what a link says to readers of screens.
_AFTER_STARS = re.compile(r"[,،、，]\s*(?=\d[\d.,'’٬\s\u00a0\u202f]*\D*$)")


class RankedCard:
    """`asin` is empty where the card names none."""

    def __init__(
        self, node: LexborNode, *, store_currency: str | None, is_old: bool = False
    ) -> None:
        self._currency = store_currency
        self.warnings: list[str] = []
        # With the classes, which most questions are about.
        self._found: list[tuple[LexborNode, str]] = []
        self._links: list[LexborNode] = []
        self._image: LexborNode | None = None
        self._stars: LexborNode | None = None
        for found in node.css(_OLD_PLACES if is_old else _PLACES):
            self._found.append((found, found.attrs.get("class") or ""))
            tag = found.tag
            if tag == "a":
                self._links.append(found)
            elif tag == "img":
                self._image = self._image or found
            elif tag == "i":
                self._stars = self._stars or found
        self.asin = self._asin(node)

    def rank(self) -> int | None:
        badge = self._first_with(*_RANKS)
        return find_integer(with_ascii_digits(leaf_text(badge))) if badge is not None else None

    def sales_ranks(self) -> tuple[int | None, int | None]:
        """Now and before, where the card itself says so: "Sales rank: 51 (was 1,052)"."""
        line = self._first_with(*_MOVEMENTS)
        if line is None:
            return None, None
        now, _, before = with_ascii_digits(leaf_text(line)).partition("(")
        return find_integer(now), find_integer(before)

    def change(self) -> Decimal | None:
        line = self._first_with(*_CHANGES)
        return find_number(leaf_text(line)) if line is not None else None

    def title(self) -> str | None:
        """The clamped text holds it whole; the picture's text is cut or reworded on every second card."""
        for node, classes in self._found:
            if _CLAMP in classes and not _is_small(node):
                return leaf_text(node) or None
            if _OLD_CLAMP in classes:
                # A script cuts the text, and keeps it whole beside.
                return text_or_none(attribute(node, "title")) or leaf_text(node) or None
        image = self._image
        return text_or_none(attribute(image, "alt")) if image is not None else None

    def byline(self) -> str | None:
        """The author or the brand, in a small line of its own above the stars."""
        for node, classes in self._found:
            if "a-size-small" not in classes:
                continue
            names = classes.split()
            is_line = "a-link-child" in names or "a-color-base" in names
            if is_line and "a-size-small" in names and not _holds_price(node):
                return leaf_text(node) or None
        return None

    def format(self) -> str | None:
        """Media alone have it: "Hardcover", "Kindle Edition"."""
        for node, classes in self._found:
            if "a-size-small" not in classes or "a-color-secondary" not in classes:
                continue
            names = classes.split()
            if "a-size-small" in names and "a-color-secondary" in names:
                text = leaf_text(node)
                if text and not _YEAR.search(text):
                    return text
        return None

    def price(self) -> Money | None:
        """Of the card's own offer; "13 offers from $5" states none."""
        text = self._own_price_text
        if text is None:
            return None
        if self._range is not None:
            return self._range[0]
        found = price_from_text(text, store_currency=self._currency)
        if found is None and not _DIGIT.search(text) and is_free_text(text):
            # Apps: "Free Download".
            found = Money(Decimal(0), None, text)
        if found is not None and found.amount == 0 and is_program_price_text(text):
            return None
        return found

    def price_note(self) -> str | None:
        text = self._own_price_text
        if text is None:
            return "other_offers_only" if self._offers_text is not None else None
        if self._range is not None:
            return "range"
        # Most prices have no words around them.
        return "program" if _LETTERS.search(text) and is_program_price_text(text) else None

    def offers(self) -> OffersFrom | None:
        text = self._offers_text
        if text is None:
            return None
        line = offer_line_from_text(text, store_currency=self._currency, condition="all")
        return OffersFrom(line.count, line.lowest) if line is not None else None

    def rating(self) -> Decimal | None:
        stars = self._stars
        if stars is None:
            return None
        rating = rating_from_text(stars.text()) or self._rating_from_link(stars)
        half_stars = rating_from_star_class(attribute(stars, "class"))
        if rating is not None and not is_rating_plausible(rating, stars=half_stars):
            self.warnings.append("rating_crosscheck_failed")
        return rating

    def ratings_count(self) -> Count | None:
        """From its own node beside the stars, or beside the link that they are. A rounded one gives way
        to the one that the link says to readers of screens."""
        stars = self._stars
        if stars is None:
            return None
        found = _count_beside(stars) or (_count_beside(stars.parent) if stars.parent else None)
        if found is None or found.is_approximate:
            said = _AFTER_STARS.split(with_ascii_digits(_label_of(stars.parent)), maxsplit=1)
            found = (count_from_text(said[1]) if len(said) > 1 else None) or found
        return found

    def image_url(self) -> str | None:
        image = self._image
        return full_size_image_url(attribute(image, "src")) if image is not None else None

    def _asin(self, node: LexborNode) -> str:
        for link in self._links:
            if asin := asin_from_path(attribute(link, "href") or ""):
                return asin
        marked = node.css_first("[data-asin]")
        return (attribute(marked, "data-asin") or "").strip().upper() if marked is not None else ""

    @cached_property
    def _range(self) -> tuple[Money, Money] | None:
        text = self._own_price_text or ""
        if _RANGE_DASH.search(text) is None:
            return None
        return price_range_from_text(text, store_currency=self._currency)

    @cached_property
    def _own_price_text(self) -> str | None:
        coloured = self._first_with("a-color-price")
        return leaf_text(coloured) or None if coloured is not None else self._plain_price_text

    @property
    def _plain_price_text(self) -> str | None:
        """A price without the colour of prices, and with no words around it."""
        for node, classes in self._found:
            if _PRICE_PIECE in classes and _is_price_piece(classes) and not _is_in_offers(node):
                return leaf_text(node) or None
        return None

    @cached_property
    def _offers_text(self) -> str | None:
        for node, classes in self._found:
            if "a-color-secondary" in classes and _is_offers_line(node, classes):
                return leaf_text(node)
        return None

    def _first_with(self, *names: str) -> LexborNode | None:
        """The first that has one of the classes."""
        for node, classes in self._found:
            for name in names:
                if name in classes and name in classes.split():
                    return node
        return None

    @staticmethod
    def _rating_from_link(stars: LexborNode) -> Decimal | None:
        return rating_from_text(_label_of(stars.parent))


def _label_of(link: LexborNode | None) -> str:
    """What a link says to readers of screens."""
    if link is None:
        return ""
    return clean_text(attribute(link, "aria-label") or attribute(link, "title"))


def _count_beside(node: LexborNode) -> Count | None:
    beside = node.next
    while beside is not None:
        if beside.is_element_node and has_class(beside, "a-size-small"):
            return count_from_text(leaf_text(beside))
        beside = beside.next
    return None


def _holds(classes: str, name: str) -> bool:
    return name in classes and name in classes.split()


def _is_price_piece(classes: str) -> bool:
    return _PRICE_PIECE in classes and _ANIMATION not in classes


def _holds_price(node: LexborNode) -> bool:
    pieces = node.css(f'[class*="{_PRICE_PIECE}"]')
    return any(_is_price_piece(attribute(piece, "class") or "") for piece in pieces)


def _is_offers_line(node: LexborNode, classes: str) -> bool:
    if not _holds(classes, "a-color-secondary") or _holds(classes, "a-size-small"):
        return False
    return _holds_price(node) and _LETTERS.search(leaf_text(node)) is not None


def _is_in_offers(node: LexborNode) -> bool:
    around = node.parent
    for _ in range(3):
        if around is None:
            return False
        if has_class(around, "a-color-secondary"):
            return True
        around = around.parent
    return False


def _is_small(node: LexborNode) -> bool:
    """A byline's clamped text: in a small line."""
    around = node.parent
    for _ in range(2):
        if around is not None:
            if "a-size-small" in (attribute(around, "class") or "").split():
                return True
            around = around.parent
    return False
