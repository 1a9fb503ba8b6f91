"""From the text of a page to what the job wants of it."""

from __future__ import annotations

from dataclasses import dataclass

from spiders.items.failures import FailureCode
from spiders.items.target import TargetFailure
from spiders.parsing.html_end import ending_of, is_cut_xml
from spiders.site.options import SiteOptions
from spiders.site.page import SitePage, TooMuch, Value


class NotRead(Exception):
    """There is no page to read; `failure` says why."""

    def __init__(self, failure: TargetFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class ReadPage:
    page: SitePage
    rows: list[dict[str, Value]]
    engine: str
    # Whether anything was looked for.
    asked: bool

    @property
    def needs_script(self) -> bool:
        """The selectors found nothing at all, and the page has scripts that might change that."""
        found = any(value is not None for row in self.rows for value in row.values())
        return self.asked and not found and self.page.has_scripts


def read_page(
    text: str, url: str, options: SiteOptions, *, kind: str = "html", engine: str = "scrapy"
) -> ReadPage:
    """Raises NotRead."""
    if is_cut_xml(text) if kind == "xml" else ending_of(text.encode("utf-8", "replace")).is_cut:
        raise NotRead(TargetFailure(FailureCode.TRUNCATED_PAGE, "the page stops in the middle"))
    page = SitePage(text, url, kind=kind)
    try:
        rows = list(page.rows(options.selectors, options.item_selector))
    except TooMuch as error:
        raise NotRead(TargetFailure(FailureCode.PARSE_ERROR, str(error))) from error
    return ReadPage(page, rows, engine, asked=bool(options.selectors))
