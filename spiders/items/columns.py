"""The CSV columns of each job type, fixed: dotted paths into a plain row.

Nested records flatten with dots. Lists, and the two mappings whose keys the page chooses, stay one
column each; the exporter joins them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType


def _money(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{part}" for part in ("amount", "currency", "raw"))


def _coupon() -> tuple[str, ...]:
    return ("coupon.raw", "coupon.percent", *_money("coupon.amount"))


def _unit_price() -> tuple[str, ...]:
    return tuple(f"unitPrice.{part}" for part in ("amount", "currency", "per", "raw"))


PROVENANCE = (
    "target", "marketplace", "lang", "pageLanguage", "deliverTo", "deliverToAsked",
    "sourceUrl", "scrapedAt", "parserVersion", "warnings",
)  # fmt: skip

SEARCH_COLUMNS = (
    "asin", "title", *_money("price"), "rank", "keyword", "page", "position", "organicPosition",
    "sponsored", "url", "brand", "imageUrl", *_money("priceMax"), *_money("listPrice"),
    "listPriceKind", "discountPercent", *_unit_price(), "priceNote", "otherOffers.count",
    *_money("otherOffers.lowest"), *_coupon(), "deal.label", "deal.endsAt",
    "rating", "ratingsCount",
    "ratingsCountApprox", "boughtPastMonth", "badges", "isPrime", "delivery", "stockText",
    "variantsShown", *PROVENANCE,
)  # fmt: skip

DETAILS_COLUMNS = (
    "asin", "requestedAsin", "asinRedirected", "parentAsin", "url", "gtins", "modelNumber", "mpn",
    "title", "brand", "brandUrl", "manufacturer", "authors", "features", "description",
    "aplusText", "hasBrandStory", "breadcrumbs", "bestSellerRanks",
    *_money("price"), *_money("priceMin"), *_money("priceMax"), *_money("listPrice"),
    "listPriceKind", "discountPercent", *_unit_price(), *_money("subscribeAndSave.price"),
    "subscribeAndSave.percent", *_coupon(), "deal.label", "deal.endsAt", *_money("usedPrice"),
    *_money("shippingPrice"), "priceNote", "priceSource", "buyboxState", "availability",
    "availabilityText", "stockLeft", "condition", "seller.id", "seller.name", "seller.isAmazon",
    "shipsFrom", "isPrime", "offers.count", *_money("offers.from"), "offers.newCount", *_money("offers.newFrom"), "offers.usedCount",
    *_money("offers.usedFrom"), "delivery", "rating", "ratingsCount", "ratingHistogram",
    "boughtPastMonth", "badges", "mainImage", "images", "videos", "variationDimensions",
    "variants", "variantsTotal", "selectedVariation", "attributes", "weight", "dimensions",
    "dateFirstAvailable.raw", "dateFirstAvailable.date", "countryOfOrigin", *PROVENANCE,
)  # fmt: skip

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"search": SEARCH_COLUMNS, "details": DETAILS_COLUMNS}
)
# The spiders whose rows have these columns.
KIND_OF_SPIDER: Mapping[str, str] = MappingProxyType(
    {"amazon_search": "search", "amazon_detail": "details"}
)


def page_columns(selectors: Iterable[str]) -> list[tuple[str, ...]]:
    """The paths of a page row's columns; a selector's name may hold a dot."""
    own = [("data", name) for name in selectors]
    return [("url",), *own, ("depth",), ("engine",), ("scrapedAt",)]
