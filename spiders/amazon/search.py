"""Search result pages by keyword."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.arguments import whole_number, yes
from spiders.amazon.base import AmazonSpider, BadArgument
from spiders.amazon.place import tell_place
from spiders.items.formats.plain import plain_from_item
from spiders.items.search import SearchRow
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.searches.search import SearchPage
from spiders.sites.marketplaces import Locale, find_marketplace_by_host
from spiders.sites.refinements import BadRefinement, entries_from_text, is_node
from spiders.sites.urls import SORT_VALUES, SearchOptions, search_url
from spiders.targets import (
    NotAnAmazonTarget,
    SearchTarget,
    require_own_store,
    search_target_from_text,
)
from spiders.work.saved_pages import READ_WITH
from spiders.work.target import LeasedTarget, Target

MAX_PAGES = 20
# Of a table of keywords: rows of a search hold the keyword beside each product's address.
COLUMNS = ("keyword", "target", "url")
# A search may have hundreds of them, too many for statistics.
_OFFERED = ("categories", "refinements")
OPTIONS = {
    "sortBy": "sort_by",
    "priceMin": "price_min",
    "priceMax": "price_max",
    "department": "department",
    "node": "node",
    "refinements": "refinements",
}


@dataclass(slots=True)
class Progress:
    """What the pages before have shown. A page is read once it is good, so a second try is safe."""

    rows: int = 0
    organic: int = 0
    kept: int = 0
    asins: set[str] = field(default_factory=set)

    def add(self, rows: list[SearchRow]) -> bool:
        """Count a page; False when it showed no ASIN that was not known."""
        before = len(self.asins)
        self.rows += len(rows)
        self.organic += sum(1 for row in rows if not row.sponsored)
        self.asins.update(row.asin for row in rows)
        return len(self.asins) > before


class AmazonSearchSpider(AmazonSpider):
    """`scrapy crawl amazon_search -a keywords="usb hub,desk lamp" -a max_pages=2 -O rows.jsonl`

    Or `-a keywords_file=keywords.csv`, `-` for standard input.
    """

    name = "amazon_search"

    def __init__(
        self,
        *args: Any,
        keywords: str = "",
        keywords_file: str = "",
        targets_file: str = "",
        max_pages: str = "1",
        max_results: str = "",
        include_sponsored: str = "true",
        sort_by: str = "",
        price_min: str = "",
        price_max: str = "",
        department: str = "",
        node: str = "",
        refinements: str = "",
        on_invalid: str = "fail",
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        self._lists = {"keywords": keywords}
        self._files = {"keywords_file": keywords_file, "targets_file": targets_file}
        self._on_invalid = on_invalid
        self._params = {
            "maxPages": whole_number("max_pages", max_pages),
            "maxResults": whole_number("max_results", max_results) if max_results else None,
            "includeSponsored": yes("include_sponsored", include_sponsored),
            "sortBy": _sort_order("sort_by", sort_by),
            "priceMin": _amount("price_min", price_min),
            "priceMax": _amount("price_max", price_max),
            "department": department or None,
            "node": _node("node", node),
            "refinements": _refinements("refinements", refinements),
        }

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.listed_targets(
            self._lists,
            self._files,
            search_target_from_text,
            columns=COLUMNS,
            on_invalid=self._on_invalid,
        )
        if not listed:
            raise BadArgument(
                'keywords is missing: -a keywords="usb hub[,...]" or -a keywords_file=FILE'
            )
        for number, asked in enumerate(listed, start=1):
            locale = self._agreed_locale(asked)
            params = {
                "target": asked.text,
                "keyword": asked.keyword,
                "query": dict(asked.query),
                "firstPage": asked.page,
                "lang": locale.lang,
                "language": locale.language,
                **{name: value for name, value in self._params.items() if value is not None},
                **self.place_params(locale),
            }
            target = Target(id=str(number), url="", params=params)
            try:
                target.url = self._page_url(target, asked.page, host=locale.marketplace.host)
            except ValueError as error:
                raise BadArgument(str(error)) from error
            yield target

    def _agreed_locale(self, asked: SearchTarget) -> Locale:
        locale = self.locale(url_host=asked.host)
        try:
            require_own_store(asked, locale.marketplace)
        except NotAnAmazonTarget as error:
            raise BadArgument(f"marketplace: {error}") from error
        return locale

    def first_request(self, target: Target) -> Request:
        page = _first_page(target)
        return self._request(target, url=target.url, page=page, progress=Progress())

    async def parse(
        self, response: Response, target: Target, page: int, page_url: str, progress: Progress
    ) -> AsyncIterator[Any]:
        found = None
        if not isinstance(response, FailedDownload):
            response.meta[READ_WITH] = {
                "keyword": _keyword_of(target),
                "page": page,
                "rankOffset": progress.rows,
                "organicOffset": progress.organic,
            }
            found = SearchPage(
                self.fetched(response),
                keyword=_keyword_of(target),
                lang=target.params.get("lang"),
                page=page,
                rank_offset=progress.rows,
                organic_offset=progress.organic,
                reads_offered=page == _first_page(target),
            )
        failure = self.failure_of(response, found.status if found else None)
        if found is None or failure is not None:
            # Rows of earlier pages stay: they are proven good. The target still says it failed.
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        self._keep_info(found, target)
        rows = found.rows()
        has_news = progress.add(rows)
        for row in self._wanted(rows, target, progress):
            row.target = target.params.get("target")
            self.count_failed_fields(row.warnings)
            tell_place(row, response)
            yield row
        if found.has_next and has_news and self._wants_more(target, page, progress):
            url = self._page_url(target, page + 1, host=urlsplit(target.url).hostname or "")
            yield self._request(target, url=url, page=page + 1, progress=progress)

    def _keep_info(self, page: SearchPage, target: Target) -> None:
        """With the target, whose record shows it; in direct mode in the crawl's statistics."""
        if page.info is None:
            return
        target.search_info.append(page.info)
        if not isinstance(target, LeasedTarget):
            told = self.crawler.stats.get_value("searchInfo", [])
            said = {"keyword": _keyword_of(target), **plain_from_item(page.info)}
            entry = {name: value for name, value in said.items() if name not in _OFFERED}
            self.crawler.stats.set_value("searchInfo", [*told, entry])

    def _request(self, target: Target, *, url: str, page: int, progress: Progress) -> Request:
        return self.page_request(target, url, page=page, page_url=url, progress=progress)

    def _wanted(
        self, rows: list[SearchRow], target: Target, progress: Progress
    ) -> Iterator[SearchRow]:
        """The rows that the target asks for: `maxResults` is exact."""
        most = target.params.get("maxResults")
        with_sponsored = target.params.get("includeSponsored", True)
        for row in rows:
            if most is not None and progress.kept >= most:
                return
            if row.sponsored and not with_sponsored:
                continue
            progress.kept += 1
            yield row

    def _wants_more(self, target: Target, page: int, progress: Progress) -> bool:
        most = target.params.get("maxResults")
        last_page = _first_page(target) - 1 + min(target.params.get("maxPages") or 1, MAX_PAGES)
        return page < last_page and (most is None or progress.kept < most)

    def _page_url(self, target: Target, page: int, *, host: str) -> str:
        marketplace = find_marketplace_by_host(host)
        if marketplace is None:
            raise BadArgument(f"{host!r} is no marketplace's host")
        given = {OPTIONS[name]: target.params[name] for name in OPTIONS if target.params.get(name)}
        return search_url(
            marketplace,
            _keyword_of(target),
            page=page,
            language=target.params.get("language"),
            options=SearchOptions(**given, query=target.params.get("query") or {}),
        )


def _first_page(target: Target) -> int:
    return int(target.params.get("firstPage") or 1)


def _keyword_of(target: Target) -> str | None:
    """For seeds pushed by hand, which may say nothing but their URL."""
    if keyword := target.params.get("keyword"):
        return str(keyword)
    return next(iter(parse_qs(urlsplit(target.url).query).get("k", [])), None)


def _sort_order(name: str, text: str) -> str | None:
    if text and text not in SORT_VALUES:
        raise BadArgument(f"{name} is {text!r}, it must be one of {', '.join(SORT_VALUES)}")
    return text or None


def _node(name: str, text: str) -> str | None:
    if text and not is_node(text):
        raise BadArgument(f"{name} is {text!r}, it must be the number of a browse node")
    return text or None


def _refinements(name: str, text: str) -> list[str] | None:
    """As `rh` of an address has them: `p_89:Anker,p_72:1248879011`."""
    try:
        entries = entries_from_text(text)
    except BadRefinement as error:
        raise BadArgument(f"{name}: {error}") from error
    return [f"{entry}:{value}" for entry, value in entries] or None


def _amount(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadArgument(f"{name} is {text!r}, it must be a number") from None
