"""A product as a page shows it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.goods.catalogue import Layout, Product
from sandbox.goods.offers import Offer
from sandbox.locales import Locale


@dataclass(frozen=True, slots=True)
class Shelf:
    """One product as one language shows it at one moment."""

    product: Product
    offer: Offer
    locale: Locale
    title: str
    hour: int
    has_offer: bool = True
    """False: the page has no price and an empty buy box, and does not say why."""

    @property
    def has_subscription(self) -> bool:
        return self.product.layout is Layout.FEATURED and self.product.number % 7 == 0

    @property
    def delivery_date(self) -> str:
        day = datetime.fromtimestamp(self.hour * 3600, UTC) + timedelta(
            days=2 + self.product.number % 5 + self.locale.place.extra_days
        )
        words = self.locale.words
        return words.date.format(day=day.day, month=words.months[day.month - 1], year=day.year)


def feature(name: str, asin: str, inner: str) -> str:
    return (
        f'<div id="{name}_feature_div" class="celwidget" data-feature-name="{name}" '
        f'data-csa-c-type="widget" data-csa-c-asin="{asin}">{inner}</div>\n'
    )
