"""What the column beside the results offers to narrow the search down by.

An entry's id is the refinement itself (`n/172282`, `p_89/Anker`), in every language of the store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.search_info import OfferedCategory, OfferedRefinement
from spiders.pages.document import Document, attribute, leaf_text, text_of
from spiders.parsing.addresses.links import query_of_link
from spiders.parsing.counts import count_from_text
from spiders.sites.refinements import NODE, BadRefinement, entries_from_text

_COLUMN_ID = "s-refinements"
_ENTRY = 'li[id*="/"]'
_TITLE = "-title"
# Of the price, whose title stands elsewhere.
_PANEL, _PANEL_TITLE = "filter-", ".sf-refinement-heading"
_LABEL = '[class*="a-size-base"], [class*="a-size-small"]'
_RATING, _STARS = "p_72", ".a-icon-alt"
_CHECKED = "input[checked]"
# Its id counts the brackets; their bounds stand in the link.
_NUMBERED = re.compile(r"(p_[a-z0-9_-]+)/dynamic-picker-\d+")
_ID = re.compile(r"(n|p_[a-z0-9_-]+)/(\S.*)")
_COUNT = re.compile(r"\(([\d.,\s]+)\)")


class LeftColumn:
    def __init__(self, document: Document) -> None:
        self._document = document

    def categories(self) -> list[OfferedCategory] | None:
        """Also the ones above the chosen one, outermost first. None where there is no column."""
        if self._column is None:
            return None
        return [
            OfferedCategory(
                id=entry.value, name=title, count=entry.count(), isChosen=entry.is_chosen()
            )
            for entry in self._entries
            if entry.name == NODE and entry.value.isdigit() and (title := entry.title())
        ]

    def refinements(self) -> list[OfferedRefinement] | None:
        """None where there is no column."""
        if self._column is None:
            return None
        return [
            OfferedRefinement(
                id=f"{entry.name}:{entry.value}",
                group=self._groups.get(entry.name),
                name=title,
                count=entry.count(),
                isChosen=entry.is_chosen(),
            )
            for entry in self._entries
            if entry.name != NODE and (title := entry.title())
        ]

    @cached_property
    def _column(self) -> LexborNode | None:
        # A search of the bytes spares a walk through the whole tree where there is none.
        if _COLUMN_ID.encode() not in self._document.body:
            return None
        return self._document.tree.css_first(f'[id="{_COLUMN_ID}"]')

    @cached_property
    def _entries(self) -> list[_Entry]:
        """Each once: one stands twice where a group shows its first ones above "See more"."""
        nodes = self._column.css(_ENTRY) if self._column is not None else []
        read = (_entry_of(node) for node in nodes)
        found = {(entry.name, entry.value): entry for entry in reversed([*read]) if entry}
        return list(reversed(found.values()))

    @cached_property
    def _groups(self) -> dict[str, str]:
        """By the refinement's name, the heading of its group: "Brand"."""
        if self._column is None:
            return {}
        found = {}
        for node in self._column.css(f'[id^="{_PANEL}"]'):
            if title := leaf_text(node.css_first(_PANEL_TITLE)):
                found[(node.id or "").removeprefix(_PANEL)] = title
        for node in self._column.css(f'[id$="{_TITLE}"]'):
            found[(node.id or "").removesuffix(_TITLE)] = text_of(node)
        return {name: title for name, title in found.items() if title}


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    value: str
    node: LexborNode
    link: LexborNode | None
    text: str

    def title(self) -> str | None:
        """The first line: a second one explains it. Stars have words of their own before it."""
        label = leaf_text(self.node.css_first(_LABEL)) or self.text
        stars = leaf_text(self.node.css_first(_STARS)) if self.name == _RATING else ""
        if stars:
            return stars if label in stars else f"{stars} {label}"
        return label or None

    def is_chosen(self) -> bool:
        """A chosen category is no link; a chosen refinement's link takes it away."""
        if self.link is None or attribute(self.link, "aria-current") == "true":
            return True
        return self.link.css_first(_CHECKED) is not None

    def count(self) -> int | None:
        """In brackets of its own; pages of today state none."""
        if not self.text.endswith(")"):
            return None
        for one in self.node.css("span"):
            if found := _COUNT.fullmatch(leaf_text(one)):
                count = count_from_text(found.group(1))
                return count.value if count is not None else None
        return None


def _entry_of(node: LexborNode) -> _Entry | None:
    """None also for one that this search cannot be narrowed down by: it is shown without a link."""
    link = node.css_first("a")
    text = node.id or ""
    if numbered := _NUMBERED.fullmatch(text):
        named = _refinement_of_link(link, numbered.group(1)) if link is not None else None
    else:
        found = _ID.fullmatch(text)
        named = (found.group(1), found.group(2).strip()) if found is not None else None
    if named is None or (link is None and named[0] != NODE):
        return None
    return _Entry(*named, node, link, leaf_text(node))


def _refinement_of_link(link: LexborNode, name: str) -> tuple[str, str] | None:
    stated = query_of_link(attribute(link, "href")).get("rh", [])
    try:
        entries = entries_from_text(stated[0]) if stated else []
    except BadRefinement:
        return None
    return next((entry for entry in entries if entry[0] == name), None)
