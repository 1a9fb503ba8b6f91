"""The fields of a product whose changes are told, and what a row says of each.

A row says of a field a value, that there is none (`None`), or nothing: then the field is left out, and
whatever an earlier row said still stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class SellerValue(NamedTuple):
    id: str | None
    name: str | None


class RankValue(NamedTuple):
    category: str
    rank: int


class _Unknown:
    """The row does not say."""


_UNKNOWN = _Unknown()
# `spiders/pages/guard.py` writes it before the name of a field whose reader failed.
_FIELD_FAILED = "field_failed:"
# The product can be had, but not from a featured offer; or it cannot be had: then it has no price.
_WITHOUT_PRICE = frozenset(
    {"unavailable", "featured_used_only", "see_all_options", "select_variant"}
)
_DOUBTFUL_PRICE = frozenset(
    {"price_competing", "price_crosscheck_failed", "currency_ambiguous", "currency_mismatch"}
)


class RowView:
    """A row, and what its warnings say of its fields."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.warnings = frozenset(row.get("warnings") or ())
        self.currency = currency_of(row)

    def get(self, path: str) -> Any:
        """None also where a record on the way is null."""
        value: Any = self._row
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def is_unreadable(self, field: str) -> bool:
        return f"{_FIELD_FAILED}{field}" in self.warnings

    def amount(self, path: str) -> Any:
        """Money in the row's own currency; in another one it says nothing of this series."""
        money = self.get(path)
        if money is None or money["currency"] != self.currency or self.currency is None:
            return _UNKNOWN
        return Decimal(money["amount"])

    @property
    def price(self) -> Any:
        if self.warnings & _DOUBTFUL_PRICE:
            return _UNKNOWN
        if self.get("price") is None and self.get("buyboxState") in _WITHOUT_PRICE:
            return None
        return self.amount("price")


_MONEY_PATHS = ("price", "listPrice", "usedPrice", "offers.newFrom", "offers.usedFrom")


def currency_of(row: Mapping[str, Any]) -> str | None:
    """In which the page shows its prices; None where it shows none."""
    for path in _MONEY_PATHS:
        money: Any = row
        for name in path.split("."):
            money = money.get(name) if isinstance(money, Mapping) else None
        if money is not None and money["currency"] is not None:
            return str(money["currency"])
    return None


def _equal(before: Any, after: Any) -> bool:
    return bool(before == after)


def _same_seller(before: SellerValue | None, after: SellerValue | None) -> bool:
    """A page without the seller's id is no page of another seller."""
    if before is None or after is None:
        return before is after
    if before.id and after.id:
        return before.id == after.id
    return before.name == after.name or not (before.name and after.name)


def _same_rank(before: RankValue, after: RankValue) -> bool:
    """Ranks of two categories cannot be compared: the newer one is a new beginning."""
    return before.category != after.category or before.rank == after.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedField:
    """`is_loud`: compared where the client names no fields. `is_in_words`: of the page's language."""

    name: str
    # The field of the row, by which `field_failed:NAME` names it.
    source: str
    read: Callable[[RowView], Any]
    is_loud: bool = True
    is_money: bool = False
    is_in_words: bool = False
    # Whether a value that doubles, halves or becomes 0 must be seen twice.
    may_jump: bool = False
    is_same: Callable[[Any, Any], bool] = _equal


def _stated(path: str) -> Callable[[RowView], Any]:
    """Null says nothing."""

    def read(row: RowView) -> Any:
        value = row.get(path)
        return _UNKNOWN if value is None or value == "unknown" else value

    return read


def _text(path: str, doubt: str | None = None) -> Callable[[RowView], Any]:
    """White space does not count; `doubt`: the warning by which the text is not to be trusted."""

    def read(row: RowView) -> Any:
        value = row.get(path)
        if value is None or doubt in row.warnings:
            return _UNKNOWN
        return " ".join(value.split())

    return read


def _beside_price(read: Callable[[RowView], Any], path: str) -> Callable[[RowView], Any]:
    """Null is "none" on a page that shows its price, and says nothing elsewhere."""

    def read_field(row: RowView) -> Any:
        price = row.price
        if price is None or price is _UNKNOWN:
            return _UNKNOWN
        return None if row.get(path) is None else read(row)

    return read_field


def _money(path: str) -> Callable[[RowView], Any]:
    return lambda row: row.amount(path)


def _coupon(row: RowView) -> Any:
    coupon = row.get("coupon")
    if coupon["percent"] is not None:
        return f"{_plain(coupon['percent'])}%"
    if coupon["amount"] is not None:
        return f"{_plain(coupon['amount']['amount'])} {coupon['amount']['currency'] or ''}".strip()
    return " ".join(coupon["raw"].split())


