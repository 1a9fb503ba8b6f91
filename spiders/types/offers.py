"""All offers of products: who sells them, in which condition, for how much."""

from __future__ import annotations

from spiders.items.descriptions import ROW_TEXTS, texts_of
from spiders.items.formats.columns import PROVENANCE, money_columns
from spiders.items.offers import ListedOffer, OfferRow, OfferSeller
from spiders.items.problems import problems_of_row
from spiders.sites.offers import asin_of_offers_url
from spiders.types.job_type import JobType, PageType

COLUMNS = (
    "asin", "offerId", "page", "position", "isFeatured", "condition", "conditionText", "conditionNote",
    *money_columns("price"), *money_columns("listPrice"), *money_columns("shippingPrice"), "delivery",
    "seller.id", "seller.name", "seller.isAmazon", "seller.rating", "seller.ratingsCount",
    "seller.positivePercent", "shipsFrom", "isPrime", "maxQuantity", "url", *PROVENANCE,
)  # fmt: skip

_TEXTS = {
    "offerId": "Amazon's id of the offer, as its cart takes it",
    "page": "The page of offers, from 1",
    "position": "The place among all offers of the product, from 1; the featured offer is the first",
    "isFeatured": "Whether it is the featured offer, which stands there once",
    "condition": "`new`, `used_like_new`, `used_very_good`, `used_good`, `used_acceptable`, `used`, `renewed`, `collectible`; `null` for words that we do not know",
    "conditionText": "The words that `condition` was read from",
    "conditionNote": "What the seller says of a used article",
    "price": "What one pays for one piece, without shipping",
    "shippingPrice": "What standard delivery costs; 0 only where it is free for everyone",
    "seller": "Who sells it",
    "shipsFrom": "Who sends it, as shown",
    "maxQuantity": "The largest number that can be chosen",
}


def _place_of(row: OfferRow) -> tuple[int | None, int | None]:
    return row.page, row.position


def _problems_of(row: OfferRow) -> list[str]:
    has_place = bool(row.page and row.position)
    return [*problems_of_row(row), *([] if has_place else ["it has no place"])]


OFFERS = JobType(
    name="offers",
    spider="amazon_offers",
    targets_argument="targets",
    crawlers_variable="OFFERS_CRAWLERS",
    starts_on_demand=True,
    stays_in_stores=True,
    item=OfferRow,
    columns=COLUMNS,
    place_of=_place_of,
    problems_of=_problems_of,
    texts={
        OfferRow: {**texts_of(OfferRow, ROW_TEXTS), **_TEXTS},
        ListedOffer: texts_of(ListedOffer, {**ROW_TEXTS, **_TEXTS}),
        OfferSeller: {
            "id": "Amazon's id of the seller",
            "name": "the name as shown",
            "isAmazon": "whether it is Amazon itself",
            "rating": "the stars as drawn, in halves",
            "ratingsCount": "how many ratings there are",
            "positivePercent": "the share of positive ratings",
        },
    },
    page=PageType(
        kind="offers",
        module="spiders.pages.offers.offers",
        is_at=lambda url: asin_of_offers_url(url) is not None,
        counted_fields=frozenset({"page", "position"}),
        title="Offers of products",
    ),
)
