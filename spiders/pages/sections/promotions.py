"""What lowers a price: coupon, deal, subscription."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from spiders.items.offer import Coupon, Deal, SubscribeAndSave
from spiders.pages.document import text_of
from spiders.pages.sections.price_places import PricePlaces
from spiders.parsing.offers import coupon_from_text, percent_from_text
from spiders.parsing.text import clean_text


class PromotionSection:
    def __init__(self, places: PricePlaces) -> None:
        self._document = places.document
        self._places = places

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
        return coupon_from_text(text_of(button), store_currency=self._places.store_currency)

    def deal(self) -> Deal | None:
        """The countdown's hidden templates stand in the same block."""
        place = self._document.find("dealBadge_feature_div", "dealBadge")
        label = place.css_first("#dealBadgeSupportingText, .dealBadgeTextColor") if place else None
        text = text_of(label)
        return Deal(text) if text else None


def _own_text(node: LexborNode) -> str:
    """A label's own words, without the links to terms inside it."""
    return clean_text(
        " ".join(child.text() for child in node.iter(include_text=True) if child.is_text_node)
    )
