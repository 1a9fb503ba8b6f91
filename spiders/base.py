"""What every spider of ours shares: where targets come from, second tries, and how a target fails."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure as TwistedFailure

from settings.target_spiders import TARGET_SPIDERS
from spiders.arguments import declared_arguments, is_reserved
from spiders.frontier.frontier import Frontier
from spiders.middlewares.chain_cookies import COOKIE_JAR
from spiders.middlewares.delay import DELAY
from spiders.work import signals as our_signals
from spiders.work.failures import FAILURES, FailureCode
from spiders.work.target import RequestUnsent, Target
from storage.base.backoff import Backoff
from storage.base.records import Failure

ATTEMPT = "attempt"
MAX_RETRY_DELAY_SECONDS = 30.0
RETRY_SPREAD = 0.25


class BadArgument(ValueError):
    """A spider argument is missing or wrong; the message names it. Ends `scrapy crawl` at its start."""


class TargetSpider(Spider):
    """In the pool, targets come leased from Redis; in direct mode, from the spider's arguments."""

    # A failed page tells of the proxy it came by, for all pages are of a site that judges visitors.
    knows_block_pages = False
    # Its callbacks are given failed downloads too, as responses.
    decides_on_failed_downloads = True
    _page_attempts = 1
    _retry_delay_seconds = 1.0
    _direct_targets: Sequence[Target] = ()

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        """`arguments`: what no subclass has taken; a name that none of them declares is refused."""
        self.refuse_unknown(arguments)
        super().__init__(name, **arguments)

    @classmethod
    def refuse_unknown(cls, arguments: Iterable[str]) -> None:
        """For a spider that declares fewer arguments than its parents' constructors take."""
        known = declared_arguments(cls)
        for argument in arguments:
            if argument not in known and not is_reserved(argument):
                raise BadArgument(f"there is no argument {argument}; known: {', '.join(known)}")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        # A subclass' custom_settings win.
        settings.setdict(TARGET_SPIDERS, priority="spider")
        super().update_settings(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._page_attempts = crawler.settings.getint("PAGE_ATTEMPTS")
        spider._retry_delay_seconds = crawler.settings.getfloat("RETRY_DELAY_SECONDS")
        if not crawler.settings.getbool("POOL_MODE"):
            # Now, not at the first request: a wrong argument stops the start.
            spider._direct_targets = list(spider.targets_from_arguments())
        return spider

    @property
    def direct_target_count(self) -> int:
        """How many targets the arguments asked for; 0 in the pool."""
        return len(self._direct_targets)

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
            try:
                request = self._leased_request(target)
            except (ValueError, TypeError) as error:
                # A seed pushed by hand may hold anything; an error here would end the crawler.
                reason = f"no request can be made of its seed: {error}"[:500]
                frontier.refuse(target, Failure(FailureCode.ADDRESS_REFUSED, reason))
            else:
                yield request

    def page_request(self, target: Target, url: str, **state: Any) -> Request:
        """A request for a page of `target`; `state` comes back as the callback's arguments."""
        return Request(
            url,
            callback=self.parse,
            errback=self.on_lost_request,
            cb_kwargs={"target": target, **state},
            headers=self.request_headers(target),
            dont_filter=True,
        )

    def on_lost_request(self, failure: TwistedFailure) -> None:
        """Last resort: what failed outside of every download (decompression, for one)."""
        if failure.check(RequestUnsent):
            return
        request: Request = failure.request
        lost = Failure(FailureCode.PARSE_ERROR, f"{failure.value}"[:500])
        target: Target = request.cb_kwargs["target"]
        self._log_failure(target, lost)
        self.crawler.signals.send_catch_log(our_signals.request_lost, request=request, failure=lost)

    def request_headers(self, target: Target) -> dict[str, str]:
        return {}

    def is_retryable(self, code: FailureCode) -> bool:
        return FAILURES[code].retryable

    def retry_or_fail(self, response: Response, failure: Failure) -> Request | None:
        """The next try of the page, or None: the target has failed, which is told to all concerned."""
        if (retry := self.retry_or_none(response, failure)) is not None:
            return retry
        request = response.request
        assert request is not None
        target: Target = request.cb_kwargs["target"]
        self._log_failure(target, failure)
        self.crawler.signals.send_catch_log(
            our_signals.target_failed, target=target, failure=failure
        )
        return None

    def retry_or_none(self, response: Response, failure: Failure) -> Request | None:
        """The next try of the page, or None: there is none, and the target need not fail for that."""
        request = response.request
        assert request is not None
        attempt = request.meta.get(ATTEMPT, 1)
        code = FailureCode(failure.code)
        self.crawler.stats.inc_value(f"pages/{code}")
        self.crawler.signals.send_catch_log(
            our_signals.page_failed, request=request, failure=failure
        )
        if self.is_retryable(code) and attempt < self._page_attempts:
            return self._next_try(request, attempt)
        return None

    def _leased_request(self, target: Target) -> Request:
        request = self.first_request(target)
        request.meta.update(target.request_meta)
        return request

    def _next_try(self, request: Request, attempt: int) -> Request:
        backoff = Backoff(
            first_seconds=self._retry_delay_seconds,
            max_seconds=MAX_RETRY_DELAY_SECONDS,
            spread=RETRY_SPREAD,
        )
        retry = request.copy()
        # The page asked for, not where a redirect has led: that may have been the fault.
        retry = retry.replace(url=request.cb_kwargs.get("page_url", request.url))
        retry.meta[ATTEMPT] = attempt + 1
        retry.meta[DELAY] = backoff.seconds(attempt)
        for done_with in ("redirects", "download_latency", COOKIE_JAR):
            retry.meta.pop(done_with, None)
        return retry

    def _log_failure(self, target: Target, failure: Failure) -> None:
        self.crawler.stats.inc_value("targets/failed")
        self.crawler.stats.inc_value(f"targets/failed/{failure.code}")
        mark = f" {target.log_mark}" if target.job_id else ""
        self.logger.warning("%s failed: %s: %s%s", target.url, failure.code, failure.message, mark)
