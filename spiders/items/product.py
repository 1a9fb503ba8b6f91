from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from spiders.items.attribute import Attribute, DateFirstAvailable
from spiders.items.media import Image, Video
from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Badge, Coupon, Deal, Offers, Seller, SubscribeAndSave
from spiders.items.offers import ListedOffer
from spiders.items.place import BestSellerRank, Breadcrumb, Gtin
from spiders.items.variation import Variant, VariationDimension


@dataclass(slots=True, kw_only=True)
class Product:
    """What a product page says of the selected variant. No reviews and no names of reviewers."""

    asin: str
    requestedAsin: str | None = None
    asinRedirected: bool | None = None
    parentAsin: str | None = None
    url: str | None = None
    gtins: list[Gtin] | None = None
    modelNumber: str | None = None
    mpn: str | None = None

    title: str | None = None
    brand: str | None = None
    brandUrl: str | None = None
    manufacturer: str | None = None
    authors: list[str] | None = None
    features: list[str] | None = None
    description: str | None = None
    aplusText: str | None = None
    hasBrandStory: bool | None = None

    breadcrumbs: list[Breadcrumb] | None = None
    bestSellerRanks: list[BestSellerRank] | None = None

    price: Money | None = None
    priceMin: Money | None = None
    priceMax: Money | None = None
    listPrice: Money | None = None
    listPriceKind: str | None = None
    discountPercent: Decimal | None = None
    unitPrice: UnitPrice | None = None
    subscribeAndSave: SubscribeAndSave | None = None
    coupon: Coupon | None = None
    deal: Deal | None = None
    usedPrice: Money | None = None
    shippingPrice: Money | None = None
    priceNote: str | None = None
    priceSource: str | None = None

    buyboxState: str | None = None
    availability: str | None = None
    availabilityText: str | None = None
    stockLeft: int | None = None
    condition: str | None = None
    seller: Seller | None = None
    shipsFrom: str | None = None
    isPrime: bool | None = None
    offers: Offers | None = None
    # Of a list beside the page, where it was asked for.
    allOffers: list[ListedOffer] | None = None
    delivery: list[str] | None = None

    rating: Decimal | None = None
    ratingsCount: int | None = None
    ratingHistogram: dict[str, Decimal] | None = None
    boughtPastMonth: int | None = None
    badges: list[Badge] | None = None

    mainImage: str | None = None
    images: list[Image] | None = None
    videos: list[Video] | None = None

    variationDimensions: list[VariationDimension] | None = None
    variants: list[Variant] | None = None
    variantsTotal: int | None = None
    selectedVariation: dict[str, str] | None = None

    attributes: list[Attribute] | None = None
    weight: str | None = None
    dimensions: str | None = None
    dateFirstAvailable: DateFirstAvailable | None = None
    countryOfOrigin: str | None = None

    # The text that was asked for, as the job shows it.
    target: str | None = None
    marketplace: str | None = None
    lang: str | None = None
    pageLanguage: str | None = None
    deliverTo: str | None = None
    deliverToAsked: str | None = None
    sourceUrl: str | None = None
    scrapedAt: datetime | None = None
    parserVersion: str | None = None
    warnings: list[str] = field(default_factory=list)
