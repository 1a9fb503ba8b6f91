"""A card's prices: the one to pay, the struck one, the one a unit, those of other offers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Coupon, OtherOffers
from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import attribute, has_class, leaf_text, text_of
from spiders.pages.price_nodes import discount_between, is_struck, is_unmarked, price_of_node
from spiders.parsing.list_price import list_price_kind_from_text
from spiders.parsing.money import price_range_from_text, prices_in_text
from spiders.parsing.numbers import find_integer, find_number
from spiders.parsing.offers import coupon_from_text, is_program_price_text, unit_price_per_from_text

_AREA = "price-recipe"
_OTHER_OFFERS = "secondary-offer-recipe"
_OLD_PRICE = ".s-price, .sx-price"
_DASH = re.compile(r"[-–—]")
_IN_PARENTHESES = re.compile(r"[((]([^()()]*\d[^()()]*)[))]")


@dataclass(slots=True)
class CardOffer:
    """What the price area says; a competing pair of prices is no price."""

    price: Money | None = None
    high: Money | None = None
    note: str | None = None


class CardPrice:
    __slots__ = (
        "_area",
        "_other_area",
        "_others",
        "_places",
        "_plain",
        "_store_currency",
        "_struck",
        "_warnings",
        "list_price",
        "offer",
    )

    def __init__(
        self, places: CardPlaces, *, store_currency: str | None, warnings: list[str]
    ) -> None:
        self._places = places
        self._store_currency = store_currency
        self._warnings = warnings
        self._area = _price_area(places)
        self._sort_nodes()
        self._other_area = _other_offers_area(places)
        self.list_price = self._money(self._struck) if self._struck is not None else None
        self.offer = self._offer()

    def list_price_kind(self) -> str | None:
        if self._struck is None:
            return None
        parent = self._struck.parent
        return list_price_kind_from_text(text_of(parent) if parent is not None else "")

    def discount_percent(self) -> Decimal | None:
        price, struck = self.offer.price, self.list_price
        if price is None or struck is None or self.offer.high is not None:
            return None
        return discount_between(price, struck)

    def unit_price(self) -> UnitPrice | None:
        """`.a-text-price` without a strike, or plain text "($32.84/Fl Oz)" on older cards."""
        for node in self._others:
            money = self._money(node)
            if money is not None:
                per = unit_price_per_from_text(text_of(self._area), money.raw)
                raw = f"{money.raw}/{per}" if per else money.raw
                return UnitPrice(money.amount, money.currency, per, raw)
        return self._unit_price_in_text()

    def other_offers(self) -> OtherOffers | None:
        if self._other_area is None:
            return None
        text = text_of(self._other_area)
        in_parentheses = _IN_PARENTHESES.search(text)
        count = find_integer(in_parentheses.group(1)) if in_parentheses else None
        return OtherOffers(count, self._first_price(text))

    def coupon(self) -> Coupon | None:
        node = self._places.area_or_card(_AREA).css_first(".s-coupon-unclipped")
        if node is None:
            return None
        return coupon_from_text(text_of(node), store_currency=self._store_currency)

    def _sort_nodes(self) -> None:
        """Every `.a-price` is a price to pay, a struck one or one a unit."""
        self._plain: list[LexborNode] = []
        self._others: list[LexborNode] = []
        self._struck: LexborNode | None = None
        for node in self._area.css(".a-price") if self._area is not None else []:
            if is_struck(node):
                self._struck = self._struck or node
            elif is_unmarked(node):
                self._plain.append(node)
            else:
                self._others.append(node)

    def _offer(self) -> CardOffer:
        read = [self._money(node) for node in self._plain] if self._plain else self._old_prices()
        prices = [money for money in read if money is not None]
        if len(prices) == 2 and (both := self._range(prices)) is not None:
            return CardOffer(both[0], both[1], "range")
        if len({money.amount for money in prices}) > 1:
            self._warnings.append("price_competing")
            return CardOffer()
        if prices:
            return self._single(prices[0])
        if self._other_area is not None:
            return CardOffer(note="other_offers_only")
        return CardOffer(note=None if text_of(self._area) else "not_shown")

    def _single(self, money: Money) -> CardOffer:
        self._crosscheck(money)
        if money.amount != 0:
            return CardOffer(money)
        bought = self._purchase_price()
        if bought is not None:
            return CardOffer(bought)
        is_program = is_program_price_text(text_of(self._places.card))
        return CardOffer(money, None, "program" if is_program else None)

    def _purchase_price(self) -> Money | None:
        """Beside a subscription's 0.00: "or 5,99 € to buy", in the place of other offers, but
        without their count in parentheses."""
        text = text_of(self._places.area(_OTHER_OFFERS))
        return self._first_price(text) if text and "(" not in text else None

    def _range(self, prices: list[Money]) -> tuple[Money, Money] | None:
        """Low and high, if a dash stands between them."""
        if len(self._plain) != 2:
            return None
        between, parts = self._plain[0].next, []
        while between is not None and between.mem_id != self._plain[1].mem_id:
            parts.append(between.text())
            between = between.next
        if not _DASH.search("".join(parts)):
            return None
        low, high = prices
        return price_range_from_text(f"{low.raw}-{high.raw}", store_currency=self._store_currency)

    def _old_prices(self) -> list[Money | None]:
        """Up to 2019: plain text, or pieces whose whole stands offscreen before them. A named price
        area proves a newer card."""
        if self._places.area(_AREA) is not None:
            return []
        node = self._places.card.css_first(_OLD_PRICE)
        link = node.parent if node is not None else None
        while link is not None and link.tag not in ("a", "li"):
            link = link.parent
        if node is None or link is None:
            return []
        whole = link.css_first(".a-offscreen") if link.tag == "a" else None
        return [self._first_price(leaf_text(whole if whole is not None else node))]

    def _crosscheck(self, money: Money) -> None:
        """Cards with an add-to-cart button carry the amount for machines, without a currency."""
        area = self._places.area("add-to-cart")
        node = area.css_first("[data-csa-c-price-to-pay]") if area is not None else None
        text = attribute(node, "data-csa-c-price-to-pay") if node is not None else None
        stated = find_number(text or "")
        if stated is not None and stated != money.amount:
            self._warnings.append("price_crosscheck_failed")

    def _unit_price_in_text(self) -> UnitPrice | None:
        if self._area is None or "/" not in self._area.text():
            return None
        text = text_of(self._area)
        for money in prices_in_text(text, store_currency=self._store_currency):
            if per := unit_price_per_from_text(text, money.raw):
                return UnitPrice(money.amount, money.currency, per, f"{money.raw}/{per}")
        return None

    def _first_price(self, text: str) -> Money | None:
        return next(prices_in_text(text, store_currency=self._store_currency), None)

    def _money(self, node: LexborNode) -> Money | None:
        return price_of_node(node, store_currency=self._store_currency)


def _price_area(places: CardPlaces) -> LexborNode | None:
    area = places.area(_AREA)
    if area is not None:
        return area
    node = places.card.css_first(".a-price")
    while node is not None and node.parent is not None:
        node = node.parent
        if node.tag == "div" and has_class(node, "a-section"):
            return node
    return None


def _other_offers_area(places: CardPlaces) -> LexborNode | None:
    """None where the place stands empty, as on most cards."""
    area = places.area(_OTHER_OFFERS)
    has_price = area is not None and area.css_first(".a-color-base, .a-price") is not None
    return area if has_price else None
