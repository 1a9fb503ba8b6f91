"""Attribute lines of every details layout since 2016, verbatim, and the few we also name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.attribute import Attribute, DateFirstAvailable
from spiders.items.place import Gtin
from spiders.pages.document import Document, attribute, holds_text_alone, leaf_text, text_of
from spiders.parsing.attribute_names import attribute_concept
from spiders.parsing.dates import iso_date_from_text
from spiders.parsing.text import clean_text

# Ids of tables come once or, where sections repeat, numbered.
_TABLE_PLACES = (
    "prodDetails", "productDetails_techSpec_sections", "productDetails_feature_div",
    "productDetails_detailBullets_sections1", "productDetails_techSpec_section_1",
    "productDetails_techSpec_section_2", "productDetails_db_sections",
    "productDetails_expanderTables_depthLeftSections",
    "productDetails_expanderTables_depthRightSections", "technicalSpecifications_section_1",
    "technicalSpecifications_feature_div", "tech-specs-desktop", "voyagerAccordian",
    "voyagerAccordian_feature_div", "productDetailsWithModules_feature_div", "productDetailsTable",
    "technical-data", "tech-data",
)  # fmt: skip
# Amazon's own devices, and tables that sellers lay out freely: names in bold, no ids of rows.
_FREE_TABLE_PLACES = (
    "tech", "technical-details-table", "tech-details", "technicalDetails", "technicalDetails_feature_div",
    "device-comparison", "deviceComparison", "device-comparison-table", "techSpecsTable",
)  # fmt: skip
_SHEET_PLACES = ("voyagerSideSheet_feature_div", "voyager-ns-desktop-side-sheet-content")
_SHEETS = ".voyager-side-sheet-attribute-section"
_BULLET_PLACES = ("detailBullets_feature_div", "detailBulletsWrapper_feature_div")
_OLD_BULLET_PLACES = (
    "detail_bullets_id",
    "detail-bullets",
    "productDetailsTable",
    "detail-bullets_feature_div",
)
_OVERVIEW_PLACES = ("productOverview_feature_div", "poExpander", "voyagerNorthstarATF")
# Ratings and ranks share the tables; they are told by content, not by their translated names.
_NOT_AN_ATTRIBUTE = (
    'a[href*="/gp/bestsellers/"], a[href*="/zgbs/"], i[class*="a-star"], #averageCustomerReviews,'
    ' #detailBullets_averageCustomerReviews, .zg_hrsr, [id^="averageCustomerReview"], a[href*="/review/create-review"],'
    ' a[href*="/product-reviews/"]'
)
_TRUNCATED = ".a-truncate-full, .po-truncate-full"
_NOT_PLAIN = f"{_NOT_AN_ATTRIBUTE}, {_TRUNCATED}, script, style, noscript"
_EDGE_MARKS = " :：\u200e\u200f"


class DetailsSection:
    def __init__(self, document: Document, *, asin: str, language: str | None) -> None:
        self._document = document
        self._asin = asin
        self._language = language
        self._groups: dict[int, str | None] = {}

    @property
    def attributes(self) -> list[Attribute] | None:
        """None where the page has no details place."""
        return self._all if self._all or self._has_place else None

    @cached_property
    def _has_place(self) -> bool:
        by_id = self._document.by_id
        places = (
            *_TABLE_PLACES, *_FREE_TABLE_PLACES, *_BULLET_PLACES, *_OLD_BULLET_PLACES, *_OVERVIEW_PLACES,
        )  # fmt: skip
        return any(name in by_id for name in places)

    def _sheets(self) -> list[LexborNode]:
        """Details in folded sheets, which have a class and no ids: looked for in their place, or in
        the whole page where none of the usual places is, since that costs a walk through it."""
        place = self._document.find(*_SHEET_PLACES)
        if place is None and self._has_usual_place:
            return []
        return (place or self._document.tree).css(_SHEETS)

    @property
    def _has_usual_place(self) -> bool:
        return self._document.find(*_TABLE_PLACES, *_BULLET_PLACES, *_OLD_BULLET_PLACES) is not None

    @cached_property
    def _all(self) -> list[Attribute]:
        found: dict[tuple[str, str], Attribute] = {}
        for line in self._lines():
            found.setdefault((line.name, line.value), line)
        for sheet in self._sheets():
            for row in sheet.css("tr"):
                for line in _table_row(row, self._group_of(row)):
                    found.setdefault((line.name, line.value), line)
        return list(found.values())

    @cached_property
    def overview_brand(self) -> str | None:
        return next((a.value for a in self._overview if attribute_concept(a.name) == "brand"), None)

    def named(self, concept: str) -> str | None:
        """First value of a concept; tables that state it twice do so in falling precision."""
        return self._by_concept.get(concept)

    def gtins(self) -> list[Gtin] | None:
        if self.attributes is None:
            return None
        found = []
        for line in self._all:
            concept = attribute_concept(line.name)
            if concept in ("upc", "ean", "gtin", "isbn10", "isbn13"):
                codes = line.value.replace("-", "").replace(",", " ").split()
                found += [Gtin(concept, code) for code in codes if code.rstrip("Xx").isdigit()]
        return list({(g.type, g.value): g for g in found}.values())

    def date_first_available(self) -> DateFirstAvailable | None:
        raw = self.named("date_first_available")
        if raw is None:
            return None
        return DateFirstAvailable(raw, iso_date_from_text(raw, language=self._language))

    @cached_property
    def _by_concept(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self._all:
            concept = attribute_concept(line.name)
            if concept is not None:
                found.setdefault(concept, line.value)
        return found

    def _lines(self) -> Iterator[Attribute]:
        yield from self._overview
        seen: set[int] = set()
        for place in self._places(*_TABLE_PLACES):
            for row in place.css("tr"):
                if row.mem_id not in seen:
                    seen.add(row.mem_id)
                    yield from _table_row(row, self._group_of(row))
            yield from _definition_lists(place)
        for place in self._places(*_FREE_TABLE_PLACES):
            for table in [place] if place.tag == "table" else place.css("table"):
                yield from self._free_table(table)
        for place in self._places(*_BULLET_PLACES):
            for item in place.css("li"):
                if item.mem_id not in seen:
                    seen.add(item.mem_id)
                    yield from _bullet(item)
        for place in self._places(*_OLD_BULLET_PLACES):
            for item in place.css("li"):
                yield from _old_bullet(item)
        yield from self._facts()
        yield from self._book_facts()

    def _free_table(self, table: LexborNode) -> Iterator[Attribute]:
        """Two columns are name and value; of more, each is a device, and one may be this product."""
        own: int | None = None
        for row in table.css("tr"):
            cells = [cell for cell in row.iter() if cell.tag in ("th", "td")]
            if len(cells) > 2 and own is None:
                own = self._own_column(cells)
                continue
            column = own if len(cells) > 2 else 1
            if len(cells) >= 2 and column is not None and column < len(cells):
                value = _cell_value(cells[column])
                if value is not None:
                    yield from _attribute(None, leaf_text(cells[0]), value=value)

    def _own_column(self, headings: list[LexborNode]) -> int | None:
        """By the link to this product, or as the one device that is named without a link."""
        links = [[attribute(a, "href") or "" for a in cell.css("a")] for cell in headings[1:]]
        for index, hrefs in enumerate(links, 1):
            if any(f"/{self._asin}" in href for href in hrefs):
                return index
        unlinked = [index for index, hrefs in enumerate(links, 1) if not hrefs]
        return unlinked[0] if len(unlinked) == 1 and len(links) > 1 else None

    def _group_of(self, row: LexborNode) -> str | None:
        """Heading of the expander the row's table stands in, found once a table."""
        table = row.parent
        if table is None:
            return None
        if table.mem_id not in self._groups:
            self._groups[table.mem_id] = _expander_heading(table)
        return self._groups[table.mem_id]

    def _places(self, *ids: str) -> Iterator[LexborNode]:
        by_id = self._document.by_id
        return (by_id[name] for name in ids if name in by_id)

    @cached_property
    def _overview(self) -> list[Attribute]:
        found: list[Attribute] = []
        for place in self._places(*_OVERVIEW_PLACES):
            for row in place.css("tr"):
                cells = row.css("td, th")
                if len(cells) == 2:
                    found += _attribute(None, leaf_text(cells[0]), value=_shown_text(cells[1]))
        return found

    def _facts(self) -> Iterator[Attribute]:
        for place in self._places("productFactsDesktop_feature_div", "productFactsDesktopExpander"):
            for row in place.css(".product-facts-detail"):
                cells = row.css(".a-fixed-left-grid-col")
                if len(cells) == 2:
                    yield from _attribute(None, text_of(cells[0]), value=text_of(cells[1]))

    def _book_facts(self) -> Iterator[Attribute]:
        for name in self._document.ids_with_prefix("rpi-attribute-"):
            node = self._document.by_id[name]
            label = node.css_first(".rpi-attribute-label")
            value = node.css_first(".rpi-attribute-value")
            yield from _attribute(None, text_of(label), value=text_of(value))


