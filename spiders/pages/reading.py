"""What every page type can do: read a saved page, and say where its fields are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, cast

from spiders.pages.fetched import Fetched
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.types.job_type import PageType


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """`summary`: what was found, in a few words; `facts`: what the page says beside its rows."""

    status: PageStatus
    items: Sequence[Any]
    summary: str
    has_next: bool | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class PageModule(Protocol):
    """The module of a page object."""

    def read_page(
        self, fetched: Fetched, *, url: str, lang: str | None, sources: Sources | None
    ) -> PageReading:
        """`url`: the address that was asked for, all that is known of the target."""
        ...

    def where_fields_are_read(self) -> dict[str, str]:
        """By field, the file of the part of the page that reads it; the page's own file is left out."""
        ...


def page_module(page: PageType) -> PageModule:
    return cast(PageModule, import_module(page.module))
