"""Offers beside the featured one, and what sending costs."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.items.offer import Offers
from spiders.pages.document import attribute, text_of
from spiders.pages.sections.price_places import USED_PLACES, PricePlaces
from spiders.parsing.numbers import find_integer


class OtherOffersSection:
    def __init__(self, places: PricePlaces) -> None:
        self._document = places.document
        self._places = places

    def used_price(self) -> Money | None:
        for place in self._places.all(*USED_PLACES):
            node = place.css_first(".a-price")
            found = (
                self._places.money(node)
                if node is not None
                else self._places.text_price(text_of(place))
            )
            if found is not None:
                return found
        return None

    def shipping_price(self) -> Money | None:
        """From the delivery line's attribute, whose name is the same in every language."""
        place = self._document.find("mir-layout-DELIVERY_BLOCK", "deliveryBlockMessage")
        node = place.css_first("[data-csa-c-delivery-price]") if place is not None else None
        return (
            self._places.text_price(attribute(node, "data-csa-c-delivery-price")) if node else None
        )

    def offers(self) -> Offers | None:
        place = self._document.find(
            "dynamic-aod-ingress-box", "olpLinkWidget_feature_div", "olp_feature_div", "olp-upd-new"
        )
        text = text_of(place)
        price = self._places.text_price(text)
        if place is None or price is None:
            return None
        in_parentheses = re.search(r"[((]\s*(\d[\d.,]*)\s*[))]", text)
        count = find_integer(in_parentheses.group(1) if in_parentheses else text)
        return _offers_by_condition(place, count, price=price)


def _offers_by_condition(place: LexborNode, count: int | None, *, price: Money) -> Offers | None:
    links = " ".join(attribute(a, "href") or "" for a in place.css("a")).casefold()
    is_used, is_new = "condition=used" in links, "condition=new" in links
    if is_used and not is_new:
        return Offers(None, None, count, price)
    if is_new and not is_used:
        return Offers(count, price, None, None)
    # "New & used (7) from …": the page does not say which.
    return None