def _table_row(row: LexborNode, group: str | None) -> Iterator[Attribute]:
    cells = [cell for cell in row.iter() if cell.tag in ("th", "td")]
    if len(cells) == 2 and (value := _cell_value(cells[1])) is not None:
        yield from _attribute(group, leaf_text(cells[0]), value=value)


def _cell_value(cell: LexborNode) -> str | None:
    """None for ratings and ranks. Most cells are plain text."""
    if holds_text_alone(cell) or cell.css_first(_NOT_PLAIN) is None:
        return leaf_text(cell)
    return None if cell.css_first(_NOT_AN_ATTRIBUTE) is not None else _shown_text(cell)


def _definition_lists(place: LexborNode) -> Iterator[Attribute]:
    for term in place.css("dt"):
        following = term.next
        while following is not None and following.tag != "dd":
            following = following.next
        if following is not None:
            yield from _attribute(None, text_of(term), value=text_of(following))


def _bullet(item: LexborNode) -> Iterator[Attribute]:
    name = item.css_first(".a-text-bold")
    if name is None or item.css_first(_NOT_AN_ATTRIBUTE) is not None:
        return
    value = name.next
    while value is not None and value.tag != "span":
        value = value.next
    if value is not None:
        yield from _attribute(None, text_of(name), value=text_of(value))


