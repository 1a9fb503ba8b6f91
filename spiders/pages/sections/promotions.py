"""What lowers a price: coupon, deal, subscription."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from spiders.items.offer import Coupon, Deal, SubscribeAndSave
from spiders.pages.document import attribute, is_leaf, leaf_text, text_of
from spiders.pages.sections.price_places import PricePlaces
from spiders.parsing.dates import instant_from_text
from spiders.parsing.prices.offers import coupon_from_text, is_coupon_text, percent_from_text
from spiders.parsing.text import clean_text

_DEAL_PLACES = ("dealBadge_feature_div", "dealBadge")
_DEAL_LABEL = "#dealBadgeSupportingText, .dealBadgeTextColor, .a-badge-text"
_PLACES_WITH_DEALS = (
    "corePriceDisplay_desktop_feature_div", "corePrice_desktop", "corePrice_feature_div",
    "unifiedPrice_feature_div", "corePriceDisplay_mobile_feature_div", "dealsAccordionRow",
)  # fmt: skip
_DEAL_MARKS = '[data-csa-c-item-id*="amzn1.deal."], [data-a-badge-color*="deal"], .dealBadge, [id*="dealsXbadge-label"]'
_UNSEEN = frozenset({"aok-hidden", "a-hidden", "aok-offscreen", "a-offscreen"})
_PROMOTION_PLACES = (
    "promoPriceBlockMessage_feature_div",
    "couponFeature",
    "couponsInBuybox_feature_div",
)


class PromotionSection:
    def __init__(self, places: PricePlaces) -> None:
        self._document = places.document
        self._places = places

    def _places_with_deals(self) -> list[LexborNode]:
        """The whole price area where the page has one, which holds the others."""
        area = self._document.find("apex_desktop")
        return [area] if area is not None else list(self._places.all(*_PLACES_WITH_DEALS))

    def subscribe_and_save(self) -> SubscribeAndSave | None:
        place = self._document.find(
            "sns-base-price", "snsAccordionRowMiddle", "snsPrice", "subscriptionPrice"
        )
        if place is None:
            return None
        node = place.css_first(".a-price")
        price = (
            self._places.money(node)
            if node is not None
            else self._places.text_price(text_of(place))
        )
        badge = self._document.find("snsDiscountPill", "snsDiscountBadge", "sns-discount-pill")
        return SubscribeAndSave(price, percent_from_text(text_of(badge))) if price else None

    def coupon(self) -> Coupon | None:
        """Clip coupons of this product; card promotions and bank offers are something else."""
        for name in self._document.ids_with_prefix("couponText"):
            text = _own_text(self._document.by_id[name])
            return coupon_from_text(text, store_currency=self._places.store_currency)
        button = self._document.find("vpcButton", "couponBadgeRegularVpc")
        text = text_of(button) or self._coupon_in_promotions()
        return coupon_from_text(text, store_currency=self._places.store_currency)

    def _coupon_in_promotions(self) -> str:
        """Among promotions that are none: credits, codes to enter, offers of a card's bank."""
        for place in self._places.all(*_PROMOTION_PLACES):
            for node in place.css("label, span, div"):
                if is_leaf(node) and is_coupon_text(text := leaf_text(node)):
                    return text
        return ""

    def deal(self) -> Deal | None:
        """A badge in its own block, or one in the price's or the buying block that is marked so."""
        for place in self._places.all(*_DEAL_PLACES):
            if deal := _deal(place, place):
                return deal
        for place in self._places_with_deals():
            for badge in place.css(_DEAL_MARKS):
                if not self._places.is_foreign(badge) and (deal := _deal(badge, place)):
                    return deal
        return None


def _deal(badge: LexborNode, place: LexborNode) -> Deal | None:
    """The countdown's hidden templates stand in the same block as its label."""
    label = badge.css_first(_DEAL_LABEL)
    text = text_of(label) if label is not None else _seen_text(badge)
    timer = place.css_first("[data-target-time]")
    ends_at = instant_from_text(attribute(timer, "data-target-time")) if timer is not None else None
    return Deal(text or None, ends_at) if text or ends_at is not None else None


def _seen_text(node: LexborNode) -> str:
    """Texts of a badge, without what only screen readers and timers use."""
    texts = []
    for child in node.iter(include_text=True):
        if child.is_text_node:
            texts.append(child.text())
        elif (
            child.is_element_node
            and child.tag not in ("script", "style")
            and not _UNSEEN.intersection((attribute(child, "class") or "").split())
            and "data-target-time" not in child.attrs
        ):
            texts.append(_seen_text(child))
    return clean_text(" ".join(texts))


def _own_text(node: LexborNode) -> str:
    """A label's own words, without the links to terms inside it."""
    return clean_text(
        " ".join(child.text() for child in node.iter(include_text=True) if child.is_text_node)
    )
