"""From the bytes of a page to what the job wants of it. Pure, and run where it can be ended: in a reader
process (see readers.py), since what users write as selectors may take minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spiders.parsing.decoding.encodings import text_from_bytes
from spiders.parsing.decoding.html_end import ending_of, is_cut_xml
from spiders.site.page import SitePage, TooMuch, Value
from spiders.sites.page_urls import Reach, host_of
from spiders.sites.selectors import BadSelector
from spiders.work.failures import FailureCode
from storage.base.records import Failure

Link = tuple[str, str]


class NotRead(Exception):
    """There is no page to read; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTask:
    """What to look for. `kind`: `html` or `xml`. `text`: whether the page's text is wanted back: `never`,
    `needed` (where the page needs script), or `always` (and nothing else: a browser comes first)."""

    url: str
    content_type: str
    kind: str
    selectors: Mapping[str, str]
    item_selector: str | None
    next_page_selector: str | None
    reach: Reach
    finds_links: bool
    respects_nofollow: bool
    text: str = "never"
    # The connection told where the body ends, and it came to that end. Elements that are still open
    # there were forgotten by the author of the page.
    is_framed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """`links`, `following`: (key, URL). `needs_script`: the selectors found nothing at all, and the page
    has scripts that might change that."""

    rows: list[dict[str, Value]]
    links: list[Link] = field(default_factory=list)
    following: Link | None = None
    needs_script: bool = False
    text: str | None = None


def read_page(task: ReadTask, body: bytes) -> ReadPage:
    """Raises NotRead."""
    text = text_from_bytes(body, content_type=task.content_type, host=host_of(task.url))
    if is_cut_xml(text) if task.kind == "xml" else _is_cut_html(text, is_framed=task.is_framed):
        raise NotRead(Failure(FailureCode.TRUNCATED_PAGE, "the page stops in the middle"))
    if task.text == "always":
        return ReadPage(rows=[], text=text)
    page = SitePage(text, task.url, kind=task.kind)
    try:
        rows = list(page.rows(task.selectors, task.item_selector))
        following = _following(page, task)
    except (TooMuch, BadSelector) as error:
        raise NotRead(Failure(FailureCode.PARSE_ERROR, str(error))) from error
    needs_script = bool(task.selectors) and _found_nothing(rows) and page.has_scripts
    return ReadPage(
        rows=rows,
        links=_links(page, task),
        following=following,
        needs_script=needs_script,
        text=text if task.text == "needed" and needs_script else None,
    )


def _is_cut_html(text: str, *, is_framed: bool) -> bool:
    ending = ending_of(text.encode("utf-8", "replace"))
    return ending.is_torn if is_framed else ending.is_cut


def _found_nothing(rows: list[dict[str, Value]]) -> bool:
    return not any(value is not None for row in rows for value in row.values())


def _following(page: SitePage, task: ReadTask) -> Link | None:
    if task.next_page_selector is None:
        return None
    return page.next_page(task.next_page_selector, task.reach)


def _links(page: SitePage, task: ReadTask) -> list[Link]:
    if not task.finds_links:
        return []
    return list(page.links(task.reach, respect_nofollow=task.respects_nofollow))
