"""All offers of products."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.arguments import whole_number
from spiders.amazon.base import BadArgument, ListedSpider
from spiders.amazon.offer_pages import (
    OffersAsked,
    OffersProgress,
    conditions_from_argument,
    offers_asked,
)
from spiders.amazon.place import PlacesShown, is_same_visitor, tell_place
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.classify import PageKind, page_status
from spiders.pages.offers.offers import OffersPage
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.offers import asin_of_offers_url, offers_url
from spiders.sites.page_urls import host_of
from spiders.sites.urls import product_url
from spiders.targets import product_target_from_text
from spiders.work.failures import FailureCode
from spiders.work.target import Target

COLUMNS = ("url", "asin", "target")
# Of one target: a visitor may end between a list and the page that shows its place.
_MAX_PLACE_PAGES = 3
_OF_THE_PLACE = (FailureCode.WRONG_PLACE, FailureCode.PLACE_REFUSED)


class AmazonOffersSpider(ListedSpider):
    """`scrapy crawl amazon_offers -a targets=B0...,https://www.amazon.de/dp/B0... -O rows.jsonl`

    Or `-a targets_file=asins.csv`, `-` for standard input. `-a conditions=new,used_like_new` asks for these.
    """

    name = "amazon_offers"

    def __init__(
        self,
        *args: Any,
        conditions: str = "",
        max_offers: str = "",
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        self._conditions = conditions_from_argument(conditions)
        self._max_offers = whole_number("max_offers", max_offers) if max_offers else None
        self._places = PlacesShown()

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.asked_targets(product_target_from_text, columns=COLUMNS, form="ASIN_OR_URL")
        for number, asked in enumerate(listed, start=1):
            locale = self.locale(url_host=asked.host)
            url = offers_url(
                locale.marketplace,
                asked.asin,
                conditions=self._conditions,
                language=locale.language,
            )
            params = {
                "target": asked.text,
                "asin": asked.asin,
                "lang": locale.lang,
                "language": locale.language,
                **({"conditions": self._conditions} if self._conditions else {}),
                **({"maxOffers": self._max_offers} if self._max_offers else {}),
                **self.place_params(locale),
            }
            yield Target(id=str(number), url=url, params=params)

    def first_request(self, target: Target) -> Request:
        asked = _asked_of(target)
        return self._request(target, asked, url=target.url, page=1, progress=OffersProgress())

    async def parse(
        self,
        response: Response,
        target: Target,
        page: int,
        page_url: str,
        asked: OffersAsked,
        progress: OffersProgress,
    ) -> AsyncIterator[Any]:
        found = None
        if not isinstance(response, FailedDownload):
            found = asked.read(self.fetched(response), lang=target.params.get("lang"))
        failure = self.failure_of(response, found.status if found else None)
        if found is None or failure is not None:
            # Rows of the pages before stay: they are proven good. The target still says it failed.
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        if not self._places.settles(response) and progress.place_pages < _MAX_PLACE_PAGES:
            # No list names its place. The product's page does, once for each visitor.
            progress.place_pages += 1
            listed = {"asked": asked, "progress": progress, "found": found, "listed": response}
            yield self._place_request(target, page, **listed)
            return
        for one in self._read(response, target, page, asked, progress, found):
            yield one

    async def parse_place(
        self,
        response: Response,
        target: Target,
        page: int,
        page_url: str,
        asked: OffersAsked,
        progress: OffersProgress,
        found: OffersPage,
        listed: Response,
    ) -> AsyncIterator[Any]:
        """The product's page, read for nothing but the place that it shows to the visitor of the list."""
        status = None
        if not isinstance(response, FailedDownload):
            status = page_status(self.fetched(response), kind=PageKind.DETAIL)
        failure = self.failure_of(response, status)
        if failure is not None and failure.code in _OF_THE_PLACE:
            if retry := self.retry_or_fail(response, failure):
                yield retry
            return
        if failure is not None and (retry := self.retry_or_none(response, failure)):
            yield retry
            return
        self._places.add(response)
        if not is_same_visitor(response, listed):
            yield self._request(target, asked, url=asked.url(page), page=page, progress=progress)
            return
        # Where the page has shown no place either, the rows say so.
        self._places.settles(listed)
        for one in self._read(listed, target, page, asked, progress, found):
            yield one

    def _read(
        self,
        response: Response,
        target: Target,
        page: int,
        asked: OffersAsked,
        progress: OffersProgress,
        found: OffersPage,
    ) -> Iterator[Any]:
        """The rows of a page, then the request for the next one."""
        for row in asked.take(found, progress):
            row.page = page
            row.target = target.params.get("target")
            self.count_failed_fields(row.warnings)
            tell_place(row, response)
            yield row
        if asked.goes_on(found, progress, page):
            url = asked.url(page + 1)
            yield self._request(target, asked, url=url, page=page + 1, progress=progress)
        elif not progress.kept:
            target.facts["noOffers"] = True
            self.crawler.stats.inc_value("targets/without_offers")

    def _place_request(self, target: Target, page: int, **state: Any) -> Request:
        asked: OffersAsked = state["asked"]
        url = product_url(asked.store, asked.asin, language=asked.language)
        request = self.page_request(target, url, page=page, page_url=url, **state)
        return request.replace(callback=self.parse_place)

    def _request(
        self, target: Target, asked: OffersAsked, *, url: str, page: int, progress: OffersProgress
    ) -> Request:
        request = self.page_request(
            target, url, page=page, page_url=url, asked=asked, progress=progress
        )
        request.headers.update(asked.headers())
        return request


def _asked_of(target: Target) -> OffersAsked:
    """A seed pushed by hand may say nothing but its URL. Raises BadArgument."""
    store = find_marketplace_by_host(host_of(target.url))
    asin = target.params.get("asin") or asin_of_offers_url(target.url)
    if store is None or asin is None:
        raise BadArgument(f"{target.url!r} is not the address of a product's offers")
    return offers_asked(target.params, store=store, asin=asin)
