"""The seeded catalogue: a product is computed from its number when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from random import Random

from sandbox.goods.asins import AsinCode
from sandbox.noise import dice, fraction_from

KIND_COUNT = 8
FAMILY = 20
# Of bulk on a product page, about 100 kB each.
MAX_BLOCKS = 18


class Layout(StrEnum):
    FEATURED = "featured"
    VARIATIONS = "variations"
    BOOK = "book"
    KINDLE = "kindle"
    USED_ONLY = "used_only"
    UNAVAILABLE = "unavailable"
    NO_FEATURED = "no_featured"
    LOCATION_BLOCKED = "location_blocked"


# By product number modulo FAMILY, so that a test can pick the layout it needs.
LAYOUTS = (
    *[Layout.FEATURED] * 9,
    *[Layout.VARIATIONS] * 4,
    *[Layout.BOOK] * 2,
    Layout.KINDLE,
    Layout.USED_ONLY,
    Layout.UNAVAILABLE,
    Layout.NO_FEATURED,
    Layout.LOCATION_BLOCKED,
)
_FIRST_VARIATION = LAYOUTS.index(Layout.VARIATIONS)

BRANDS = (
    "Velmora", "Kestrin", "Oakhelm", "Tulvik", "Brisanta", "Nordquell", "Paxley & Sons", "Ferrinox",
    "Lumiro", "Quandry", "Hollowell", "Zentaro", "Marvane", "Dovetail Co.", "O'Mira", "Stillforge",
)  # fmt: skip
SELLERS = ("Harbour Trade Ltd", "Kleinod Handel", "Blue Door Store", "Sora & Friends")
_AUTHORS = ("Irma Holt", "Jonas Quill", "Mei Tanabe", "R. D. Osei")
# Where products sell out: the share that has nothing left at one moment.
_SOLD_OUT = 0.15
_MOVE_HOURS = 6
# Places that a product stands from its own at most.
_SPREAD = 6
# Of the offers, those that are not there; of the titles, those that are other ones.
_AWAY = 0.15
_RENAMED = 0.1
_IMAGE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Product:
    number: int
    asin: str
    layout: Layout
    kind: int
    brand: str
    model: str
    author: str
    dollars: Decimal
    list_markup: Decimal | None
    rating: float | None
    ratings_count: int
    bought: int
    is_deal: bool
    coupon_percent: int | None
    is_best_seller: bool
    is_choice: bool
    is_amazon_seller: bool
    seller: str
    stock_left: int | None
    image_ids: tuple[str, ...]
    rank: int
    sub_rank: int
    weight_grams: int
    dimensions: tuple[int, int, int]
    page_blocks: int
    used_percent: int
    other_offers: int

    @property
    def seller_id(self) -> str:
        return seller_id(self.seller)


def seller_id(name: str) -> str:
    return "A" + f"{sum(map(ord, name)) * 7_654_321:013d}"


class Catalogue:
    def __init__(
        self,
        *,
        seed: int,
        products: int,
        max_blocks: int = MAX_BLOCKS,
        sells_out: bool = False,
        moves: bool = False,
    ) -> None:
        """`sells_out`: pages of products say now and then that there is nothing left. `moves`: places of
        searches and lists, sellers and titles are other ones every few hours."""
        self.seed = seed
        self._sells_out = sells_out
        self._moves = moves
        self._max_blocks = max_blocks
        self.products = products
        self._code = AsinCode(seed)
        self.product = lru_cache(maxsize=20_000)(self._product)

    def asin(self, number: int) -> str:
        return self._code.asin(number)

    def parent_asin(self, number: int) -> str:
        """The family's own ASIN, beyond the catalogue's; its page shows the first child."""
        return self._code.asin(self.products + number // FAMILY)

    def find(self, asin: str) -> Product | None:
        number = self._code.find_number(asin)
        if number is None:
            return None
        if self.products <= number <= self.products + (self.products - 1) // FAMILY:
            number = (number - self.products) * FAMILY + _FIRST_VARIATION
        return self.product(number) if number < self.products else None

    def family(self, product: Product) -> list[Product]:
        """The variations a customer may choose from, two colours by two sizes, in order."""
        first = product.number - product.number % FAMILY + _FIRST_VARIATION
        numbers = range(first, min(first + 4, self.products))
        return [self.product(number) for number in numbers]

    def neighbour(self, product: Product) -> Product:
        """Of the next family, in the same layout."""
        return self.product((product.number + FAMILY) % self.products)

    def taken_for(self, product: Product) -> Product:
        """Another variation of its family where it has one: the page names both of them."""
        family = self.family(product) if product.layout is Layout.VARIATIONS else []
        others = [one for one in family if one.number != product.number]
        return others[0] if others else self.neighbour(product)

    def dollars_at(self, product: Product, hour: int) -> Decimal:
        """Prices move every few hours, each product in its own rhythm."""
        span = 1 + product.number % 6
        drift = fraction_from(self.seed, "price", product.number, hour // span)
        return product.dollars * Decimal(f"{0.88 + 0.24 * drift:.3f}")

    def on_sale_at(self, product: Product, hour: int) -> Product:
        """As its page offers it: each product is out of stock for some hours, in its own rhythm."""
        if not self._sells_out or product.layout is not Layout.FEATURED:
            return product
        span = 2 + product.number % 3
        draw = fraction_from(self.seed, "stock", product.number, hour // span)
        return replace(product, layout=Layout.UNAVAILABLE) if draw < _SOLD_OUT else product

    def order_at(self, numbers: Sequence[int], hour: int, *named: object) -> list[int]:
        """Each stands a few places from where it belongs, and elsewhere some hours later."""
        if not self._moves:
            return list(numbers)
        draw = dice(self.seed, "order", *named, hour // _MOVE_HOURS)
        places = [place + _SPREAD * draw.random() for place in range(len(numbers))]
        return [numbers[place] for place in sorted(range(len(numbers)), key=places.__getitem__)]

    def is_offered_at(self, product: Product, offer: int, hour: int) -> bool:
        """Whether the offer of this number is there: sellers come and go, each in its own rhythm."""
        if not self._moves:
            return True
        span = _MOVE_HOURS + offer % 5
        return fraction_from(self.seed, "sells", product.number, offer, hour // span) >= _AWAY

    def is_renamed_at(self, product: Product, hour: int) -> bool:
        if not self._moves:
            return False
        span = _MOVE_HOURS + product.number % 7
        return fraction_from(self.seed, "title", product.number, hour // span) < _RENAMED

    def _product(self, number: int) -> Product:
        draw = dice(self.seed, "product", number)
        name = dice(self.seed, "name", line_of(number))
        layout = LAYOUTS[number % FAMILY]
        is_rated = draw.random() > 0.06
        return Product(
            number=number,
            asin=self.asin(number),
            layout=layout,
            kind=number // FAMILY % KIND_COUNT,
            brand=name.choice(BRANDS),
            model=f"{name.choice('ABCDEFGHKLMNPRSTVX')}{name.randrange(10, 990)}",
            author=draw.choice(_AUTHORS),
            dollars=Decimal(f"{3 * 400 ** (name.random() ** 1.6):.2f}") + number % FAMILY,
            list_markup=Decimal(draw.randrange(105, 160)) / 100 if draw.random() < 0.45 else None,
            rating=min(5.0, round(draw.triangular(2.6, 5.0, 4.5), 1)) if is_rated else None,
            ratings_count=int(10 ** (draw.random() * 5)) if is_rated else 0,
            bought=draw.choice((0, 50, 100, 300, 500, 1000, 5000, 20000)),
            is_deal=draw.random() < 0.12,
            coupon_percent=draw.choice((5, 10, 15, 20)) if draw.random() < 0.1 else None,
            is_best_seller=draw.random() < 0.04,
            is_choice=draw.random() < 0.05,
            is_amazon_seller=draw.random() < 0.4,
            seller=draw.choice(SELLERS),
            stock_left=draw.randrange(1, 16) if draw.random() < 0.15 else None,
            image_ids=tuple(_image_id(draw) for _ in range(draw.randrange(3, 8))),
            rank=int(10 ** (1 + draw.random() * 5)),
            sub_rank=int(10 ** (draw.random() * 3)),
            weight_grams=draw.randrange(40, 9000),
            dimensions=(draw.randrange(4, 60), draw.randrange(3, 50), draw.randrange(1, 40)),
            page_blocks=min(draw.randrange(MAX_BLOCKS), self._max_blocks),
            used_percent=draw.randrange(55, 90),
            other_offers=draw.randrange(2, 30),
        )


def line_of(number: int) -> int:
    """Variations of a family share what they are called; others stand for themselves."""
    if LAYOUTS[number % FAMILY] is Layout.VARIATIONS:
        return number - number % FAMILY + _FIRST_VARIATION
    return number


def _image_id(draw: Random) -> str:
    return draw.choice("4567") + "1" + "".join(draw.choices(_IMAGE_LETTERS, k=9))
