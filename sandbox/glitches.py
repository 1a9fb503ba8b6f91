"""Product pages that are whole and say something wrong, as the real store's do for a moment."""

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from sandbox.goods.shelf import Shelf
from sandbox.locales import Locale, with_currency


class Glitch(StrEnum):
    """`EMPTY_OFFER`: nothing stands in the buy box and where the price should be."""

    ZERO_PRICE = "zero_price"
    OTHER_CURRENCY = "other_currency"
    OTHER_ASIN = "other_asin"
    EMPTY_OFFER = "empty_offer"


def glitched_locale(locale: Locale, glitch: Glitch | None) -> Locale:
    if glitch is not Glitch.OTHER_CURRENCY:
        return locale
    return with_currency(locale, "USD" if locale.currency.code == "EUR" else "EUR")


def glitched_shelf(shelf: Shelf, glitch: Glitch | None) -> Shelf:
    if glitch is Glitch.ZERO_PRICE:
        return replace(shelf, offer=replace(shelf.offer, price=Decimal(0)))
    return replace(shelf, has_offer=glitch is not Glitch.EMPTY_OFFER)