def _deal(row: RowView) -> Any:
    return row.get("deal.label") or "deal"


def _stock_left(row: RowView) -> Any:
    left = row.get("stockLeft")
    if left is not None:
        return left
    return None if row.get("availability") == "in_stock" else _UNKNOWN


def _seller(row: RowView) -> Any:
    seller = row.get("seller")
    if seller and (seller["id"] or seller["name"]):
        return SellerValue(seller["id"], seller["name"])
    return None if row.price is None else _UNKNOWN


def _rating(row: RowView) -> Any:
    rating = row.get("rating")
    if rating is None or "rating_crosscheck_failed" in row.warnings:
        return _UNKNOWN
    return Decimal(rating)


def _rank(row: RowView) -> Any:
    for rank in row.get("bestSellerRanks") or ():
        if rank["isRoot"]:
            return RankValue(rank["nodeId"] or rank["category"], rank["rank"])
    return _UNKNOWN


def _badges(row: RowView) -> Any:
    badges = row.get("badges")
    if badges is None:
        return _UNKNOWN
    return sorted({badge["type"] or badge["text"] for badge in badges})


def _plain(number: Any) -> str:
    return f"{Decimal(number).normalize():f}"


def _loud(name: str, read: Callable[[RowView], Any], **more: Any) -> TrackedField:
    return TrackedField(name=name, read=read, **{"source": name, **more})


def _quiet(name: str, read: Callable[[RowView], Any], **more: Any) -> TrackedField:
    return _loud(name, read, is_loud=False, **more)


FIELDS: tuple[TrackedField, ...] = (
    _loud("price", lambda row: row.price, is_money=True, may_jump=True),
    _loud("listPrice", _beside_price(_money("listPrice"), "listPrice"), is_money=True),
    _loud("coupon", _beside_price(_coupon, "coupon")),
    _loud("deal", _beside_price(_deal, "deal"), is_in_words=True),
    _loud(
        "subscribePrice",
        _beside_price(_money("subscribeAndSave.price"), "subscribeAndSave.price"),
        is_money=True,
        source="subscribeAndSave",
    ),
    _loud("shippingPrice", _beside_price(_money("shippingPrice"), "shippingPrice"), is_money=True),
    _loud("availability", _stated("availability")),
    _loud("buyboxState", _stated("buyboxState")),
    _loud("seller", _seller, is_same=_same_seller),
    _loud("shipsFrom", _text("shipsFrom"), is_in_words=True),
    _loud("isPrime", _stated("isPrime")),
    _loud("rating", _rating),
    _loud("title", _text("title", "language_mismatch"), is_in_words=True),
    _loud("brand", _text("brand"), is_in_words=True),
    _loud("mainImage", _stated("mainImage")),
    _loud("parentAsin", _stated("parentAsin")),
    _loud("badges", _badges, is_in_words=True),
    _quiet("usedPrice", _money("usedPrice"), is_money=True),
    _quiet("newFrom", _money("offers.newFrom"), is_money=True, source="offers"),
    _quiet("usedFrom", _money("offers.usedFrom"), is_money=True, source="offers"),
    _quiet("newOffers", _stated("offers.newCount"), source="offers"),
    _quiet("usedOffers", _stated("offers.usedCount"), source="offers"),
    _quiet("stockLeft", _stock_left),
    _quiet("ratingsCount", _stated("ratingsCount")),
    _quiet("boughtPastMonth", _stated("boughtPastMonth")),
    _quiet("rank", _rank, source="bestSellerRanks", is_same=_same_rank),
)
FIELD_OF_NAME: Mapping[str, TrackedField] = MappingProxyType({one.name: one for one in FIELDS})
LOUD = tuple(one.name for one in FIELDS if one.is_loud)

# What must be read of a row for all of this.
ROW_FIELDS = (
    "asin", "warnings", "scrapedAt", "lang", "pageLanguage", "deliverToAsked",
    "price", "listPrice", "coupon", "deal", "subscribeAndSave", "shippingPrice", "availability", "buyboxState",
    "seller", "shipsFrom", "isPrime", "rating", "title", "brand", "mainImage", "parentAsin", "badges",
    "usedPrice", "offers", "stockLeft", "ratingsCount", "boughtPastMonth", "bestSellerRanks",
)  # fmt: skip


def values_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """By field, of those that the row says something of."""
    view = RowView(row)
    read = {one.name: one.read(view) for one in FIELDS if not view.is_unreadable(one.source)}
    return {name: value for name, value in read.items() if value is not _UNKNOWN}
