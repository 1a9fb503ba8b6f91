"""What a page of results says of the search as a whole, beside its cards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborNode

from spiders.items.search_info import SearchInfo
from spiders.pages.document import Document, attribute, text_of
from spiders.parsing.addresses.links import query_of_link
from spiders.parsing.search_messages import (
    is_department_fallback_text,
    keyword_from_quoted_text,
    total_results_from_text,
)

_BAR = '[data-component-type="s-result-info-bar"]'
# Up to 2019.
_OLD_BARS = ("s-result-count", "resultCount")
_OLD_SUGGESTION = "didYouMean"
_CORRECTION = '[class*="correction-messages"]'
_MESSAGE = '[class*="template=MESSAGING"], [cel_widget_id*="MESSAG"]'
_CORRECTED = ".a-text-italic, .a-text-bold"


class SearchMessages:
    """`keyword`: what was asked for, None where that is not known."""

    def __init__(self, document: Document, *, keyword: str | None) -> None:
        self._document = document
        self._keyword = (keyword or "").casefold()

    def info(self, page: int, *, has_results: bool) -> SearchInfo:
        return SearchInfo(
            page=page,
            totalResults=self._total_results(),
            correctedKeyword=self._corrected_keyword(),
            departmentFallback=self._is_department_fallback() if has_results else False,
            noResults=not has_results,
        )

    @cached_property
    def _bar(self) -> LexborNode | None:
        # A search of the bytes spares a walk through the whole tree where there is none.
        if b"s-result-info-bar" in self._document.body:
            return self._document.tree.css_first(_BAR)
        return next(
            (
                node
                for name in _OLD_BARS
                if name.encode() in self._document.body
                and (node := self._document.tree.css_first(f'[id="{name}"]')) is not None
            ),
            None,
        )

    @cached_property
    def _messages(self) -> list[LexborNode]:
        """The messages above the first card; those between cards are headings."""
        cards = self._document.result_cards
        sibling = cards[0].prev if cards else None
        found: list[LexborNode] = []
        while sibling is not None:
            if sibling.is_element_node:
                found += sibling.css(_MESSAGE)
            sibling = sibling.prev
        return found

    def _total_results(self) -> int | None:
        if self._bar is None:
            return None
        if self._bar.tag != "span" or self._bar.css_first("span") is None:
            return total_results_from_text(self._bar.text(deep=False))
        # The first text with a number: the keyword, which may hold some, comes after it.
        texts = (span.text(deep=False) for span in self._bar.css("span"))
        totals = (total_results_from_text(text) for text in texts)
        return next((total for total in totals if total is not None), None)

    def _corrected_keyword(self) -> str | None:
        for message in self._correction_messages():
            for node in message.css(_CORRECTED):
                if word := self._other_keyword(keyword_from_quoted_text(text_of(node))):
                    return word
            for link in message.css("a"):
                if word := self._other_keyword(_keyword_of_link(link)):
                    return word
        return None

    def _correction_messages(self) -> Iterator[LexborNode]:
        if not self._document.result_cards:
            yield from self._document.tree.css(_CORRECTION)
        for message in self._messages:
            if "correction-messages" in (attribute(message, "class") or ""):
                yield message
        if self._bar is None or attribute(self._bar, "data-component-type") is None:
            yield from self._document.tree.css(f"#{_OLD_SUGGESTION}")

    def _other_keyword(self, word: str | None) -> str | None:
        return word if word and word.casefold() != self._keyword else None

    def _is_department_fallback(self) -> bool:
        return any(is_department_fallback_text(text_of(node)) for node in self._messages)


def _keyword_of_link(link: LexborNode) -> str | None:
    query = query_of_link(attribute(link, "href"))
    return next(iter(query.get("k") or query.get("field-keywords") or []), None)
