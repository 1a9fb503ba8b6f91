"""Of which list and category a page is, and the categories that stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.bestsellers import ListCategory
from spiders.pages.document import Document, attribute, leaf_text
from spiders.parsing.addresses.links import parts_of_link
from spiders.parsing.text import clean_text
from spiders.sites.bestsellers import ListPlace, place_from_path

# The second of each: pages up to 2021.
_ENTRY = '[class*="zg-browse-item"], [id="zg_browseRoot"] li'
_ROOT_ENTRY = '[class*="zg-root-browse-item"], [id="zg_browseRoot"]'
_SELECTED = '[class*="zg-selected"], .zg_selected'
_UPS = ("zg-browse-up", "zg_browseUp")
_PAGING = "ul.a-pagination a"


@dataclass(frozen=True, slots=True)
class OfferedCategory:
    """A category that the tree leads to."""

    name: str
    slug: str | None
    node: str | None


class ListHeader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._tree = document.tree

    @property
    def has_tree(self) -> bool:
        return bool(self._entries) or self._tree.css_first(_ROOT_ENTRY) is not None

    @cached_property
    def place(self) -> ListPlace | None:
        """By the page's own links, which saved pages keep too; then by its address."""
        head = self._tree.head
        canonical = head.css_first('link[rel="canonical"]') if head is not None else None
        if canonical is not None and (found := place_from_path(_path_of(canonical))) is not None:
            return found
        for link in self._tree.css(_PAGING):
            if (found := place_from_path(_path_of(link))) is not None:
                return found
        return place_from_path(parts_of_link(self._document.fetched.url).path)

    @cached_property
    def category(self) -> ListCategory | None:
        place, selected = self.place, self._selected
        name = _own_text(selected) if selected is not None else None
        if name is None and (place is None or place.slug is None):
            return None
        above = [text for entry in self._entries if (text := _name_above(entry))]
        path = [*above, name] if name is not None else None
        return ListCategory(name, place.node if place is not None else None, path)

    @cached_property
    def offered(self) -> list[OfferedCategory]:
        found = []
        for entry in self._entries:
            link = entry.css_first("a")
            place = place_from_path(_path_of(link)) if link is not None else None
            if link is not None and place is not None and (name := leaf_text(link)):
                found.append(OfferedCategory(name, place.slug, place.node))
        return found

    @cached_property
    def _entries(self) -> list[LexborNode]:
        return self._tree.css(_ENTRY)

    @property
    def _selected(self) -> LexborNode | None:
        for entry in self._entries:
            if (found := entry.css_first(_SELECTED)) is not None:
                return found
        return None


def _name_above(entry: LexborNode) -> str | None:
    """Of an entry that the current category stands under."""
    classes = attribute(entry, "class") or ""
    link = entry.css_first("a") if any(name in classes for name in _UPS) else None
    if link is None:
        return None
    # The way up to all departments is no category.
    place = place_from_path(_path_of(link))
    return leaf_text(link) or None if place is None or place.slug or place.node else None


def _own_text(node: LexborNode) -> str | None:
    """Without the word for readers of screens ("(Current)") that pages of 2026 hold beside it."""
    return clean_text(node.text(deep=False)) or leaf_text(node) or None


def _path_of(link: LexborNode) -> str:
    return parts_of_link(attribute(link, "href")).path
