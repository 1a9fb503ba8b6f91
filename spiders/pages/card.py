"""One search card. Every query is made on the card's own node: a query on the document is how
one card's rating ends up on every row."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.money import Money, UnitPrice
from spiders.items.offer import Badge, Coupon, Deal, OtherOffers
from spiders.items.variation import VariantShown
from spiders.pages.card_places import CardPlaces, Mark
from spiders.pages.document import attribute, leaf_text, text_of
from spiders.pages.price_nodes import is_plain_price, is_struck, price_of_node
from spiders.pages.trace import Sources
from spiders.parsing.counts import Count, bought_past_month_from_text, count_from_text
from spiders.parsing.images import full_size_image_url
from spiders.parsing.list_price import list_price_kind_from_text
from spiders.parsing.money import price_range_from_text, prices_in_text
from spiders.parsing.numbers import find_integer, find_number
from spiders.parsing.offers import coupon_from_text, is_program_price_text, unit_price_per_from_text
from spiders.parsing.rating import is_rating_plausible, rating_from_star_class, rating_from_text
from spiders.parsing.text import clean_text, text_or_none
from spiders.urls import asin_from_path

_PRICE_AREA = "price-recipe"
_OTHER_OFFERS = "secondary-offer-recipe"
_REVIEWS = "reviews-block"
_AD_LINKS = ("/sspa/", "slredirect")
_STARS = 'i[class*="a-star"]'
_COUNT_LINK = (
    '[data-csa-c-content-id="alf-customer-ratings-count-component"] a[aria-label],'
    ' a[href*="customerReviews"][aria-label]'
)
_IMAGE = "img.s-image, img.s-access-image"
_OLD_PRICE = ".s-price, .sx-price"
_DASH = re.compile(r"[-–—]")


@dataclass(slots=True)
class CardPrice:
    """What the price area says; a competing pair of prices is no price."""

    price: Money | None = None
    high: Money | None = None
    note: str | None = None
    is_competing: bool = False


class Card:
    def __init__(self, node: LexborNode, *, store_currency: str | None, sources: Sources) -> None:
        self.node = node
        self.asin = (attribute(node, "data-asin") or "").strip().upper()
        self.warnings: list[str] = []
        self._places = CardPlaces(node)
        self._store_currency = store_currency
        self._first = sources.first

    # Title and identity

    def title(self) -> str | None:
        return self._first(
            "title",
            ("full title", self._title_from_data),
            ("product heading", self._title_from_heading),
            # Carries the prefix "Sponsored Ad - ", cut only where the card is an ad.
            ("heading label", self._title_from_label),
            ("image text", self._title_from_image),
        )

    def brand(self) -> str | None:
        """Some layouts give the brand a small heading of its own before the title's."""
        headings = self._headings
        return text_of(headings[0]) or None if len(headings) > 1 else None

    def image_url(self) -> str | None:
        image = self._image
        return full_size_image_url(attribute(image, "src")) if image is not None else None

    def sponsored(self) -> bool:
        return self._is_sponsored

    @cached_property
    def _is_sponsored(self) -> bool:
        """Structure, never words: titles hold the word "sponsored" in a dozen languages."""
        if "AdHolder" in (attribute(self.node, "class") or "").split():
            return True
        if any(mark in self._title_href for mark in _AD_LINKS):
            return True
        # `puis-sponsored-label-text`, `s-sponsored-list-header`, …
        return bool(self._places.marked(Mark.SPONSORED))

    @cached_property
    def _title_href(self) -> str:
        """The heading is inside its link on newer cards, and around it on older ones."""
        heading = next(iter(self._headings), None)
        if heading is None:
            return ""
        inner = heading.css_first("a")
        link = inner if inner is not None else heading.parent
        return (attribute(link, "href") or "") if link is not None else ""

    # Price

    @cached_property
    def offer(self) -> CardPrice:
        plain = self._plain_prices
        shown = price_range_from_text(self._dashed_text, store_currency=self._store_currency)
        if shown is not None and len(plain) == 2:
            return CardPrice(shown[0], shown[1], "range")
        if len({money.amount for money in plain}) > 1:
            self.warnings.append("price_competing")
            return CardPrice(is_competing=True)
        if plain:
            return self._single_price(plain[0])
        if self._other_offers_area is not None:
            return CardPrice(note="other_offers_only")
        return CardPrice(note=None if self._price_text else "not_shown")

    def list_price(self) -> Money | None:
        return self._list_price

    @cached_property
    def _list_price(self) -> Money | None:
        node = self._struck_node
        if node is None:
            return None
        return price_of_node(node, store_currency=self._store_currency)

    def list_price_kind(self) -> str | None:
        node = self._struck_node
        if node is None:
            return None
        parent = node.parent
        return list_price_kind_from_text(text_of(parent) if parent is not None else "")

    def discount_percent(self) -> Decimal | None:
        price, struck = self.offer.price, self.list_price()
        if price is None or struck is None or self.offer.high is not None:
            return None
        return discount_between(price, struck)

    def unit_price(self) -> UnitPrice | None:
        """`.a-text-price` without a strike, or plain text "($32.84/Fl Oz)" on older cards."""
        text = self._price_text
        for node in self._price_nodes:
            if is_struck(node) or is_plain_price(node):
                continue
            money = price_of_node(node, store_currency=self._store_currency)
            if money is not None:
                per = unit_price_per_from_text(text, money.raw)
                raw = f"{money.raw}/{per}" if per else money.raw
                return UnitPrice(money.amount, money.currency, per, raw)
        return self._unit_price_from_text(text)

    def other_offers(self) -> OtherOffers | None:
        area = self._other_offers_area
        if area is None:
            return None
        text = text_of(area)
        lowest = next(prices_in_text(text, store_currency=self._store_currency), None)
        in_parentheses = re.search(r"[((]([^()()]*\d[^()()]*)[))]", text)
        count = find_integer(in_parentheses.group(1)) if in_parentheses else None
        return OtherOffers(count, lowest)

    def coupon(self) -> Coupon | None:
        node = self._places.area_or_card(_PRICE_AREA).css_first(".s-coupon-unclipped")
        return coupon_from_text(text_of(node), store_currency=self._store_currency)

    def deal(self) -> Deal | None:
        if not self._places.marked(Mark.DEAL_ITEM):
            return None
        badge = self.node.css_first('[data-a-badge-color*="deal"]')
        return Deal(text_or_none(text_of(badge)))

    # Rating

    def rating(self) -> Decimal | None:
        stars = self._stars
        if stars is None:
            return None
        rating = rating_from_text(stars.text()) or self._rating_from_label(stars)
        half_stars = rating_from_star_class(attribute(stars, "class"))
        if rating is not None and not is_rating_plausible(rating, stars=half_stars):
            self.warnings.append("rating_crosscheck_failed")
        return rating

    def ratings_count(self) -> Count | None:
        """From the count's own node; digits of a whole block make garbage such as 445279961."""
        if self._stars is None:
            return None
        return self._first(
            "ratingsCount",
            ("count link label", self._count_from_label),
            ("older count label", self._count_from_older_label),
            ("count text", self._count_from_text),
        )

    def bought_past_month(self) -> int | None:
        place = self._places.area_or_card(_REVIEWS)
        for node in place.css("span.a-size-base.a-color-secondary"):
            if (count := bought_past_month_from_text(node.text())) is not None:
                return count
        return None

    # Badges, delivery, swatches

    def badges(self) -> list[Badge]:
        found = []
        for node in self._places.marked(Mark.BADGE_COMPONENT):
            text = clean_text(" ".join(text_of(part) for part in node.css(".a-badge-text")))
            if text:
                found.append(Badge(self._badge_type(node), text))
        return found or self._other_badges()

    def is_prime(self) -> bool | None:
        """Never False: stores show no badge to visitors from elsewhere, Prime or not."""
        return True if self._places.marked(Mark.PRIME) else None

    def delivery(self) -> list[str]:
        area = self._places.area("delivery-recipe")
        if area is None:
            return []
        messages = area.css(".udm-primary-delivery-message, .udm-secondary-delivery-message")
        texts = [text_of(node) for node in messages or area.css("span[aria-label]")]
        return [text for text in texts if text] or ([whole] if (whole := text_of(area)) else [])

    def stock_text(self) -> str | None:
        for node in self._places.marked(Mark.STOCK):
            text = text_of(node)
            if text and find_number(text) is not None:
                return text
        return None

    def variants_shown(self) -> list[VariantShown]:
        found = []
        for node in self._places.marked(Mark.SWATCH):
            url = attribute(node, "data-csa-c-swatch-url") or ""
            asin = asin_from_path(url)
            if asin:
                selected = attribute(node, "data-csa-c-swatch-is-selected")
                label = attribute(node, "aria-label") or _inner_label(node)
                is_selected = None if selected is None else selected == "true"
                found.append(VariantShown(asin, text_or_none(label), is_selected))
        return found

    # Places

    @cached_property
    def _image(self) -> LexborNode | None:
        return self._places.area_or_card("image-container").css_first(_IMAGE)

    @cached_property
    def _headings(self) -> list[LexborNode]:
        """Newer cards have a second `h2`, a certificate's, outside the title's place."""
        place = self._places.area("title-recipe")
        if place is not None and (found := place.css("h2")):
            return found
        found = self.node.css("h2")
        return [h for h in found if h.css_first("a") is not None] or found

    @cached_property
    def _stars(self) -> LexborNode | None:
        return self._places.area_or_card(_REVIEWS).css_first(_STARS)

    @cached_property
    def _other_offers_area(self) -> LexborNode | None:
        area = self._places.area(_OTHER_OFFERS)
        has_price = area is not None and area.css_first(".a-color-base, .a-price") is not None
        return area if has_price else None

    @cached_property
    def _price_area(self) -> LexborNode | None:
        area = self._places.area(_PRICE_AREA)
        if area is not None:
            return area
        first = self.node.css_first(".a-price")
        while first is not None and first.parent is not None:
            first = first.parent
            if first.tag == "div" and "a-section" in (attribute(first, "class") or ""):
                return first
        return None

    @cached_property
    def _price_nodes(self) -> list[LexborNode]:
        area = self._price_area
        return area.css(".a-price") if area is not None else []

    @cached_property
    def _price_text(self) -> str:
        return text_of(self._price_area)

    @cached_property
    def _plain_nodes(self) -> list[LexborNode]:
        return [node for node in self._price_nodes if is_plain_price(node)]

    @cached_property
    def _plain_prices(self) -> list[Money]:
        nodes = self._plain_nodes
        if not nodes:
            return self._old_prices
        read = (price_of_node(n, store_currency=self._store_currency) for n in nodes)
        return [money for money in read if money is not None]

    @property
    def _old_prices(self) -> list[Money]:
        """Up to 2019: plain text, or pieces whose whole stands offscreen before them. A named price
        area proves a newer card."""
        node = None if self._places.area(_PRICE_AREA) else self.node.css_first(_OLD_PRICE)
        link = node.parent if node is not None else None
        while link is not None and link.tag not in ("a", "li"):
            link = link.parent
        if node is None or link is None:
            return []
        whole = link.css_first(".a-offscreen") if link.tag == "a" else None
        text = text_of(whole if whole is not None else node)
        return list(prices_in_text(text, store_currency=self._store_currency))[:1]

    @cached_property
    def _struck_node(self) -> LexborNode | None:
        return next((node for node in self._price_nodes if is_struck(node)), None)

    @property
    def _dashed_text(self) -> str:
        """Low and high with what stands between them; only worth it where two prices stand."""
        nodes = self._plain_nodes
        if len(nodes) != 2 or nodes[0].parent is None:
            return ""
        between = nodes[0].next
        parts = []
        while between is not None and between.mem_id != nodes[1].mem_id:
            parts.append(between.text())
            between = between.next
        dash = "-" if _DASH.search("".join(parts)) else " "
        low, high = self._plain_prices[:2] if len(self._plain_prices) == 2 else (None, None)
        return f"{low.raw}{dash}{high.raw}" if low and high else ""

    def _single_price(self, money: Money) -> CardPrice:
        self._crosscheck(money)
        if money.amount != 0:
            return CardPrice(money)
        bought = self._purchase_price()
        if bought is not None:
            return CardPrice(bought)
        return CardPrice(
            money, None, "program" if is_program_price_text(text_of(self.node)) else None
        )

    def _purchase_price(self) -> Money | None:
        """Beside a subscription's 0.00: "or 5,99 € to buy", in the place of other offers, but
        without their count in parentheses."""
        text = text_of(self._places.area(_OTHER_OFFERS))
        if not text or "(" in text:
            return None
        return next(prices_in_text(text, store_currency=self._store_currency), None)

    def _crosscheck(self, money: Money) -> None:
        """Cards with an add-to-cart button carry the amount for machines, without a currency."""
        nodes = self._places.marked(Mark.PRICE_TO_PAY)
        text = attribute(nodes[0], "data-csa-c-price-to-pay") if nodes else None
        stated = find_number(text or "")
        if stated is not None and stated != money.amount:
            self.warnings.append("price_crosscheck_failed")

    def _unit_price_from_text(self, text: str) -> UnitPrice | None:
        if "/" not in text:
            return None
        for money in prices_in_text(text, store_currency=self._store_currency):
            per = unit_price_per_from_text(text, money.raw)
            if per:
                return UnitPrice(money.amount, money.currency, per, f"{money.raw}/{per}")
        return None

    # Sources

    def _title_from_data(self) -> str | None:
        """Cards of 2019 keep it whole here; their heading's text starts with a hidden ad mark."""
        headings = self._headings
        return text_or_none(attribute(headings[-1], "data-attribute")) if headings else None

    def _title_from_heading(self) -> str | None:
        headings = self._headings
        return leaf_text(headings[-1]) or None if headings else None

    def _title_from_label(self) -> str | None:
        headings = self._headings
        return self._without_ad_prefix(attribute(headings[-1], "aria-label")) if headings else None

    def _title_from_image(self) -> str | None:
        image = self._image
        return self._without_ad_prefix(attribute(image, "alt")) if image is not None else None

    def _without_ad_prefix(self, text: str | None) -> str | None:
        cleaned = text_or_none(text)
        if cleaned is None or not self.sponsored():
            return cleaned
        return re.sub(r"^[^-–]{4,30}\s[-–]\s", "", cleaned)

    def _rating_from_label(self, stars: LexborNode) -> Decimal | None:
        node: LexborNode | None = stars
        for _ in range(3):
            node = node.parent if node is not None else None
            label = attribute(node, "aria-label") if node is not None else None
            if label:
                return rating_from_text(label)
        return None

    def _count_from_label(self) -> Count | None:
        node = self._places.area_or_card(_REVIEWS).css_first(_COUNT_LINK)
        return count_from_text(attribute(node, "aria-label")) if node is not None else None

    def _count_from_older_label(self) -> Count | None:
        row = self._rating_row
        for node in row.css("span[aria-label], a[aria-label]") if row is not None else []:
            label = attribute(node, "aria-label") or ""
            is_star = node.css_first(_STARS) is not None or "a-popover-trigger" in (
                attribute(node, "class") or ""
            )
            if not is_star and (count := count_from_text(label)) is not None:
                return count
        return None

    def _count_from_text(self) -> Count | None:
        row = self._rating_row
        node = row.css_first("a .a-size-base, a .a-size-mini, a.a-link-normal") if row else None
        return count_from_text(text_of(node)) if node is not None else None

    @cached_property
    def _rating_row(self) -> LexborNode | None:
        node = self._stars
        while node is not None and node.mem_id != self.node.mem_id:
            if node.tag == "div":
                return node
            node = node.parent
        return None

    def _badge_type(self, node: LexborNode) -> str | None:
        try:
            props = json.loads(attribute(node, "data-component-props") or "")
        except ValueError:
            return None
        kind = props.get("badgeType") if isinstance(props, dict) else None
        return kind if isinstance(kind, str) else None

    def _other_badges(self) -> list[Badge]:
        found = []
        for node in self._places.marked(Mark.CAPSULE_BADGE):
            if text := text_of(node.css_first(".rio-badge-label")):
                found.append(Badge((node.id or "").casefold().replace("_", "-") or None, text))
        for node in self._places.marked(Mark.PLAIN_BADGE):
            texts = [text_of(part) for part in node.css(".a-badge-text")]
            text = clean_text(" ".join(texts))
            kind = re.search(r"-(best-seller|amazons-choice)$", node.id or "")
            if text:
                found.append(Badge(kind.group(1) if kind else None, text))
        return found


def discount_between(price: Money, struck: Money) -> Decimal | None:
    """Whole percents, as Amazon shows them."""
    if price.currency != struck.currency or not Decimal(0) <= price.amount < struck.amount:
        return None
    return (100 * (struck.amount - price.amount) / struck.amount).quantize(Decimal(1))


def _inner_label(node: LexborNode) -> str | None:
    inner = node.css_first("[aria-label]")
    return attribute(inner, "aria-label") if inner is not None else None
