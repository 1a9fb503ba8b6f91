"""Where the product stands: breadcrumbs and best-seller ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from spiders.items.place import BestSellerRank, Breadcrumb
from spiders.pages.document import Document, attribute, text_of
from spiders.parsing.addresses.links import parts_of_link, query_of_link
from spiders.parsing.ranks import rank_from_text
from spiders.parsing.text import clean_text

_RANK_LINK = 'a[href*="/gp/bestsellers/"], a[href*="/zgbs/"], a[href*="/gp/new-releases/"]'
_RANK_PLACES = (
    "SalesRank", "detailBulletsWrapper_feature_div", "detailBullets_feature_div", "prodDetails",
    "productDetails_detailBullets_sections1", "productDetails_expanderTables_depthLeftSections",
    "productDetails_expanderTables_depthRightSections", "productDetails_db_sections",
    "detail-bullets", "detail_bullets_id", "productDetailsTable", "voyagerAccordian",
    "productDetails_feature_div", "detailsListWrapper", "productDetailsWithModules_feature_div",
    "productDetails",
)  # fmt: skip
_LINK_OPEN, _LINK_CLOSE = "\x01", "\x02"
# A link alone in parentheses is "(See Top 100 in …)", whatever the language.
_LINK_IN_PARENTHESES = re.compile(r"[((]\s*\x01[^\x02]*\x02\s*[))]")
_NODE_ID = re.compile(r"/(\d{5,})(?:/|$)")
_BREAKING = frozenset({"br", "li", "ul", "tr", "td", "div", "p", "th"})


class CatalogueSection:
    def __init__(self, document: Document) -> None:
        self._document = document

    def breadcrumbs(self) -> list[Breadcrumb] | None:
        place = self._document.find(
            "wayfinding-breadcrumbs_feature_div",
            "wayfinding-breadcrumbs_container",
            "desktop-breadcrumbs_feature_div",
        )
        if place is None:
            return None
        return [crumb for link in place.css("a") if (crumb := _breadcrumb(link)) is not None]

    def best_seller_ranks(self) -> list[BestSellerRank] | None:
        """From the links to best-seller lists: what they stand in is the rank, in any language.
        None where no details place names such a list."""
        found: dict[tuple[int, str], BestSellerRank] = {}
        lines = list(self._rank_lines())
        for line, href in lines:
            rank = rank_from_text(line)
            if rank is not None and (rank.rank, rank.category) not in found:
                found[rank.rank, rank.category] = BestSellerRank(
                    rank.rank, rank.category, _node_id(href), _is_root(href)
                )
        return list(found.values()) if lines else None

    def _rank_lines(self) -> Iterator[tuple[str, str]]:
        seen: set[int] = set()
        for place in filter(None, (self._document.by_id.get(name) for name in _RANK_PLACES)):
            for link in place.css(_RANK_LINK):
                container = _rank_container(link)
                if container.mem_id not in seen:
                    seen.add(container.mem_id)
                    yield from _lines_with_links(container)


def _breadcrumb(link: LexborNode) -> Breadcrumb | None:
    name, href = text_of(link), attribute(link, "href") or ""
    # "Back to results" is a link like the others, but leads to no node.
    if not name or link.id == "breadcrumb-back-link":
        return None
    node = query_of_link(href).get("node")
    return Breadcrumb(name, node[0].split(",")[-1] if node else None, href or None)


def _rank_container(link: LexborNode) -> LexborNode:
    """The table cell or list item that holds all ranks, the outermost of nested lists."""
    best, node = link, link.parent
    while node is not None and node.tag not in ("body", "table"):
        if node.tag in ("td", "li"):
            best = node
            if node.tag == "td" or node.id == "SalesRank":
                break
        node = node.parent
    return best if best.mem_id != link.mem_id else (link.parent or link)


def _lines_with_links(container: LexborNode) -> Iterator[tuple[str, str]]:
    """Visual lines that hold a best-seller link, the links in marks, labels in bold left out."""
    line: list[str] = []
    href = ""
    for text, link in _pieces(container):
        if text is None:
            if href:
                yield _line_text(line), href
            line, href = [], ""
            continue
        line.append(text)
        href = href or link
    if href:
        yield _line_text(line), href


def _pieces(node: LexborNode) -> Iterator[tuple[str | None, str]]:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if child.is_text_node:
            yield child.text(), ""
        elif tag == "a":
            href = attribute(child, "href") or ""
            is_rank_link = "bestsellers" in href or "zgbs" in href or "new-releases" in href
            yield f"{_LINK_OPEN}{child.text()}{_LINK_CLOSE}", href if is_rank_link else ""
        elif tag in ("b", "style", "script", "th") or "a-text-bold" in (
            attribute(child, "class") or ""
        ):
            # Bold text is the line's label, unless the ranks themselves are inside.
            if child.css_first("a") is not None:
                yield from _pieces(child)
        elif tag in _BREAKING:
            yield None, ""
            yield from _pieces(child)
            yield None, ""
        else:
            yield from _pieces(child)


def _line_text(pieces: list[str]) -> str:
    text = _LINK_IN_PARENTHESES.sub("", clean_text("".join(pieces)))
    return clean_text(text.replace(_LINK_OPEN, "").replace(_LINK_CLOSE, ""))


def _node_id(href: str) -> str | None:
    match = _NODE_ID.search(parts_of_link(href).path)
    return match.group(1) if match else None


def _is_root(href: str) -> bool | None:
    if "pd_zg_ts" in href:
        return True
    return False if "pd_zg_hrsr" in href or _node_id(href) else None
