"""What a product costs at one moment in one currency, and what it is called in one language."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.goods.assortment import price_factor
from sandbox.goods.catalogue import FAMILY, Layout, Product, line_of
from sandbox.locales import Locale

PRICED = {Layout.FEATURED, Layout.VARIATIONS, Layout.BOOK, Layout.KINDLE}


@dataclass(frozen=True, slots=True)
class Offer:
    price: Decimal
    list_price: Decimal | None
    used_price: Decimal
    subscribe_price: Decimal

    @property
    def percent_off(self) -> int:
        if not self.list_price:
            return 0
        return int(100 - 100 * self.price / self.list_price)


def offer_for(product: Product, locale: Locale, dollars: Decimal) -> Offer:
    if product.layout in {Layout.BOOK, Layout.KINDLE}:
        dollars = 3 + dollars % 25
    dollars *= price_factor(product, locale.place)
    price = locale.amount(dollars)
    marked = locale.amount(dollars * product.list_markup) if product.list_markup else price
    return Offer(
        price=price,
        list_price=marked if marked > price else None,
        used_price=locale.amount(dollars * product.used_percent / 100),
        subscribe_price=locale.amount(dollars * Decimal("0.95")),
    )


def is_unselected(product: Product) -> bool:
    """Some families open without a variation chosen: a price range, and nothing to put in a cart."""
    return product.layout is Layout.VARIATIONS and product.number // FAMILY % 5 == 4


def range_top(locale: Locale, offer: Offer) -> Decimal:
    """The dearest of a family, where the page shows a range."""
    return offer.price + locale.amount(Decimal(12)).to_integral_value()


def is_priced(product: Product) -> bool:
    return product.layout in PRICED and not is_unselected(product)


def is_free_program(product: Product) -> bool:
    """Cards of some e-books show what members of a programme pay: nothing."""
    return product.layout is Layout.KINDLE and product.number % 3 == 0


def has_competing_prices(product: Product) -> bool:
    """Cards with two prices side by side and no dash between: two offers, no range."""
    return product.layout is not Layout.KINDLE and is_priced(product) and product.number % 97 == 5


def variation_values(product: Product) -> tuple[int, int]:
    """(colour, size) as places in the language's lists."""
    place = product.number % FAMILY - 9
    return place // 2 % 2, place % 2


def title_for(product: Product, locale: Locale) -> str:
    words = locale.words
    noun = words.nouns[product.kind]
    trait = words.traits[line_of(product.number) % len(words.traits)]
    if product.layout in {Layout.BOOK, Layout.KINDLE}:
        return f"{noun} – {trait} ({product.brand} {product.model})"
    title = f"{product.brand} {product.model} {noun}, {trait}"
    if product.layout is Layout.VARIATIONS and not is_unselected(product):
        color, size = variation_values(product)
        title += f" ({words.colors[color]}, {words.sizes[size]})"
    return title
