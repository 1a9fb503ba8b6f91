"""What both Amazon spiders share: where targets come from, second tries, and how a target fails."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.frontier.frontier import Frontier
from spiders.frontier.middleware import TARGET_ID
from spiders.items import signals as our_signals
from spiders.items.failures import FAILURES, FailureCode
from spiders.items.target import Target, TargetFailure
from spiders.marketplaces import Locale, locale_for
from spiders.middlewares.delay import DELAY
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.fetched import Fetched
from spiders.pages.status import PageStatus, failure_from_status

ATTEMPT = "attempt"
LONGEST_RETRY_DELAY_SECONDS = 30.0


class BadArgument(ValueError):
    """A spider argument is missing or wrong; the message names it. Ends `scrapy crawl` at its start."""


class AmazonSpider(Spider):
    """In the pool, targets come leased from Redis; in direct mode, from the spider's arguments."""

    def __init__(
        self, name: str | None = None, lang: str = "", marketplace: str = "", **arguments: Any
    ) -> None:
        super().__init__(name, **arguments)
        self._asked_lang = lang or None
        self._asked_marketplace = marketplace or None
        self._frontier: Frontier | None = None
        self._page_attempts = 1
        self._retry_delay_seconds = 1.0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> AmazonSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._page_attempts = crawler.settings.getint("PAGE_ATTEMPTS")
        spider._retry_delay_seconds = crawler.settings.getfloat("RETRY_DELAY_SECONDS")
        if not crawler.settings.getbool("POOL_MODE"):
            # Now, not at the first request: a wrong argument stops the start.
            spider._direct_targets = list(spider.targets_from_arguments())
        return spider

    _direct_targets: Iterable[Target] = ()

    @abstractmethod
    def targets_from_arguments(self) -> Iterator[Target]:
        """Direct mode's targets; raises BadArgument."""

    @abstractmethod
    def first_request(self, target: Target) -> Request:
        """The request with which a target begins."""

    async def start(self) -> AsyncIterator[Any]:
        frontier = self.crawler.get_extension(Frontier)
        if frontier is None:
            for target in self._direct_targets:
                yield self.first_request(target)
            return
        async for target in frontier.targets():
            yield self._leased_request(target)

    def page_request(self, target: Target, url: str, **state: Any) -> Request:
        """A request for a page of `target`; `state` comes back as the callback's arguments."""
        return Request(
            url,
            callback=self.parse,
            errback=self.on_lost_request,
            cb_kwargs={"target": target, **state},
            headers=self._headers(target),
            dont_filter=True,
        )

    def on_lost_request(self, failure: Failure) -> None:
        """Last resort: what failed outside of every download (decompression, for one)."""
        request: Request = failure.request
        reason = f"{type(failure.value).__name__}: {failure.value}"[:500]
        lost = TargetFailure(FailureCode.PARSE_ERROR, reason)
        target: Target = request.cb_kwargs["target"]
        self._log_failure(target, lost)
        self.crawler.signals.send_catch_log(our_signals.request_lost, request=request, failure=lost)

    def failure_of(self, response: Response, status: PageStatus | None) -> TargetFailure | None:
        """Why the page is no good, or None."""
        if isinstance(response, FailedDownload):
            return TargetFailure(response.code, response.message)
        code = failure_from_status(status) if status is not None else None
        if code is None:
            return None
        return TargetFailure(code, f"{FAILURES[code].message} (HTTP {response.status})")

    def retry_or_fail(self, response: Response, failure: TargetFailure) -> Request | None:
        """The next try of the page, or None: the target has failed, which is told to all concerned."""
        request = response.request
        assert request is not None
        target: Target = request.cb_kwargs["target"]
        attempt = request.meta.get(ATTEMPT, 1)
        code = FailureCode(failure.code)
        self.crawler.stats.inc_value(f"pages/{code}")
        if FAILURES[code].retryable and attempt < self._page_attempts:
            return self._next_try(request, attempt)
        self._log_failure(target, failure)
        self.crawler.signals.send_catch_log(
            our_signals.target_failed, target=target, failure=failure
        )
        return None

    def fetched(self, response: Response) -> Fetched:
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        requested = response.request.url if response.request else None
        return Fetched(
            url=response.url,
            status=response.status,
            headers=headers,
            body=response.body,
            requested_url=requested,
        )

    def locale(self, *, url_host: str | None = None) -> Locale:
        """What the arguments `lang` and `marketplace` ask for."""
        try:
            locale = locale_for(
                lang=self._asked_lang, marketplace=self._asked_marketplace, url_host=url_host
            )
        except ValueError as error:
            raise BadArgument(str(error)) from error
        if locale.marketplace.code == "sandbox" and not self._has_sandbox():
            raise BadArgument(
                "marketplace=sandbox needs the variable SANDBOX_URL;"
                " start the practice store with: python -m sandbox"
            )
        return locale

    def _has_sandbox(self) -> bool:
        return bool(self.settings.get("SANDBOX_URL"))

    def _leased_request(self, target: Target) -> Request:
        request = self.first_request(target)
        request.meta[TARGET_ID] = target.id
        return request

    def _next_try(self, request: Request, attempt: int) -> Request:
        delay = min(LONGEST_RETRY_DELAY_SECONDS, self._retry_delay_seconds * 2 ** (attempt - 1))
        retry = request.copy()
        # The page asked for, not where a redirect has led: that may have been the fault.
        retry = retry.replace(url=request.cb_kwargs.get("page_url", request.url))
        retry.meta[ATTEMPT] = attempt + 1
        retry.meta[DELAY] = delay * random.uniform(0.75, 1.25)
        retry.meta.pop("redirects", None)
        return retry

    def _headers(self, target: Target) -> dict[str, str]:
        language = str(target.params.get("language") or "en_US").replace("_", "-")
        accepted = f"{language},{language.partition('-')[0]};q=0.8"
        return {
            "Accept": "text/html,application/xhtml+xml",
            "Accept-Language": accepted,
            "Accept-Encoding": "gzip",
        }

    def _log_failure(self, target: Target, failure: TargetFailure) -> None:
        self.crawler.stats.inc_value("targets/failed")
        self.crawler.stats.inc_value(f"targets/failed/{failure.code}")
        self.logger.warning("%s failed: %s: %s", target.url, failure.code, failure.message)
