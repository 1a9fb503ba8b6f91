"""Who sells the featured offer, and who sends it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.offer import Seller
from spiders.pages.document import Document, attribute, is_inside_any, text_of
from spiders.pages.sections.buybox import NEW_ROWS, USED_ROWS
from spiders.pages.trace import Sources
from spiders.parsing.sellers import (
    amazon_in_sentence,
    is_amazon_name,
    is_seller_label,
    is_shipper_label,
    names_two_roles,
)
from spiders.parsing.text import clean_text
from spiders.sites.sellers import seller_id_from_link

_MESSAGE = ".offer-display-feature-text-message"
_FEATURE_NAMES = {
    "merchantInfoFeature_feature_div": "desktop-merchant-info",
    "fulfillerInfoFeature_feature_div": "desktop-fulfiller-info",
}
_LABEL = ".offer-display-feature-label"
# The label stands at most so far above its text.
_LABEL_DEPTH = 4
_SHORT_FORMS = ("sfsb_accordion_head", "shipFromSoldByAbbreviated_feature_div")
_ROW_NAME = "tabular-attribute-name"
# Rows of an ebook's price table: "Ebooks-desktop-printSoldBy" and its kin.
_EBOOK_ROWS, _EBOOK_SELLER = "Ebooks-", "soldby"


class SellerSection:
    """`state` is the buy box's: some places speak of the featured offer only where there is one."""

    def __init__(self, document: Document, *, state: str, sources: Sources) -> None:
        self._document = document
        self._state = state
        self._first = sources.first

    def seller(self) -> Seller | None:
        return self._first(
            "seller",
            ("merchant feature", self._seller_from_feature),
            ("buy box table", self._seller_from_table),
            ("seller link", self._seller_from_link),
            ("merchant sentence", self._seller_from_sentence),
            ("short form", self._seller_from_short_form),
            ("ebook row", self._seller_from_ebook_row),
        )

    def ships_from(self) -> str | None:
        return self._first(
            "shipsFrom",
            ("fulfiller feature", self._shipper_from_feature),
            ("buy box table", lambda: self._table_text(is_shipper=True)),
            ("merchant feature", self._shipper_from_merchant_feature),
            ("merchant sentence", self._shipper_from_sentence),
            ("short form", lambda: self._short_form_name(is_shipper_label)),
        )

    @cached_property
    def _new_row(self) -> LexborNode | None:
        return self._document.find(*NEW_ROWS)

    @cached_property
    def _used_rows(self) -> list[LexborNode]:
        by_id = self._document.by_id
        return [by_id[name] for name in USED_ROWS if name in by_id]

    def _is_of_used_offer(self, node: LexborNode) -> bool:
        return is_inside_any(node, self._used_rows)

    def _feature(self, name: str) -> LexborNode | None:
        """The feature's text in the new offer; accordions repeat it for the used one."""
        row = self._new_row
        places = [row.css_first(f"#{name}")] if row is not None else []
        for place in (*places, *self._document.all_by_id(name)):
            if place is not None and not self._is_of_used_offer(place):
                return place.css_first(_MESSAGE)
        place = self._named_feature(name)
        return place.css_first(_MESSAGE) if place is not None else None

    def _named_feature(self, name: str) -> LexborNode | None:
        """Under the attribute that stays where the feature's own element has another id."""
        place = self._new_row or self._document.find("desktop_buybox", "rightCol")
        query = f'.offer-display-feature-text[offer-display-feature-name="{_FEATURE_NAMES[name]}"]'
        found = place.css(query) if place is not None else []
        return next((node for node in found if not self._is_of_used_offer(node)), None)

    def _seller_from_feature(self) -> Seller | None:
        return _seller(self._feature("merchantInfoFeature_feature_div"))

    def _seller_from_table(self) -> Seller | None:
        return _seller(self._table_cell(is_shipper=False))

    def _seller_from_link(self) -> Seller | None:
        for link in self._document.all_by_id("sellerProfileTriggerId"):
            if not self._is_of_used_offer(link):
                return _seller(link)
        return None

    def _seller_from_sentence(self) -> Seller | None:
        text = self._merchant_sentence
        link = self._document.find("merchant-info")
        linked = _seller(link.css_first('a[href*="seller="]')) if link is not None else None
        if linked is not None:
            return linked
        name = amazon_in_sentence(text) if text else None
        return Seller(None, name, True) if name else None

    def _seller_from_short_form(self) -> Seller | None:
        name = self._short_form_name(is_seller_label)
        return Seller(None, name, is_amazon_name(name)) if name else None

    def _short_form_name(self, is_wanted: Callable[[str], bool]) -> str | None:
        """ "Ships from: Amazon", "Sold by: Lamps Ltd", each in a row of its own."""
        for place in (node for name in _SHORT_FORMS for node in self._document.all_by_id(name)):
            for row in [] if self._is_of_used_offer(place) else place.css(".a-row"):
                label, _, name = text_of(row).replace("：", ":").partition(":")
                if is_wanted(label) and (cleaned := clean_text(name)):
                    return cleaned
        return None

    def _seller_from_ebook_row(self) -> Seller | None:
        """The name stands alone in the first line; "Price set by seller" follows it."""
        for name in self._document.ids_with_prefix(_EBOOK_ROWS):
            if _EBOOK_SELLER in name.casefold():
                cells = self._document.by_id[name].css("td")
                text = _first_line(cells[-1]) if cells else ""
                plain = clean_text(text.partition(":")[2]) if ":" in text else text
                return Seller(None, plain, is_amazon_name(plain)) if plain else None
        return None

    def _shipper_from_feature(self) -> str | None:
        return text_of(self._feature("fulfillerInfoFeature_feature_div")) or None

    def _shipper_from_merchant_feature(self) -> str | None:
        """Only where its label speaks of both: "Shipper / Seller". Who sells may not send."""
        message = self._feature("merchantInfoFeature_feature_div")
        label = self._label_of(message)
        return text_of(message) or None if names_two_roles(label) else None

    def _label_of(self, message: LexborNode | None) -> str:
        """What stands before a feature's text, in the nearest element that holds a label."""
        node = message.parent if message is not None else None
        for _ in range(_LABEL_DEPTH):
            if node is None:
                break
            if (label := node.css_first(_LABEL)) is not None:
                return text_of(label)
            node = node.parent
        return ""

    def _shipper_from_sentence(self) -> str | None:
        """A sentence that says nothing of sending names the seller alone."""
        text = self._merchant_sentence
        if not is_shipper_label(text):
            return None
        if amazon := amazon_in_sentence(text):
            return amazon
        seller = self._seller_from_sentence()
        return seller.name if seller is not None else None

    @property
    def _merchant_sentence(self) -> str:
        """Only of a buyable offer: elsewhere the same id holds a line about something else."""
        return self._document.text_of("merchant-info") if self._state == "featured" else ""

    def _table_text(self, *, is_shipper: bool) -> str | None:
        return text_of(self._table_cell(is_shipper=is_shipper)) or None

    def _table_cell(self, *, is_shipper: bool) -> LexborNode | None:
        """By the label's word; else the other one of two, of which one is known; where no word is
        known, shippers stand first and sellers second."""
        table = self._document.find("tabular-buybox")
        cells = table.css(f"div.tabular-buybox-text[{_ROW_NAME}]") if table is not None else []
        wanted, other = is_seller_label, is_shipper_label
        if is_shipper:
            wanted, other = other, wanted
        labelled = [(attribute(cell, _ROW_NAME) or "", cell) for cell in cells]
        if named := [cell for label, cell in labelled if wanted(label)]:
            return named[0]
        # Later rows speak of returns and payment.
        first_two = labelled[:2]
        if len(first_two) < 2:
            return None
        rest = [cell for label, cell in first_two if not other(label)]
        return rest[0] if len(rest) == 1 else cells[0 if is_shipper else 1]


def _first_line(cell: LexborNode) -> str:
    """The text of the first element, or what stands before the first break."""
    named = cell.css_first("a, span")
    if named is not None:
        return text_of(named)
    parts: list[str] = []
    for child in cell.iter(include_text=True):
        if child.tag == "br" and clean_text("".join(parts)):
            break
        parts.append(child.text())
    return clean_text("".join(parts))


def _seller(node: LexborNode | None) -> Seller | None:
    name = text_of(node)
    if node is None or not name:
        return None
    link = node if node.tag == "a" else node.css_first("a[href]")
    seller_id = seller_id_from_link(attribute(link, "href")) if link is not None else None
    # Third parties have a profile link, Amazon has none.
    return Seller(seller_id, name, is_amazon_name(name))
