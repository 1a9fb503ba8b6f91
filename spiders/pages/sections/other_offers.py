"""Offers beside the featured one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.items.offer import Offers
from spiders.pages.document import attribute, has_class, text_of
from spiders.pages.sections.price_places import USED_PLACES, PricePlaces
from spiders.parsing.prices.offer_lines import OfferLine, offer_line_from_text
from spiders.parsing.text import clean_text

# The line under the buying box, in the layouts since 2016; more places may say the same.
_LINE_PLACES = (
    "dynamic-aod-ingress-box", "olpLinkWidget_feature_div", "olp_feature_div", "olp-upd-new",
    "olp-upd-used", "olpDiv",
)  # fmt: skip
# These list offers with prices of their own: only a link to the list of all offers counts.
_LIST_PLACES = ("mbc", "moreBuyingChoices_feature_div", "unqualifiedBuyBox")
_LIST_LINK = 'a[href*="/offer-listing/"]'
FORMATS = ("tmmSwatches", "MediaMatrix", "mediamatrix_feature_div")
_OF_SELECTED_FORMAT = {"olp-new": "new", "olp-used": "used"}


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

    def offers(self) -> Offers | None:
        """Each condition from the first line that states it: the line under the buying box, the
        swatch of the selected format, the box of other sellers."""
        found: dict[str, OfferLine] = {}
        for line in self._lines():
            known = found.get(line.condition)
            if known is None or (known.lowest is None and line.lowest is not None):
                found[line.condition] = line
        if not found:
            return None
        nothing = OfferLine("", None, None)
        both, new, used = (found.get(word, nothing) for word in ("all", "new", "used"))
        return Offers(both.count, both.lowest, new.count, new.lowest, used.count, used.lowest)

    def _lines(self) -> Iterator[OfferLine]:
        for place in self._places.all(*_LINE_PLACES):
            links = place.css(_LIST_LINK)
            if links:
                yield from self._linked_lines(links)
            elif line := self._line(_spaced(place), price=self._price_in(place)):
                yield line
        yield from self._lines_of_selected_format()
        for place in self._places.all(*_LIST_PLACES):
            yield from self._linked_lines(place.css(_LIST_LINK))

    def _linked_lines(self, links: list[LexborNode]) -> Iterator[OfferLine]:
        for link in links:
            href = attribute(link, "href") or ""
            if line := self._line(_text_with_price(link), href=href, price=self._price_in(link)):
                yield line

    def _lines_of_selected_format(self) -> Iterator[OfferLine]:
        formats = self._document.find(*FORMATS)
        selected = formats.css_first(".selected") if formats is not None else None
        for node in selected.css(".olp-link") if selected is not None else []:
            for name, condition in _OF_SELECTED_FORMAT.items():
                if has_class(node, name) and (line := self._line(_spaced(node), condition)):
                    yield line

    def _line(
        self,
        text: str,
        condition: str | None = None,
        *,
        href: str = "",
        price: Money | None = None,
    ) -> OfferLine | None:
        line = offer_line_from_text(
            text, store_currency=self._places.store_currency, condition=condition, href=href
        )
        return replace(line, lowest=price) if line is not None and price is not None else line

    def _price_in(self, place: LexborNode) -> Money | None:
        """The price's own element, where there is one: its visible pieces double it in the text."""
        node = place.css_first(".a-price")
        return self._places.money(node) if node is not None else None


def _text_with_price(link: LexborNode) -> str:
    """A link's line: older pages put the price after the link, before the next one."""
    pieces, node = [_spaced(link)], link.next
    while node is not None and node.tag != "a":
        pieces.append(_spaced(node) if node.is_element_node else node.text())
        node = node.next
    return " ".join(pieces)


def _spaced(node: LexborNode) -> str:
    """Words and prices of such lines stand in elements of their own, without blanks between."""
    text = node.text(separator=" ")
    for unseen in node.css("script, style"):
        if unseen_text := unseen.text():
            text = text.replace(unseen_text, " ", 1)
    return clean_text(text)
