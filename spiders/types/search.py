"""Search results by keyword or address."""

from __future__ import annotations

from spiders.items.descriptions import ROW_TEXTS
from spiders.items.formats.columns import (
    PROVENANCE,
    coupon_columns,
    money_columns,
    unit_price_columns,
)
from spiders.items.problems import problems_of_row
from spiders.items.search import SearchRow
from spiders.sites.urls import is_search_address
from spiders.types.job_type import JobType, PageType

COLUMNS = (
    "asin", "title", *money_columns("price"), "rank", "keyword", "page", "position", "organicPosition",
    "sponsored", "url", "brand", "imageUrl", *money_columns("priceMax"), *money_columns("listPrice"),
    "listPriceKind", "discountPercent", *unit_price_columns(), "priceNote", "otherOffers.count",
    *money_columns("otherOffers.lowest"), *coupon_columns(), "deal.label", "deal.endsAt",
    "rating", "ratingsCount",
    "ratingsCountApprox", "boughtPastMonth", "badges", "isPrime", "delivery", "stockText",
    "variantsShown", *PROVENANCE,
)  # fmt: skip

_TEXTS = {
    "price": "The price to pay that the card shows; `null` where two compete",
    "rank": "The position over all pages that were read, from 1",
    "keyword": "The words that were searched for",
    "page": "The page of results, from 1",
    "position": "The position on its page, from 1, sponsored ones included",
    "organicPosition": "The position among those that are not sponsored; `null` on sponsored ones",
    "sponsored": "Whether the placement is paid for",
    "imageUrl": "The picture, in full size",
    "priceMax": "The high end of a range; its low end is the price",
    "otherOffers": "Offers beside the featured one",
    "ratingsCountApprox": "Whether the count is rounded (\"1.2K\")",
    "stockText": "The card's words about stock",
    "variantsShown": "Swatches of variants on the card",
}  # fmt: skip
_SCORED_AS = {
    "couponText": "coupon", "dealText": "deal", "badgeTexts": "badges", "priceAndNote": "priceNote",
    "image": "imageUrl", "otherOffersLowest": "otherOffers", "otherOffersCount": "otherOffers",
    "deliveryFirst": "delivery", "variantsShownCount": "variantsShown",
}  # fmt: skip


def _place_of(row: SearchRow) -> tuple[int | None, int | None]:
    return row.page, row.position


def _problems_of(row: SearchRow) -> list[str]:
    has_place = bool(row.page and row.position)
    return [*problems_of_row(row), *([] if has_place else ["it has no place on a page"])]


SEARCH = JobType(
    name="search",
    spider="amazon_search",
    targets_argument="keywords",
    crawlers_variable="SEARCH_CRAWLERS",
    stays_in_stores=True,
    item=SearchRow,
    columns=COLUMNS,
    place_of=_place_of,
    problems_of=_problems_of,
    texts={SearchRow: {**ROW_TEXTS, **_TEXTS}},
    page=PageType(
        kind="search",
        module="spiders.pages.searches.search",
        is_at=is_search_address,
        title="Search rows",
        asked_fields=frozenset({"keyword", "page"}),
        scored_as=_SCORED_AS,
    ),
)
