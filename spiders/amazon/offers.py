"""All offers of products."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.arguments import whole_number
from spiders.amazon.base import BadArgument, ListedSpider
from spiders.amazon.place import tell_place
from spiders.items.offers import OfferRow
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.offers.offers import OffersPage, offer_key
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.offers import CONDITION_FILTERS, asin_of_offers_url, is_wanted, offers_url
from spiders.sites.page_urls import host_of
from spiders.sites.urls import canonical_product_url
from spiders.targets import product_target_from_text
from spiders.work.target import Target

COLUMNS = ("url", "asin", "target")
# More offers than any product has; a store that never ends its list is left here.
MAX_PAGES = 100


@dataclass(slots=True)
class Progress:
    """What the pages before have shown. A page is read once it is good, so a second try is safe."""

    seen: set[Hashable] = field(default_factory=set)
    kept: int = 0


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
        self._conditions = [name for text in conditions.split(",") if (name := text.strip())]
        for name in self._conditions:
            if name not in CONDITION_FILTERS:
                known = ", ".join(CONDITION_FILTERS)
                raise BadArgument(f"conditions holds {name!r}; there are {known}")
        self._max_offers = whole_number("max_offers", max_offers) if max_offers else None

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
        return self._request(target, url=target.url, page=1, progress=Progress())

    def request_headers(self, target: Target) -> dict[str, str]:
        """As the product's own page asks."""
        store, asin = find_marketplace_by_host(host_of(target.url)), _asin_of(target)
        referer = {"Referer": canonical_product_url(store, asin)} if store and asin else {}
        asked = {"X-Requested-With": "XMLHttpRequest", **referer}
        return {**super().request_headers(target), **asked}

    async def parse(
        self, response: Response, target: Target, page: int, page_url: str, progress: Progress
    ) -> AsyncIterator[Any]:
        found = None
        if not isinstance(response, FailedDownload):
            found = OffersPage(
                self.fetched(response),
                asin=_asin_of(target) or "",
                lang=target.params.get("lang"),
                is_filtered=bool(target.params.get("conditions")),
            )
        failure = self.failure_of(response, found.status if found else None)
        if found is None or failure is not None:
            # Rows of the pages before stay: they are proven good. The target still says it failed.
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        fresh = [row for row in found.rows() if offer_key(row) not in progress.seen]
        progress.seen.update(offer_key(row) for row in fresh)
        for row in self._wanted(fresh, target, progress):
            row.page = page
            row.target = target.params.get("target")
            self.count_failed_fields(row.warnings)
            tell_place(row, response)
            yield row
        # A page behind the last one repeats it.
        if fresh and found.has_next and page < MAX_PAGES and progress.kept < _most(target):
            yield self._request(
                target, url=_page_url(target, page + 1), page=page + 1, progress=progress
            )
        elif not progress.kept:
            target.facts["noOffers"] = True
            self.crawler.stats.inc_value("targets/without_offers")

    def _request(self, target: Target, *, url: str, page: int, progress: Progress) -> Request:
        return self.page_request(target, url, page=page, page_url=url, progress=progress)

    @staticmethod
    def _wanted(rows: list[OfferRow], target: Target, progress: Progress) -> Iterator[OfferRow]:
        """The rows that the target asks for; `maxOffers` is exact."""
        conditions = target.params.get("conditions") or ()
        for row in rows:
            if progress.kept < _most(target) and is_wanted(row.condition, conditions):
                progress.kept += 1
                row.position = progress.kept
                yield row


def _most(target: Target) -> float:
    return target.params.get("maxOffers") or float("inf")


def _asin_of(target: Target) -> str | None:
    """For seeds pushed by hand, which may say nothing but their URL."""
    return target.params.get("asin") or asin_of_offers_url(target.url)


def _page_url(target: Target, page: int) -> str:
    store, asin = find_marketplace_by_host(host_of(target.url)), _asin_of(target)
    if store is None or asin is None:
        raise BadArgument(f"{target.url!r} is not the address of a product's offers")
    return offers_url(
        store,
        asin,
        page=page,
        conditions=target.params.get("conditions") or (),
        language=target.params.get("language"),
    )
