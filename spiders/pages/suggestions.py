"""The answer of a store's search field: JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from spiders.items.suggestion import SuggestedDepartment, SuggestionRow
from spiders.pages.classify import proven_status, unknown_page
from spiders.pages.fetched import Fetched
from spiders.pages.place import host_of
from spiders.pages.reading import PageReading
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.javascript import json_object
from spiders.parsing.text import clean_text
from spiders.sites.marketplaces import find_marketplace_by_host

_ALL_DEPARTMENTS = "aps"
# What proven_status calls an answer that is no page and no block of a kind it knows.
_NO_PAGE = (PageStatus.NOT_HTML, PageStatus.EMPTY_UNEXPLAINED)
# By the names that answers of 2017 and of today use.
_DEPARTMENTS = ("scopes", "nodes", "xcats")
_NAMES = ("display", "name")
_ALIASES = ("value", "alias")


class SuggestionsPage:
    def __init__(
        self, fetched: Fetched, *, lang: str | None = None, scraped_at: datetime | None = None
    ) -> None:
        self._fetched = fetched
        self._lang = lang
        self._scraped_at = scraped_at or datetime.now(UTC)

    @cached_property
    def status(self) -> PageStatus:
        found = proven_status(
            self._fetched, None, proof=lambda _: None, absence=unknown_page, rows=""
        )
        if found not in _NO_PAGE or self._entries is None:
            return found
        return PageStatus.OK if self._values else PageStatus.NO_RESULTS

    def rows(self) -> list[SuggestionRow]:
        if self.status is not PageStatus.OK:
            return []
        store = find_marketplace_by_host(host_of(self._fetched.url))
        prefix, department = _asked_of(self._fetched.url)
        return [
            SuggestionRow(
                suggestion=value,
                position=position,
                type=_text(entry.get("type")),
                departments=_departments_of(entry),
                prefix=prefix,
                department=department,
                marketplace=store.code if store else None,
                lang=self._lang,
                sourceUrl=self._fetched.url,
                scrapedAt=self._scraped_at,
                parserVersion=PARSER_VERSION,
            )
            for position, (value, entry) in enumerate(self._values, start=1)
        ]

    @cached_property
    def _entries(self) -> list[Any] | None:
        """None where the answer is not that of a search field."""
        entries = json_object(self._fetched.body).get("suggestions")
        return entries if isinstance(entries, list) else None

    @cached_property
    def _values(self) -> list[tuple[str, dict[str, Any]]]:
        """Entries without words are widgets."""
        found = ((_text(e.get("value")), e) for e in self._entries or () if isinstance(e, dict))
        return [(value, entry) for value, entry in found if value]


def _departments_of(entry: dict[str, Any]) -> list[SuggestedDepartment] | None:
    """None where the answer does not speak of departments."""
    lists = [entry[name] for name in _DEPARTMENTS if isinstance(entry.get(name), list)]
    if not lists:
        return None
    return list(_named(one for entries in lists for one in entries if isinstance(one, dict)))


def _named(entries: Iterator[dict[str, Any]]) -> Iterator[SuggestedDepartment]:
    for entry in entries:
        name, alias = _first(entry, _NAMES), _first(entry, _ALIASES)
        if name or alias:
            yield SuggestedDepartment(name, alias)


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(entry.get(name)))), None)


def _text(value: Any) -> str | None:
    return (clean_text(value) or None) if isinstance(value, str) else None


def _asked_of(url: str) -> tuple[str | None, str | None]:
    query = parse_qs(urlsplit(url).query)
    prefix = query.get("prefix", [None])[0]
    department = query.get("alias", [None])[0]
    return prefix, None if department == _ALL_DEPARTMENTS else department


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    page = SuggestionsPage(fetched, lang=lang)
    rows = page.rows()
    return PageReading(status=page.status, items=rows, summary=f"{len(rows)} suggestions")


def where_fields_are_read() -> dict[str, str]:
    return {}
