"""Suggestions of the search field by the first letters of a search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from spiders.amazon.base import ListedSpider
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.suggestions import SuggestionsPage
from spiders.types.suggestions import prefix_target_from_text, suggestions_url
from spiders.work.target import Target

COLUMNS = ("target", "keyword")


class AmazonSuggestionsSpider(ListedSpider):
    """`scrapy crawl amazon_suggestions -a "targets=usb c,desk la" -O rows.jsonl`

    The search field is asked without a visitor: place, currency and browser make no difference to it.
    """

    name = "amazon_suggestions"
    arguments = ("targets", "targets_file", "department", "on_invalid", "lang", "marketplace")

    def __init__(
        self,
        *args: Any,
        department: str = "",
        **arguments: Any,
    ) -> None:
        self.refuse_unknown(arguments)
        super().__init__(*args, **arguments)
        self._department = department or None

    def targets_from_arguments(self) -> Iterator[Target]:
        listed = self.asked_targets(prefix_target_from_text, columns=COLUMNS, form="LETTERS")
        for number, asked in enumerate(listed, start=1):
            locale = self.locale(url_host=asked.host)
            url = suggestions_url(locale.marketplace, asked.keyword or "", self._department)
            params = {"target": asked.text, "lang": locale.lang, "language": locale.language}
            yield Target(id=str(number), url=url, params=params)

    def first_request(self, target: Target) -> Request:
        return self.page_request(target, target.url, page_url=target.url)

    def request_headers(self, target: Target) -> dict[str, str]:
        return {**super().request_headers(target), "Accept": "application/json"}

    async def parse(self, response: Response, target: Target, page_url: str) -> AsyncIterator[Any]:
        page = None
        if not isinstance(response, FailedDownload):
            page = SuggestionsPage(self.fetched(response), lang=target.params.get("lang"))
        failure = self.failure_of(response, page.status if page else None)
        if page is None or failure is not None:
            if failure and (retry := self.retry_or_fail(response, failure)):
                yield retry
            return
        for row in page.rows():
            row.target = target.params.get("target")
            yield row
