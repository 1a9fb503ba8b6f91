"""A card's prices: the one to pay, the struck one, the one a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Coupon, OtherOffers
from spiders.pages.cards.offers_beside import OffersBeside
from spiders.pages.cards.places import CardPlaces
from spiders.pages.document import attribute, has_class, leaf_text, text_of
from spiders.pages.price_nodes import (
    discount_between,
    is_struck,
    is_unmarked,
    price_of_node,
    text_after,
    text_before,
)
from spiders.parsing.numbers import find_number
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.money import RANGE_DASHES, price_range_from_text, prices_in_text
from spiders.parsing.prices.offers import (
    coupon_from_text,
    is_coupon_text,
    is_program_price_text,
)
from spiders.parsing.prices.price_words import (
    is_from_text,
    is_in_cart_text,
    is_instalment,
    is_members_price_text,
    is_payment_price_text,
    is_purchase_text,
    is_subscription_text,
    may_be_for_some_alone,
    may_be_from_text,
)
from spiders.parsing.prices.units import (
    may_hold_unit,
    unit_from_text_after,
    unit_from_text_before,
    unit_price_per_from_text,
)
from spiders.parsing.text import clean_text
from spiders.sites.urls import asin_from_path

_AREA = "price-recipe"
_OLD_PRICE = ".s-price, .sx-price"
_OLD_STRUCK = ".a-text-strike"
_OLD_COUPON = "a.a-size-small.a-link-normal"
# On cards of media each format's name links to its own page and stands over its prices.
_FORMAT = "a.a-text-bold"
_COUPON_CLASS = "s-coupon-unclipped"
_PRICES = f".a-price, .{_COUPON_CLASS}"
# A stray tag can make an area hold half the page; its prices are looked for one by one.
_MAX_AREA_LENGTH = 2_000
_DASH = re.compile(f"[{RANGE_DASHES}]")


@dataclass(slots=True)
class CardOffer:
    """What the price area says; a competing pair of prices is no price."""

    price: Money | None = None
    high: Money | None = None
    note: str | None = None


class CardPrice:
    __slots__ = (
        "_area",
        "_asin",
        "_beside",
        "_coupon",
        "_others",
        "_places",
        "_plain",
        "_store_currency",
        "_struck",
        "_text",
        "_warnings",
        "list_price",
        "offer",
    )

    def __init__(
        self, places: CardPlaces, *, asin: str, store_currency: str | None, warnings: list[str]
    ) -> None:
        self._places = places
        self._asin = asin
        self._store_currency = store_currency
        self._warnings = warnings
        self._area = _price_area(places)
        # Text by text, a line each.
        self._text = self._area.text(separator="\n") if self._area is not None else ""
        self._beside = OffersBeside(places, store_currency=store_currency)
        self._sort_nodes()
        self.list_price = self._money(self._struck) if self._struck is not None else None
        self.offer = self._offer()

    def list_price_kind(self) -> str | None:
        if self._struck is None or self.list_price is None:
            return None
        # Up to 2019 only readers of screens are told: "Suggested Retail Price: EUR 25,99".
        if label := attribute(self._struck, "aria-label"):
            return list_price_kind_from_text(label)
        parent = self._struck.parent
        return list_price_kind_from_text(text_of(parent) if parent is not None else "")

    def discount_percent(self) -> Decimal | None:
        price, struck = self.offer.price, self.list_price
        if price is None or struck is None or self.offer.high is not None:
            return None
        return discount_between(price, struck)

    def unit_price(self) -> UnitPrice | None:
        """An `.a-text-price` with a unit after it, or plain text "($32.84/Fl Oz)" on older cards.

        Without a unit it is an instalment or another thing's price: the class alone proves nothing.
        """
        for node in self._others:
            money = self._money(node)
            if money is not None and (per := self._unit_of(node, money)):
                return UnitPrice(money.amount, money.currency, per, f"{money.raw}/{per}")
        return self._unit_price_in_text()

    def other_offers(self) -> OtherOffers | None:
        return self._beside.other_offers()

    def coupon(self) -> Coupon | None:
        node = self._coupon
        if node is None and self._places.area(_AREA) is None:
            node = self._places.card.css_first(f".{_COUPON_CLASS}")
        text = text_of(node) if node is not None else self._old_coupon_text()
        return coupon_from_text(text, store_currency=self._store_currency)

    def _old_coupon_text(self) -> str:
        """Up to 2019 a link of its own: "5% sparen mit Coupon"."""
        if self._places.has_areas:
            return ""
        texts = (text_of(link) for link in self._places.card.css(_OLD_COUPON))
        return next((text for text in texts if is_coupon_text(text)), "")

    def _sort_nodes(self) -> None:
        """Every `.a-price` is a price to pay, a struck one, one a unit or an instalment. A coupon is
        found on the same walk."""
        self._plain: list[LexborNode] = []
        self._others: list[LexborNode] = []
        self._struck: LexborNode | None = None
        self._coupon: LexborNode | None = None
        for node in self._area.css(_PRICES) if self._area is not None else []:
            if has_class(node, _COUPON_CLASS):
                self._coupon = self._coupon or node
            elif is_struck(node):
                self._struck = self._struck or node
            elif is_unmarked(node):
                self._plain.append(node)
            else:
                self._others.append(node)
        if self._struck is None and not self._places.has_areas and not self._plain:
            self._struck = self._places.card.css_first(_OLD_STRUCK)
        if len(self._plain) > 1:
            self._plain = self._own_format([n for n in self._plain if not self._is_part(n)])

    def _is_part(self, node: LexborNode) -> bool:
        """Whether an unmarked price is not the one-off one: an instalment, a subscription's, or one a unit."""
        assert self._area is not None
        before, after = text_before(node, self._area), text_after(node, self._area)
        if is_instalment(before, after) or is_subscription_text(after):
            return True
        if unit_from_text_after(after) is None and unit_from_text_before(before) is None:
            return False
        self._others.append(node)
        return True

    def _own_format(self, plain: list[LexborNode]) -> list[LexborNode]:
        """Of several formats' prices those of the card's own format, or of the first."""
        formats = self._area.css(_FORMAT) if self._area is not None else []
        if len(formats) < 2 or len(plain) < 2:
            return plain
        places = {n.mem_id: i for i, n in enumerate(self._area.css("*"))} if self._area else {}
        starts = [places[node.mem_id] for node in formats]
        own = next(
            (i for i, n in enumerate(formats) if self._is_own(attribute(n, "href") or "")), 0
        )
        end = starts[own + 1] if own + 1 < len(starts) else len(places)
        return [node for node in plain if starts[own] < places[node.mem_id] < end]

    def _is_own(self, href: str) -> bool:
        return asin_from_path(href) == self._asin

    def _offer(self) -> CardOffer:
        read = [self._money(node) for node in self._plain] if self._plain else self._old_prices()
        prices = [money for money in read if money is not None]
        if len(prices) == 2 and (both := self._range(prices)) is not None:
            return CardOffer(both[0], both[1], "range")
        if len({money.amount for money in prices}) > 1:
            self._warnings.append("price_competing")
            return CardOffer()
        return self._single(prices[0]) if prices else self._without_price()

    def _single(self, money: Money) -> CardOffer:
        if money.amount != 0:
            note = self._note_of_price(money)
            if note not in ("program", "payment"):
                self._crosscheck(money)
            return CardOffer(money, note=note)
        bought = self._price_in_words()
        if bought is not None:
            return CardOffer(bought)
        # Free for members alone is no price of the article.
        is_of_program = self._is_of_program() or is_program_price_text(self._rest())
        return CardOffer(note="program") if is_of_program else CardOffer(money)

    def _without_price(self) -> CardOffer:
        if self._beside.is_there:
            return CardOffer(note="other_offers_only")
        bought = self._price_in_words()
        if bought is not None:
            return CardOffer(bought)
        if self._is_of_program():
            return CardOffer(note="program")
        return CardOffer(note="in_cart" if is_in_cart_text(text_of(self._area)) else "not_shown")

    def _note_of_price(self, money: Money) -> str | None:
        if self._area is None:
            return None
        # On most cards none of the lines can be one of these: the whole tells it at once.
        if may_be_for_some_alone(self._text):
            lines = list(self._lines())
            if any(is_members_price_text(line) for line in lines):
                return "program"
            if any(is_payment_price_text(line) and self._is_about(line, money) for line in lines):
                return "payment"
        return "from" if self._is_lowest_of_several() else None

    def _is_lowest_of_several(self) -> bool:
        if not self._plain or self._area is None or not may_be_from_text(self._text):
            return False
        node, area = self._plain[0], self._area
        return is_from_text(text_before(node, area), text_after(node, area))

    def _is_about(self, line: str, money: Money) -> bool:
        """A line that names another price ("R$ 90,00 no Pix") speaks of that one."""
        named = self._first_price(line)
        return named is None or named.amount == money.amount

    def _price_in_words(self) -> Money | None:
        """ "Or $1.29 to buy MP3", in the price's place or in that of other offers."""
        for line in self._lines():
            if is_purchase_text(line) and (money := self._first_price(line)) is not None:
                return money
        return self._beside.purchase_price()

    def _is_of_program(self) -> bool:
        """By the price's own place where there is one: delivery is free for members as well."""
        if not self._places.has_areas:
            return is_program_price_text(self._rest())
        return is_program_price_text(f"{text_of(self._area)} {self._beside.text}")

    def _rest(self) -> str:
        """The card without its title, which may name a programme."""
        text = text_of(self._places.card)
        for heading in self._places.card.css("h2"):
            text = text.replace(leaf_text(heading), " ", 1)
        return text

    def _lines(self) -> Iterator[str]:
        """The price area, text by text."""
        parts = self._text[:_MAX_AREA_LENGTH].split("\n")
        return (line for part in parts if (line := clean_text(part)))

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

    def _unit_of(self, node: LexborNode, money: Money) -> str | None:
        assert self._area is not None
        after = text_after(node, self._area)
        if is_instalment(text_before(node, self._area), after):
            return None
        # The text as a whole where the price stands in pieces that only together are followed by it.
        return unit_from_text_after(after) or unit_price_per_from_text(
            text_of(self._area)[:_MAX_AREA_LENGTH], money.raw
        )

    def _unit_price_in_text(self) -> UnitPrice | None:
        if self._area is None or not may_hold_unit(self._text):
            return None
        # Text by text first: as a whole, "12,99 €" and "1,30 €/100 g" would be one "€1,30".
        lines = (line for line in self._lines() if may_hold_unit(line))
        for text in (*lines, text_of(self._area)[:_MAX_AREA_LENGTH]):
            for money in prices_in_text(text, store_currency=self._store_currency):
                per = unit_price_per_from_text(text, money.raw)
                if per and not is_instalment("", f"/{per}"):
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
