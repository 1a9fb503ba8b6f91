"""Tests of the tests: whichever field method is broken, some fixture notices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from spiders.items.money import Money
from spiders.pages.cards.badges import CardBadges
from spiders.pages.cards.delivery import CardDelivery
from spiders.pages.cards.heading import CardHeading
from spiders.pages.cards.price import CardOffer, CardPrice
from spiders.pages.cards.rating import CardRating
from spiders.pages.sections.buybox import BuyboxSection
from spiders.pages.sections.catalogue import CatalogueSection
from spiders.pages.sections.details import DetailsSection
from spiders.pages.sections.identity import IdentitySection
from spiders.pages.sections.list_price import ListPriceSection
from spiders.pages.sections.media import MediaSection
from spiders.pages.sections.other_offers import OtherOffersSection
from spiders.pages.sections.price import PriceSection
from spiders.pages.sections.promotions import PromotionSection
from spiders.pages.sections.rating import RatingSection
from spiders.pages.sections.seller import SellerSection
from spiders.pages.sections.shipping import ShippingSection
from spiders.pages.sections.texts import TextSection
from spiders.pages.sections.variations import VariationSection
from spiders.pages.sections.videos import VideoSection
from tests.spiders.pages.cases import all_cases, misses

WRONG = Money(Decimal("123456.78"), "XXX", "broken")

FIELD_METHODS: list[tuple[type, str, Any]] = [
    (CardHeading, "title", "broken"),
    (CardHeading, "_is_ad", None),
    (CardHeading, "image_url", None),
    (CardPrice, "_offer", CardOffer(WRONG)),
    (CardPrice, "list_price_kind", "broken"),
    (CardPrice, "unit_price", None),
    (CardPrice, "coupon", None),
    (CardPrice, "other_offers", None),
    (CardRating, "rating", Decimal("0.1")),
    (CardRating, "ratings_count", None),
    (CardRating, "bought_past_month", 7),
    (CardBadges, "badges", []),
    (CardBadges, "deal", None),
    (CardBadges, "is_prime", False),
    (CardBadges, "variants_shown", []),
    (CardDelivery, "delivery", ["broken"]),
    (CardDelivery, "stock_text", "broken"),
    (IdentitySection, "parent_asin", "B0BROKEN00"),
    (IdentitySection, "brand", "broken"),
    (IdentitySection, "authors", []),
    (PriceSection, "price", WRONG),
    (ListPriceSection, "list_price", None),
    (PriceSection, "price_max", None),
    (PromotionSection, "deal", None),
    (ShippingSection, "shipping_price", None),
    (ListPriceSection, "list_price_kind", "broken"),
    (PromotionSection, "subscribe_and_save", None),
    (OtherOffersSection, "used_price", None),
    (PromotionSection, "coupon", None),
    (OtherOffersSection, "offers", None),
    (BuyboxSection, "availability", "unknown"),
    (BuyboxSection, "stock_left", None),
    (SellerSection, "seller", None),
    (SellerSection, "ships_from", "broken"),
    (BuyboxSection, "delivery", []),
    (CatalogueSection, "breadcrumbs", []),
    (CatalogueSection, "best_seller_ranks", []),
    (DetailsSection, "gtins", []),
    (DetailsSection, "date_first_available", None),
    (TextSection, "features", []),
    (TextSection, "description", None),
    (RatingSection, "rating", Decimal("0.1")),
    (RatingSection, "ratings_count", 465),
    (RatingSection, "histogram", None),
    (MediaSection, "main_image", None),
    (VideoSection, "videos", []),
    (VariationSection, "variants", []),
    (VariationSection, "selected", {}),
    (VariationSection, "total", 99),
]


@pytest.mark.parametrize(
    ("section", "method", "wrong"),
    FIELD_METHODS,
    ids=lambda value: getattr(value, "__name__", None),
)
def test_breaking_a_field_method_fails_a_fixture(
    section: type, method: str, wrong: Any, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section, method, lambda *_args, **_kwargs: wrong)
    assert any(misses(case) for case in all_cases())
