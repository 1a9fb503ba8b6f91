"""Lists of best sellers, new releases, movers and shakers, most wished for and most gifted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.arguments import whole_number, yes
from spiders.amazon.base import BadArgument, ListedSpider
from spiders.amazon.fill import fill_row
from spiders.amazon.place import tell_place
from spiders.items.bestsellers import BestsellerRow
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.product import ProductPage
from spiders.sites.bestsellers import (
    BEST_SELLERS,
    LIST_SEGMENTS,
    MAX_PAGES,
    MAX_RANK,
    ListPlace,
    list_url,
    place_from_path,
)
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.urls import product_url
from spiders.targets import list_target_from_text
from spiders.work.saved_pages import READ_WITH
from spiders.work.target import Target

# Of a table: rows of a list hold the target beside each product's address.
COLUMNS = ("target", "url")


@dataclass(slots=True)
class Progress:
    """What the pages before have shown. A page is read once it is good, so a second try is safe."""

    rows: int = 0
    kept: int = 0


class AmazonBestsellersSpider(ListedSpider):
    """`scrapy crawl amazon_bestsellers -a targets=electronics,books/25 -O rows.jsonl`

    Or `-a targets_file=lists.csv`, `-` for standard input. `-a list=new_releases` is the list of
    targets that name a category alone. `-a fill=true` reads the page of each product without a card.
    """

    name = "amazon_bestsellers"

    def __init__(
        self,
        *args: Any,
        list: str = BEST_SELLERS,  # noqa: A002 (the name that rows and jobs use)
        max_results: str = "",
        fill: str = "false",
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        if list not in LIST_SEGMENTS:
            raise BadArgument(f"list is {list!r}, it must be one of {', '.join(LIST_SEGMENTS)}")
        self._asked_list = list
        self._fill = yes("fill", fill)
        self._max_results = whole_number("max_results", max_results) if max_results else None

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.asked_targets(list_target_from_text, columns=COLUMNS, form="CATEGORY_OR_URL")
        for number, asked in enumerate(listed, start=1):
            locale = self.locale(url_host=asked.host)
            place = asked.place if asked.names_list else replace(asked.place, list=self._asked_list)
            url = list_url(locale.marketplace, place, language=locale.language)
            params = {
                "target": asked.text,
                "lang": locale.lang,
                "language": locale.language,
                **({"maxResults": self._max_results} if self._max_results else {}),
                **({"fill": True} if self._fill else {}),
                **self.place_params(locale),
            }
            yield Target(id=str(number), url=url, params=params)

    def first_request(self, target: Target) -> Request:
        return self._request(target, url=target.url, page=1, progress=Progress())

    async def parse(
        self, response: Response, target: Target, page: int, page_url: str, progress: Progress
    ) -> AsyncIterator[Any]:
        found = None
        if not isinstance(response, FailedDownload):
            response.meta[READ_WITH] = {"rankOffset": progress.rows}
            found = BestsellersPage(
                self.fetched(response),
                lang=target.params.get("lang"),
                rank_offset=progress.rows,
            )
        if found is not None and page == 1:
            target.categories += found.categories
        failure = self.failure_of(response, found.status if found else None)
        if found is None or failure is not None:
            # Rows of the first page stay: they are proven good. The target still says it failed.
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        rows = found.rows()
        progress.rows += len(rows)
        for row in self._wanted(rows, target, progress):
            row.target = target.params.get("target")
            self.count_failed_fields(row.warnings)
            tell_place(row, response)
            yield self._product_request(target, row) if _is_to_fill(row, target) else row
        if found.has_next and page < MAX_PAGES and progress.kept < _most(target):
            url = _page_url(target, page + 1)
            yield self._request(target, url=url, page=page + 1, progress=progress)

    async def parse_product(
        self, response: Response, target: Target, page_url: str, row: BestsellerRow
    ) -> AsyncIterator[Any]:
        """The page of a product whose place on the list has no card."""
        page = None
        if not isinstance(response, FailedDownload):
            lang = target.params.get("lang")
            page = ProductPage(self.fetched(response), asked_asin=row.asin, lang=lang)
        failure = self.failure_of(response, page.status if page else None)
        if failure is not None and (retry := self.retry_or_none(response, failure)):
            yield retry
            return
        product = page.item() if page is not None and failure is None else None
        if product is not None:
            target.product_pages += 1
            fill_row(row, product)
            self.count_failed_fields(product.warnings)
            tell_place(row, response)
        elif failure is not None:
            # The place itself is proven, by the list.
            row.warnings.append(f"fill_failed:{failure.code}")
        yield row

    def _product_request(self, target: Target, row: BestsellerRow) -> Request:
        store = find_marketplace_by_host(urlsplit(target.url).hostname or "")
        assert store is not None
        url = product_url(store, row.asin, language=target.params.get("language"))
        request = self.page_request(target, url, page_url=url, row=row)
        return request.replace(callback=self.parse_product)

    def _request(self, target: Target, *, url: str, page: int, progress: Progress) -> Request:
        return self.page_request(target, url, page=page, page_url=url, progress=progress)

    @staticmethod
    def _wanted(
        rows: list[BestsellerRow], target: Target, progress: Progress
    ) -> Iterator[BestsellerRow]:
        """The rows that the target asks for: `maxResults` is exact."""
        for row in rows[: max(0, _most(target) - progress.kept)]:
            progress.kept += 1
            yield row


def _is_to_fill(row: BestsellerRow, target: Target) -> bool:
    return bool(row.partial and target.params.get("fill"))


def _most(target: Target) -> int:
    return int(target.params.get("maxResults") or MAX_RANK)


def _page_url(target: Target, page: int) -> str:
    parts = urlsplit(target.url)
    marketplace = find_marketplace_by_host(parts.hostname or "")
    place: ListPlace | None = place_from_path(parts.path)
    if marketplace is None or place is None:
        raise BadArgument(f"{target.url!r} is not the address of a list")
    return list_url(marketplace, place, page=page, language=target.params.get("language"))
