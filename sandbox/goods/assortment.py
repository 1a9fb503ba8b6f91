"""What a place changes in an offer: who sells it, for how much, and whether it is sent there."""

from dataclasses import replace
from decimal import Decimal

from sandbox.goods.catalogue import SELLERS, Layout, Product
from sandbox.places import Place

# Abroad two of five products still have a price, at home four of five.
_KEPT_AT_HOME = {Layout.FEATURED, Layout.BOOK}
# By region; cheap things may still cost the same after rounding.
_PERCENT = (100, 80, 84, 87, 90, 93, 107, 110, 113, 116, 119, 122, 125, 128, 131, 134)


def is_sent_abroad(product: Product) -> bool:
    return product.layout not in _KEPT_AT_HOME or product.number % 7 >= 5


def has_regional_offer(product: Product) -> bool:
    """Every second product has another featured offer in another region."""
    return product.number % 2 == 1


def offered_at(product: Product, place: Place) -> Product:
    if place.is_abroad and not is_sent_abroad(product):
        return replace(product, layout=Layout.LOCATION_BLOCKED)
    if place.region and has_regional_offer(product):
        start = SELLERS.index(product.seller)
        seller = SELLERS[(start + place.region) % len(SELLERS)]
        return replace(product, is_amazon_seller=False, seller=seller)
    return product


def price_factor(product: Product, place: Place) -> Decimal:
    return Decimal(_PERCENT[place.region if has_regional_offer(product) else 0]) / 100
