"""Products by ASIN or address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spiders.items.descriptions import ROW_TEXTS
from spiders.items.formats.columns import (
    PROVENANCE,
    coupon_columns,
    money_columns,
    unit_price_columns,
)
from spiders.items.problems import problems_of_row
from spiders.items.product import Product
from spiders.sites.urls import is_product_address
from spiders.types.job_type import JobType, PageType

COLUMNS = (
    "asin", "requestedAsin", "asinRedirected", "parentAsin", "url", "gtins", "modelNumber", "mpn",
    "title", "brand", "brandUrl", "manufacturer", "authors", "features", "description",
    "aplusText", "hasBrandStory", "breadcrumbs", "bestSellerRanks",
    *money_columns("price"), *money_columns("priceMin"), *money_columns("priceMax"), *money_columns("listPrice"),
    "listPriceKind", "discountPercent", *unit_price_columns(), *money_columns("subscribeAndSave.price"),
    "subscribeAndSave.percent", *coupon_columns(), "deal.label", "deal.endsAt", *money_columns("usedPrice"),
    *money_columns("shippingPrice"), "priceNote", "priceSource", "buyboxState", "availability",
    "availabilityText", "stockLeft", "condition", "seller.id", "seller.name", "seller.isAmazon",
    "shipsFrom", "isPrime", "offers.count", *money_columns("offers.from"), "offers.newCount", *money_columns("offers.newFrom"), "offers.usedCount",
    *money_columns("offers.usedFrom"), "allOffers", "delivery", "rating", "ratingsCount", "ratingHistogram",
    "boughtPastMonth", "badges", "mainImage", "images", "videos", "variationDimensions",
    "variants", "variantsTotal", "selectedVariation", "attributes", "weight", "dimensions",
    "dateFirstAvailable.raw", "dateFirstAvailable.date", "countryOfOrigin", *PROVENANCE,
)  # fmt: skip

_TEXTS = {
    "requestedAsin": "The number that was asked for",
    "asinRedirected": "Whether Amazon showed another product of the same family",
    "parentAsin": "The number of the family; `null` on the family's own page and for a product without one",
    "gtins": "Trade numbers: EAN, UPC, ISBN, GTIN",
    "modelNumber": "The model number from the details",
    "mpn": "The maker's part number from the details",
    "brandUrl": "The link behind the brand's line",
    "manufacturer": "The maker from the details",
    "authors": "Authors and illustrators, without editors, translators and narrators",
    "features": "The bullets beside the pictures",
    "description": "The description's text",
    "aplusText": "The text of the maker's own content (A+)",
    "hasBrandStory": "Whether the page has a brand story",
    "breadcrumbs": "The path of categories, outermost first",
    "bestSellerRanks": "Best-seller ranks",
    "priceMin": "The low end of a range, where a variant is still to be chosen",
    "priceMax": "The high end of that range",
    "subscribeAndSave": "What a subscription costs",
    "usedPrice": "The price of the used offer in the buy box; never in `price`",
    "shippingPrice": "What standard delivery costs, without import fees; 0 only where it is free for everyone",
    "priceSource": "The place of the page that `price` was read from; a change of it is no change of the price",
    "buyboxState": "What can be bought: `featured`, `featured_used_only`, `select_variant` (a variant is still to be chosen), "
    "`see_all_options` (no featured offer), `location_blocked` (not sent to the place), `unavailable`, `digital`, `unknown`",
    "availability": "`in_stock`, `limited` (few left), `backorder` (ordered now, sent later), `preorder`, `out_of_stock` (for a time), "
    "`unavailable` (nobody knows until when), `unknown` (the page does not say)",
    "availabilityText": "The words that `availability` was read from",
    "stockLeft": "The number in \"only 3 left\"",
    "condition": "`new` or `used`, of the featured offer",
    "seller": "Who sells the featured offer",
    "shipsFrom": "Who sends it, as shown",
    "offers": "What the page says of all offers of the product, the featured one included",
    "allOffers": "All offers of the product, where the job's `include` asks for `offers`, the featured one first; `null` otherwise, and where the list cannot be read: a warning `offers_failed:<code>` says why",
    "ratingHistogram": "The share of each number of stars, as fractions of one",
    "mainImage": "The picture first shown, in full size",
    "images": "The gallery's pictures",
    "videos": "The gallery's videos",
    "variationDimensions": "By what the family's members differ",
    "variants": "The family's members",
    "variantsTotal": "How many members the family has",
    "selectedVariation": "The chosen values, by Amazon's own names of the dimensions; one still to be chosen is left out",
    "attributes": "All lines of the details, verbatim, in the page's language",
    "weight": "The weight from the details, as shown",
    "dimensions": "The measures from the details, as shown",
    "dateFirstAvailable": "Since when the product has been offered",
    "countryOfOrigin": "Where it is made, as shown",
}  # fmt: skip
_SCORED_AS = {
    "itemModelNumber": "modelNumber", "sellerName": "seller", "sellerIsAmazon": "seller",
    "mainImageId": "mainImage", "featuredImageShown": "mainImage", "imagesCount": "images",
    "featuresCount": "features", "featuresFirst": "features", "hasDescription": "description",
    "variantsCount": "variantsTotal", "newCount": "offers", "newFrom": "offers", "usedCount": "offers",
    "usedFrom": "offers", "offersCount": "offers", "offersFrom": "offers", "offersAny": "offers",
    "subscribePrice": "subscribeAndSave", "histogram": "ratingHistogram", "videosCount": "videos",
    "dateFirstAvailableText": "dateFirstAvailable", "couponText": "coupon", "dealText": "deal",
    "badgeTexts": "badges", "priceAndNote": "priceNote", "deliveryFirst": "delivery",
    "bestSellerRanksNullOrEmpty": "bestSellerRanks", "attributesNullOrEmpty": "attributes",
    "variantsNullOrEmpty": "variants", "videosNullOrEmpty": "videos",
}  # fmt: skip

# Of one product, read as targets of the same job.
MAX_VARIANTS = 100
_VARIANT_WORDS: Mapping[str, bool] = {
    "": False,
    "false": False,
    "no": False,
    "true": True,
    "yes": True,
}


def variants_from_asked(asked: bool | int | str | None) -> int:
    """How many variants of a product to read, as a job's setting or an argument asks: `true` for all.
    Raises ValueError."""
    if isinstance(asked, str):
        asked = _VARIANT_WORDS.get(asked.strip().lower(), asked)
    number = MAX_VARIANTS if asked is True else int(asked or 0)
    if not 0 <= number <= MAX_VARIANTS:
        raise ValueError(f"it must be true, or a number of variants up to {MAX_VARIANTS}")
    return number


# What may be read beside a product's own page.
OFFERS = "offers"
INCLUDED = (OFFERS,)
# Of one product, where nothing else is asked for.
MAX_INCLUDED_OFFERS = 100


def included_from_asked(asked: Sequence[str] | str | None) -> tuple[str, ...]:
    """As a job's setting or an argument names them; raises ValueError."""
    names = asked.split(",") if isinstance(asked, str) else asked or ()
    found = tuple(dict.fromkeys(name for one in names if (name := one.strip())))
    for name in found:
        if name not in INCLUDED:
            raise ValueError(f"it holds {name!r}; there is {', '.join(INCLUDED)}")
    return found


DETAILS = JobType(
    name="details",
    spider="amazon_detail",
    targets_argument="targets",
    crawlers_variable="DETAIL_CRAWLERS",
    stays_in_stores=True,
    item=Product,
    columns=COLUMNS,
    problems_of=problems_of_row,
    texts={Product: {**ROW_TEXTS, **_TEXTS}},
    page=PageType(
        kind="detail",
        module="spiders.pages.product",
        is_at=is_product_address,
        title="Products",
        asked_fields=frozenset({"requestedAsin"}),
        scored_as=_SCORED_AS,
    ),
)
