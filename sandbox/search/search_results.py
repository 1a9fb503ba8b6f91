"""What a search finds: decided by the keyword, the filters and the page alone."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sandbox.goods.assortment import offered_at
from sandbox.goods.catalogue import FAMILY, KIND_COUNT, Catalogue, Product
from sandbox.goods.offers import is_priced, offer_for
from sandbox.http.messages import normal_keyword
from sandbox.locales import Locale
from sandbox.noise import dice, number_from
from sandbox.search.narrowing import NOT_NARROWED, Narrowing, narrowing_from

MAX_PAGES = 20
SORTS = (
    "price-asc-rank",
    "price-desc-rank",
    "review-rank",
    "date-desc-rank",
    "exact-aware-popularity-rank",
)
_SIZES = (16, 22, 24, 36, 48, 60)
_NOTHING = re.compile(r"no results\b|.*\bzzqx")


@dataclass(frozen=True, slots=True)
class Query:
    keyword: str
    page: int = 1
    sort: str = ""
    department: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    language: str = ""
    narrowing: Narrowing = NOT_NARROWED

    @property
    def is_plain(self) -> bool:
        return (
            self.sort not in SORTS
            and self.low is None
            and self.high is None
            and not self.narrowing.is_list
        )


@dataclass(frozen=True, slots=True)
class Placement:
    product: Product
    is_sponsored: bool


@dataclass(frozen=True, slots=True)
class Results:
    query: Query
    placements: tuple[Placement, ...]
    pages: int
    first: int
    total: int

    @property
    def has_next(self) -> bool:
        return self.query.page < self.pages


def query_from(parameters: dict[str, str]) -> Query:
    page = parameters.get("page", "1")
    low, high = _price_refinement(parameters.get("rh", ""))
    return Query(
        keyword=parameters.get("k") or parameters.get("field-keywords", ""),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
        sort=parameters.get("s", ""),
        department=parameters.get("i", ""),
        low=_amount(parameters.get("low-price", "")) or low,
        high=_amount(parameters.get("high-price", "")) or high,
        language=parameters.get("language", ""),
        narrowing=narrowing_from(parameters),
    )


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _price_refinement(refinements: str) -> tuple[Decimal | None, Decimal | None]:
    """rh=p_36:1000-2500 counts in minor units."""
    found = re.search(r"p_36:(\d*)-(\d*)", refinements)
    if not found:
        return None, None
    low, high = (Decimal(part) / 100 if part else None for part in found.groups())
    return low, high


def find_results(catalogue: Catalogue, query: Query, locale: Locale, hour: int) -> Results:
    keyword = normal_keyword(query.keyword)
    if not (keyword or query.narrowing.is_list) or _NOTHING.match(keyword):
        return Results(query, (), 0, 0, 0)
    prices = _Prices(catalogue, locale, hour)
    seed = (catalogue.seed, "search", keyword, query.department)
    size = _SIZES[number_from(*seed, "size") % len(_SIZES)]
    sponsored = min(size - 12, 2 + number_from(*seed, "sponsored") % 5)
    organic_size = size - sponsored
    numbers = (
        catalogue.order_at(_drawn(catalogue, seed, organic_size), hour, *seed[1:])
        if keyword
        else _shelved(catalogue, query.narrowing)
    )
    first = (query.page - 1) * organic_size
    if query.is_plain:
        # Products are made for this page alone: a keyword finds a thousand.
        total = len(numbers)
        shown = [catalogue.product(number) for number in numbers[first : first + organic_size]]
    else:
        organic = _chosen([catalogue.product(number) for number in numbers], query, prices)
        total = len(organic)
        shown = organic[first : first + organic_size]
    pages = math.ceil(total / organic_size)
    if not shown:
        return Results(query, (), pages, 0, total)
    ads = _ads(catalogue, (*seed, query.page), shown[1:2] or shown[:1], sponsored)
    ads = _within(ads, query, prices)
    return Results(query, _mixed(shown, ads), pages, first + 1, total)


def _chosen(products: list[Product], query: Query, prices: "_Prices") -> list[Product]:
    within = _within(products, query, prices)
    _sort(within, query.sort, prices)
    return within


def _within(products: list[Product], query: Query, prices: "_Prices") -> list[Product]:
    return [
        product
        for product in products
        if query.narrowing.holds(product) and prices.is_between(product, query.low, query.high)
    ]


def _drawn(catalogue: Catalogue, seed: tuple[object, ...], page_size: int) -> list[int]:
    draw = dice(*seed)
    pages = draw.choice((3, 7, 7, 7, 12, MAX_PAGES, MAX_PAGES))
    count = pages * page_size - draw.randrange(max(1, page_size - 16))
    return draw.sample(range(catalogue.products), min(count, catalogue.products))


def _shelved(catalogue: Catalogue, narrowing: Narrowing) -> list[int]:
    """What a list without a keyword is chosen from: the same products, however narrow the list is."""
    pool: Sequence[int] = range(catalogue.products)
    if narrowing.kind is not None:
        pool = [number for number in pool if number // FAMILY % KIND_COUNT == narrowing.kind]
    draw = dice(catalogue.seed, "shelf", narrowing.kind)
    return draw.sample(pool, min(MAX_PAGES * max(_SIZES), len(pool)))


def _ads(
    catalogue: Catalogue, seed: tuple[object, ...], also_organic: list[Product], count: int
) -> list[Product]:
    """One advertised product is a result of the same page too, as on Amazon."""
    draw = dice(*seed, "ads")
    others = [catalogue.product(draw.randrange(catalogue.products)) for _ in range(count - 1)]
    return [*others[:1], *also_organic, *others[1:]]


def _mixed(organic: list[Product], ads: list[Product]) -> tuple[Placement, ...]:
    """Two advertisements on top, the others further down."""
    placements = [Placement(product, False) for product in organic]
    for order, ad in enumerate(ads):
        place = order if order < 2 else min(len(placements), 5 * order)
        placements.insert(place, Placement(ad, True))
    return tuple(placements)


class _Prices:
    def __init__(self, catalogue: Catalogue, locale: Locale, hour: int) -> None:
        self._catalogue = catalogue
        self._locale = locale
        self._hour = hour

    def find(self, product: Product) -> Decimal | None:
        offered = offered_at(product, self._locale.place)
        if not is_priced(offered):
            return None
        dollars = self._catalogue.dollars_at(product, self._hour)
        return offer_for(offered, self._locale, dollars).price

    def is_between(self, product: Product, low: Decimal | None, high: Decimal | None) -> bool:
        if low is None and high is None:
            return True
        price = self.find(product)
        return price is not None and (low or 0) <= price and (high is None or price <= high)


def _sort(products: list[Product], order: str, prices: _Prices) -> None:
    """Products without a price come last, whichever way prices are sorted."""
    keys: dict[str, Callable[[Product], object]] = {
        "price-asc-rank": lambda p: _price_key(prices.find(p), 1),
        "price-desc-rank": lambda p: _price_key(prices.find(p), -1),
        "review-rank": lambda p: -(p.rating or 0),
        "date-desc-rank": lambda p: -p.number,
        "exact-aware-popularity-rank": lambda p: p.rank,
    }
    if order in keys:
        products.sort(key=keys[order])  # type: ignore[arg-type]  # each key's values compare


def _price_key(price: Decimal | None, sign: int) -> tuple[bool, Decimal]:
    return price is None, sign * (price or Decimal(0))