def _old_bullet(item: LexborNode) -> Iterator[Attribute]:
    """`<li><b>Name:</b> value</li>`; further bold words belong to the value."""
    name = item.css_first("b")
    if name is None or item.css_first(_NOT_AN_ATTRIBUTE) is not None:
        return
    value, node = [], name.next
    while node is not None:
        value.append(node.text())
        node = node.next
    yield from _attribute(None, text_of(name), value=clean_text("".join(value)))


def _attribute(group: str | None, name: str, *, value: str) -> Iterator[Attribute]:
    plain_name, plain_value = name.strip(_EDGE_MARKS), value.strip(_EDGE_MARKS)
    if plain_name and plain_value:
        yield Attribute(group, plain_name, plain_value)


def _shown_text(cell: LexborNode) -> str:
    """Long values stand twice, cut and whole; the whole one counts."""
    whole = None if holds_text_alone(cell) else cell.css_first(_TRUNCATED)
    return text_of(whole if whole is not None else cell)


def _expander_heading(table: LexborNode) -> str | None:
    """None outside an expander: the heading of something else would be found further up."""
    node: LexborNode | None = table
    for _ in range(8):
        if node is None:
            return None
        if "a-expander-container" in (attribute(node, "class") or ""):
            return text_of(node.css_first(".a-expander-prompt")) or None
        node = node.parent
    return None
