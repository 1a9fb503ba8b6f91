from __future__ import annotations

from collections.abc import Container
from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.items.offer import Badge
from spiders.pages.document import Document, attribute, text_of
from spiders.pages.trace import Sources
from spiders.parsing.counts import bought_past_month_from_text, count_from_text
from spiders.parsing.prices.offers import percent_from_text
from spiders.parsing.rating import is_rating_plausible, rating_from_star_class, rating_from_text

_STARS = 5
_BADGE_PLACES = (
    ("amazons-choice", ("acBadge_feature_div",)),
    ("best-seller", ("zeitgeistBadge_feature_div", "zeitgeistBadge")),
)
# Forms of ten years; the keyword or category that a badge is for stands beside these.
_BADGE = (
    '[class*="ac-badge-rectangle"], .ac-badge-text-primary, .badge-rectangle, [class*="best-seller-badge"],'
    ' [class*="new-release-badge"], .p13n-best-seller, .a-badge-text'
)


class RatingSection:
    """Everything is read inside the product's own rating block: the first stars of a whole page
    may be a carousel's."""

    def __init__(
        self, document: Document, *, family: Container[str], sources: Sources, warnings: list[str]
    ) -> None:
        self._document = document
        self._family = family
        self._first = sources.first
        self._warnings = warnings

    def rating(self) -> Decimal | None:
        rating = self._first(
            "rating",
            ("popover title", self._from_popover_title),
            ("star text", self._from_star_text),
        )
        stars = self._star_icon
        half_stars = (
            rating_from_star_class(attribute(stars, "class")) if stars is not None else None
        )
        if rating is not None and not is_rating_plausible(rating, stars=half_stars):
            self._warnings.append("rating_crosscheck_failed")
        return rating

    def ratings_count(self) -> int | None:
        node = self._document.find("acrCustomerReviewText", "acrCustomerReviewLink")
        if node is None or self._block is None:
            return None
        # The label is exact where the text is abbreviated: "1,143 Reviews" beside "(1.1K)".
        count = count_from_text(attribute(node, "aria-label")) or count_from_text(text_of(node))
        if count is not None and count.is_approximate:
            self._warnings.append("count_approximate")
        return count.value if count else None

    def histogram(self) -> dict[str, Decimal] | None:
        """Fractions by star; the rows always run from five stars down to one."""
        for table in self._document.all_by_id("histogramTable"):
            shares = [_share_of(row) for row in table.css("tr, li")]
            known = [share for share in shares if share is not None]
            if len(known) == _STARS:
                return {str(_STARS - i): share for i, share in enumerate(known)}
        return None

    def bought_past_month(self) -> int | None:
        node = self._document.find(
            "social-proofing-faceout-title-tk_bought", "socialProofingAsinFaceout_feature_div"
        )
        return bought_past_month_from_text(text_of(node))

    def badges(self) -> list[Badge] | None:
        places = [(kind, self._document.find(*names)) for kind, names in _BADGE_PLACES]
        if all(place is None for _, place in places):
            return None
        read = [(kind, text_of(_badge_node(place))) for kind, place in places if place is not None]
        return [Badge(kind, text) for kind, text in read if text]

    @property
    def _block(self) -> LexborNode | None:
        block = self._document.find("averageCustomerReviews")
        if block is None:
            return self._document.find("acrPopover")
        stated = attribute(block, "data-asin")
        # Another product's block is no rating of ours; members of one family share theirs.
        return block if not stated or stated in self._family else None

    @property
    def _star_icon(self) -> LexborNode | None:
        block = self._block
        return block.css_first('i[class*="a-star"]') if block is not None else None

    def _from_popover_title(self) -> Decimal | None:
        popover = self._document.find("acrPopover") if self._block is not None else None
        return rating_from_text(attribute(popover, "title")) if popover is not None else None

    def _from_star_text(self) -> Decimal | None:
        stars = self._star_icon
        return rating_from_text(text_of(stars)) if stars is not None else None


def _badge_node(place: LexborNode) -> LexborNode | None:
    marked = place.css_first(_BADGE)
    if marked is not None:
        return marked
    link = place.css_first(".badge-link")
    return link.css_first("i, span") if link is not None else None


def _share_of(row: LexborNode) -> Decimal | None:
    meter = row.css_first("[aria-valuenow]")
    if meter is not None:
        percent = percent_from_text(f"{attribute(meter, 'aria-valuenow')}%")
    else:
        meter = row.css_first(".a-meter")
        percent = percent_from_text(attribute(meter, "aria-label")) if meter is not None else None
    return None if percent is None or percent > 100 else percent / 100
