"""The spider behind `scrapy probe`: it asks as the crawl spiders do, and keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from scrapy import Request
from scrapy.http import Response

from settings.config import current_config
from spiders.amazon.base import AmazonSpider, BadArgument
from spiders.middlewares.failed_download import FailedDownload
from spiders.probe.exit_probe import ExitProbe, Question
from spiders.probe.findings import NO_BROWSER, Findings
from spiders.probe.verdict import CHALLENGES
from spiders.sites.browsers import find_browser
from spiders.sites.marketplaces import Locale
from spiders.targets import EmptyTarget, NotAnAmazonTarget, product_target_from_text
from spiders.visitors.visitor import Asked, asked_from_params
from spiders.work.target import Target
from storage.accounts.proxies import Proxy
from storage.base.away import StorageAway
from storage.base.connections import connect_async_redis
from storage.queue.pace import Pace

PROXY = "proxy"


class ProbeSpider(AmazonSpider):
    """Not in SPIDER_MODULES: no job can ask for it.

    `on_findings` is called with what each exit has answered; `exits` are the proxies, none for the
    direct way.
    """

    name = "probe"

    def __init__(
        self,
        *args: Any,
        asin: str = "",
        exits: Sequence[Proxy] = (),
        has_shared_pace: bool = False,
        on_findings: Callable[[Findings], None] = lambda findings: None,
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        self._asin_text = asin
        self._exits = exits
        self._has_shared_pace = has_shared_pace
        self._on_findings = on_findings

    def targets_from_arguments(self) -> Iterator[Target]:
        """None; but a wrong argument stops the start, as in a crawl."""
        self.question()
        return iter(())

    def first_request(self, target: Target) -> Request:
        raise NotImplementedError("a probe has no targets")

    def question(self) -> Question:
        asin, locale = self._named_product()
        params = {**self.place_params(locale), "language": locale.language}
        target = Target(id="probe", url=locale.marketplace.origin, params=params)
        asked = asked_from_params(params, target.url)
        return Question(
            locale=locale,
            asked=asked or Asked(locale.marketplace, locale.language),
            asin=asin,
            user_agent=self.settings.get("USER_AGENT", ""),
            obey_robots=self.settings.getbool("ROBOTSTXT_OBEY"),
            headers=self.request_headers(target),
        )

    async def start(self) -> AsyncIterator[Any]:
        question = self.question()
        wait = self._pacer(question.locale)
        for proxy in self._exits or (None,):
            self._on_findings(await self._probe(question, proxy, wait))
        return
        yield

    async def _probe(
        self, question: Question, proxy: Proxy | None, wait: Callable[[], Any]
    ) -> Findings:
        async def download(request: Request) -> Response:
            await wait()
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
            if proxy is not None and isinstance(response, FailedDownload):
                response.message = proxy.hide_credentials(response.message)
            return response

        probe = ExitProbe(
            question,
            exit_name=proxy.masked_url if proxy else "this machine's own address",
            download=download,
            read=self.fetched,
            meta={PROXY: proxy.url} if proxy else {},
        )
        findings = await probe.run()
        is_challenged = any(step.code in CHALLENGES for step in findings.steps)
        if not is_challenged or findings.good_pages:
            return findings
        if find_browser(current_config().browser_path) is None:
            findings.browser = NO_BROWSER
        else:
            await probe.try_browser()
        return findings

    def _pacer(self, locale: Locale) -> Callable[[], Any]:
        """Waits for the next moment that the store's pace allows; the practice store has no pace."""
        code = locale.marketplace.code
        config = current_config()
        per_minute = config.marketplace_requests_per_minute
        if code == "sandbox" or config.amazon_origin:
            return _no_wait
        if not self._has_shared_pace:
            return _Interval(60 / per_minute)
        pace = Pace(connect_async_redis(config), default_per_minute=per_minute)

        alone = _Interval(60 / per_minute)

        async def wait() -> None:
            try:
                await asyncio.sleep(await pace.reserve(code))
            except StorageAway:
                # As the crawlers do: without the shared clock each keeps to the pace alone.
                await alone()

        return wait

    def _named_product(self) -> tuple[str | None, Locale]:
        try:
            found = product_target_from_text(self._asin_text)
        except NotAnAmazonTarget as error:
            raise BadArgument(f"asin: {error}") from error
        locale = self.locale()
        if isinstance(found, EmptyTarget):
            return None, locale
        if found.host not in (None, locale.marketplace.host):
            raise BadArgument(f"asin: {self._asin_text!r} is of {found.host}, not of this store")
        return found.asin, locale


class _Interval:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    async def __call__(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next - loop.time()))
        self._next = loop.time() + self._seconds


async def _no_wait() -> None:
    pass
