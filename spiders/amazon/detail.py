"""Product pages by ASIN."""

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
from spiders.amazon.place import confirmed_by, tell_place, tell_place_beside
from spiders.frontier.frontier import Frontier
from spiders.items.offers import listed_offer
from spiders.items.product import Product
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.product import ProductPage
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.page_urls import host_of
from spiders.sites.urls import product_url, variant_key
from spiders.targets import EmptyTarget, NotAnAmazonTarget, product_target_from_text
from spiders.types.details import (
    MAX_INCLUDED_OFFERS,
    OFFERS,
    included_from_asked,
    variants_from_asked,
)
from spiders.work.target import DiscoveredTarget, Target

# An address names its store too, which an ASIN does not.
COLUMNS = ("url", "asin", "target")


class AmazonDetailSpider(ListedSpider):
    """`scrapy crawl amazon_detail -a targets=B0...,https://www.amazon.de/dp/B0... -O products.json`

    Or `-a targets_file=asins.csv`, `-` for standard input. `-a include=offers` reads all offers beside.
    """

    name = "amazon_detail"

    def __init__(
        self,
        *args: Any,
        expand_variants: str = "",
        include: str = "",
        conditions: str = "",
        max_offers: str = "",
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        try:
            included = included_from_asked(include)
        except ValueError as error:
            raise BadArgument(f"include is {include!r}; {error}") from error
        asked = {
            "conditions": conditions_from_argument(conditions),
            "maxOffers": whole_number("max_offers", max_offers) if max_offers else None,
        }
        for name, value in asked.items():
            if value and OFFERS not in included:
                raise BadArgument(f"{name} is of the offers; give include={OFFERS} as well")
        self._beside = {name: value for name, value in asked.items() if value}
        if included:
            self._beside["include"] = list(included)
        try:
            self._variants = variants_from_asked(expand_variants)
        except ValueError as error:
            raise BadArgument(f"expand_variants is {expand_variants!r}; {error}") from error
        # Keys of the products that a direct crawl has asked for.
        self._known: set[str] = set()

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.asked_targets(product_target_from_text, columns=COLUMNS, form="ASIN_OR_URL")
        for number, asked in enumerate(listed, start=1):
            locale = self.locale(url_host=asked.host)
            url = product_url(locale.marketplace, asked.asin, language=locale.language)
            params = {
                "target": asked.text,
                "asin": asked.asin,
                "lang": locale.lang,
                "language": locale.language,
                **({"expandVariants": self._variants} if self._variants else {}),
                **self._beside,
                **self.place_params(locale),
            }
            self._known.add(variant_key(locale.marketplace, asked.asin))
            yield Target(id=str(number), url=url, params=params)

    def first_request(self, target: Target) -> Request:
        _offers_of(target, _asin_of(target.url) or "")
        return self.page_request(target, target.url, page_url=target.url)

    async def parse(self, response: Response, target: Target, page_url: str) -> AsyncIterator[Any]:
        page = None
        if not isinstance(response, FailedDownload):
            page = ProductPage(
                self.fetched(response),
                asked_asin=target.params.get("asin") or _asin_of(target.url),
                lang=target.params.get("lang"),
            )
        failure = self.failure_of(response, page.status if page else None)
        if page is None or failure is not None:
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        item = page.item()
        if item is not None:
            item.target = target.params.get("target")
            self.count_failed_fields(item.warnings)
            tell_place(item, response)
            asked = _offers_of(target, item.asin)
            if asked is None:
                yield item
            else:
                progress = OffersProgress(confirmed=confirmed_by(response))
                yield self._offers_request(target, item, asked, page=1, progress=progress)
            for variant in self._variants_of(item, target):
                yield variant

    async def parse_offers(
        self,
        response: Response,
        target: Target,
        page_url: str,
        page: int,
        item: Product,
        asked: OffersAsked,
        progress: OffersProgress,
    ) -> AsyncIterator[Any]:
        """A page of the product's offers; the product's row waits for the last one."""
        found = None
        if not isinstance(response, FailedDownload):
            found = asked.read(self.fetched(response), lang=target.params.get("lang"))
        failure = self.failure_of(response, found.status if found else None)
        if failure is not None and (retry := self.retry_or_none(response, failure)):
            yield retry
            return
        if found is None or failure is not None:
            # The product itself is proven, and so are the offers of the pages before.
            item.warnings.append(f"offers_failed:{failure.code}" if failure else "offers_failed")
            yield item
            return
        if item.allOffers is None:
            target.product_pages += 1
            item.allOffers = []
        for row in asked.take(found, progress):
            self.count_failed_fields(row.warnings)
            tell_place_beside(row, response, confirmed=progress.confirmed)
            item.allOffers.append(listed_offer(row))
        if asked.goes_on(found, progress, page):
            yield self._offers_request(target, item, asked, page=page + 1, progress=progress)
        else:
            yield item

    def _offers_request(
        self,
        target: Target,
        item: Product,
        asked: OffersAsked,
        *,
        page: int,
        progress: OffersProgress,
    ) -> Request:
        state = {"page": page, "item": item, "asked": asked, "progress": progress}
        url = asked.url(page)
        request = self.page_request(target, url, page_url=url, **state)
        request.headers.update(asked.headers())
        return request.replace(callback=self.parse_offers)

    def _variants_of(self, item: Product, target: Target) -> Iterator[DiscoveredTarget | Request]:
        """The other members of the family, as many as are asked for; they lead to no further ones."""
        store = find_marketplace_by_host(host_of(target.url))
        most = target.params.get("expandVariants") or 0
        if store is None or not most:
            return
        shown = (item.asin, item.requestedAsin)
        others = [one.asin for one in item.variants or () if one.asin not in shown][:most]
        shared = {**target.params, "parentTarget": target.params.get("target")}
        del shared["expandVariants"]
        for asin in others:
            params = {**shared, "target": asin, "asin": asin}
            url = product_url(store, asin, language=target.params.get("language"))
            key = variant_key(store, asin)
            if self.crawler.get_extension(Frontier) is not None:
                yield DiscoveredTarget(url, key, params, value=asin, marketplace=store.code)
            elif key not in self._known:
                self._known.add(key)
                yield self.first_request(Target(id=f"{target.id}.{asin}", url=url, params=params))


def _offers_of(target: Target, asin: str) -> OffersAsked | None:
    """What is asked for beside the page; None: nothing. Raises BadArgument."""
    store = find_marketplace_by_host(host_of(target.url))
    try:
        included = included_from_asked(target.params.get("include"))
    except (ValueError, AttributeError, TypeError) as error:
        raise BadArgument(f"include: {error}") from error
    if OFFERS not in included or store is None:
        return None
    return offers_asked(target.params, store=store, asin=asin, most=MAX_INCLUDED_OFFERS)


def _asin_of(url: str) -> str | None:
    """For seeds pushed by hand, which may say nothing but their URL."""
    try:
        found = product_target_from_text(url)
    except NotAnAmazonTarget:
        return None
    return None if isinstance(found, EmptyTarget) else found.asin
