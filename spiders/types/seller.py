"""Profiles of sellers."""

from __future__ import annotations

from spiders.items.descriptions import ROW_TEXTS, texts_of
from spiders.items.formats.columns import PROVENANCE
from spiders.items.seller import RatingSpan, SellerRatings, SellerRow
from spiders.sites.sellers import is_seller_address
from spiders.types.job_type import JobType, PageType

_SPANS = ("days30", "days90", "months12", "lifetime")
COLUMNS = (
    "sellerId", "name", "rating", "positivePercent", "ratingsCount",
    *(f"ratings.{span}.{part}" for span in _SPANS for part in ("count", "positivePercent")),
    "businessName", "country", "registrationNumber", "vat", "url", *PROVENANCE,
)  # fmt: skip

_TEXTS = {
    "sellerId": "Amazon's id of the seller",
    "name": "The name that the seller goes by",
    "rating": "The stars beside the name",
    "positivePercent": "The share of positive ratings of the last twelve months",
    "ratingsCount": "How many ratings there have ever been",
    "ratings": "How many ratings there are, and how many of them are positive, by span of time",
    "businessName": "The name of the business, where the law asks for it",
    "country": "The country of the business, as the last line of its address names it; nothing else of the address is read",
    "registrationNumber": "The number in the trade register, as shown",
    "vat": "The VAT number, as shown",
    "url": "The profile's address without tracking",
}


def _problems_of(row: SellerRow) -> list[str]:
    return [] if row.sellerId and row.name else ["it has no id or no name"]


SELLER = JobType(
    name="seller",
    spider="amazon_seller",
    targets_argument="targets",
    crawlers_variable="SELLER_CRAWLERS",
    starts_on_demand=True,
    stays_in_stores=True,
    item=SellerRow,
    columns=COLUMNS,
    problems_of=_problems_of,
    texts={
        SellerRow: {**texts_of(SellerRow, ROW_TEXTS), **_TEXTS},
        SellerRatings: {
            "days30": "of the last 30 days",
            "days90": "of the last 90 days",
            "months12": "of the last twelve months",
            "lifetime": "of all time",
        },
        RatingSpan: {"count": "how many", "positivePercent": "the share of positive ones"},
    },
    page=PageType(
        kind="seller",
        module="spiders.pages.seller",
        is_at=is_seller_address,
        title="Profiles of sellers",
    ),
)
