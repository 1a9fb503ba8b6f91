"""Sends pages that ask for a place, a currency or a browser with their visitor."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from settings.config import current_config
from spiders.extensions.browser_pages import BROWSER, BrowserVisitor
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.proxy import EXIT, EXITS, ProxyMiddleware
from spiders.pages.place_shown import PlaceProof
from spiders.sites.browsers import find_browser
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.visitors.cookies import changes_from_headers, cookie_header
from spiders.visitors.dialogue import DialogueFailed
from spiders.visitors.local import LocalVisitors
from spiders.visitors.room import VisitorRoom
from spiders.visitors.visitor import ASKED, DIALOGUE, PROOF, VISIT, Asked, Engine, Visit
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.target import Target
from spiders.work.waits import Waits
from storage.base.away import StorageAway
from storage.base.connections import connect_async_redis
from storage.base.records import Failure
from storage.queue.visitors import SharedVisitors, Taken, Turn

logger = logging.getLogger(__name__)

_HEADERS = (b"Accept", b"Accept-Language", b"Accept-Encoding", b"User-Agent")
CHALLENGES = frozenset({FailureCode.BLOCKED_CHALLENGE, FailureCode.BLOCKED_WAF})
_BLOCKS = frozenset(
    {
        FailureCode.BLOCKED_CAPTCHA,
        FailureCode.BLOCKED_CONTINUE,
        FailureCode.BLOCKED_THROTTLED,
        FailureCode.BLOCKED_WAF,
        FailureCode.BLOCKED_CHALLENGE,
        FailureCode.BLOCKED_SIGNIN,
        FailureCode.FORBIDDEN,
    }
)
# With `keep`, a page without the place is better than none.
_OF_THE_PLACE = frozenset({FailureCode.WRONG_PLACE, FailureCode.PLACE_REFUSED})


class VisitorMiddleware:
    """Before the pace: what waits for its visitor reserves no moment that the visitor itself needs."""

    def __init__(self, crawler: Crawler) -> None:
        config = current_config()
        self._crawler = crawler
        self._waits = Waits.from_crawler(crawler)
        is_shared = crawler.settings.getbool("VISITORS_SHARED")
        visitors = SharedVisitors(connect_async_redis(config)) if is_shared else LocalVisitors()
        self._plain = VisitorRoom(crawler, visitors, config)
        # A browser's visitor lives in its crawler.
        self._browsers = VisitorRoom(
            crawler, LocalVisitors(), config, counts=visitors, by_browser=True
        )
        self._has_browser = find_browser(config.browser_path) is not None
        self._challenged_seconds = config.visitor_max_age_seconds
        # Until when the plain client of an exit is not let into a store.
        self._challenged: dict[tuple[str, str], float] = {}
        self._background: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VisitorMiddleware:
        middleware = cls(crawler)
        connect = crawler.signals.connect
        connect(middleware.spider_closed, signal=signals.spider_closed)
        connect(middleware.page_failed, signal=our_signals.page_failed)
        connect(middleware.page_lost, signal=our_signals.request_lost)
        connect(middleware.proxy_banned, signal=our_signals.proxy_banned)
        return middleware

    async def spider_closed(self, spider: Spider) -> None:
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._browsers.close()
        await self._plain.close()

    async def process_request(self, request: Request) -> Response | None:
        asked: Asked | None = request.meta.get(ASKED)
        if asked is None or DIALOGUE in request.meta:
            return None
        request.headers.pop(b"Cookie", None)
        request.meta.pop(PROOF, None)
        if find_marketplace_by_host(urlsplit(request.url).hostname or "") is not asked.marketplace:
            # Led to a sister store: what one store knows of a visitor is not told to another.
            request.meta.pop(VISIT, None)
            request.meta.pop(BROWSER, None)
            return None
        visit: Visit | None = request.meta.pop(VISIT, None)
        if visit is None:
            request.meta.pop(BROWSER, None)
            await self._choose_exit(request)
            found = await self._find(request, asked)
            if isinstance(found, Response):
                return found
            visit = found
        self._bind(request, asked, visit)
        return None

    async def process_response(self, request: Request, response: Response) -> Response:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None and (lines := response.headers.getlist(b"Set-Cookie")):
            await quietly(self.room_of(visit).absorb(visit, changes_from_headers(lines)))
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None:
            await quietly(self.room_of(visit).leave_unproven(visit, is_unnamed=False))

    def room_of(self, visit: Visit) -> VisitorRoom:
        return self._browsers if visit.by_browser else self._plain

    def page_failed(self, request: Request, failure: Failure) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None and failure.code in _BLOCKS:
            forget_visitor(request)
            room = self.room_of(visit)
            self._in_background(room.end(visit, reason="blocked"))
            if visit.by_browser and failure.code in CHALLENGES:
                words = f"a browser is not let in either: {failure.message}"
                self._in_background(room.close_to(visit, failure.code, words))

    def page_lost(self, request: Request) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None:
            self._in_background(self.room_of(visit).leave_unproven(visit, is_unnamed=False))

    def proxy_banned(self, proxy_id: str) -> None:
        for room in (self._plain, self._browsers):
            self._in_background(room.end_of_exit(proxy_id))

    async def switch_to_browser(self, request: Request) -> bool:
        """After a script challenge of the plain client; False where a browser is not to be had."""
        asked: Asked = request.meta[ASKED]
        visit: Visit | None = request.meta.get(VISIT)
        is_plain = visit is None or not visit.by_browser
        if asked.engine is not Engine.AUTO or not self._has_browser or not is_plain:
            return False
        place = (asked.marketplace.code, request.meta.get(EXIT, ""))
        if self._challenged.get(place, 0.0) < time.monotonic():
            logger.info("%s asks for a browser; one visits it from here on", place[0])
        self._challenged[place] = time.monotonic() + self._challenged_seconds
        if visit is not None:
            _target_of(request).visitor_id = ""
            await quietly(self._plain.end(visit, reason="challenged"))
        return True

    def _bind(self, request: Request, asked: Asked, visit: Visit | None) -> None:
        if visit is not None:
            request.meta[VISIT] = visit
            _target_of(request).visitor_id = visit.visitor_id
        if visit is not None and visit.by_browser:
            request.meta[BROWSER] = browser_visitor(asked, visit)
        elif visit is not None:
            request.headers[b"Cookie"] = cookie_header(visit.cookies)
        elif not asked.is_stranger:
            request.headers[b"Cookie"] = cookie_header(asked.first_cookies())

    async def _choose_exit(self, request: Request) -> None:
        """The one that the target began with, while it serves."""
        proxies = self._crawler.get_downloader_middleware(ProxyMiddleware)
        if proxies is None:
            request.meta[EXIT] = ""
            return
        target = _target_of(request)
        asked: Asked = request.meta[ASKED]
        request.meta.pop(EXIT, None)
        if asked.needs_visitor:
            request.meta[EXITS] = asked.key("")
        await self._waits.stand_in_line(request, proxies.choose_exit(request, target.exit_id))
        target.exit_id = request.meta[EXIT]

    async def _find(self, request: Request, asked: Asked) -> Visit | Response | None:
        """None: the page goes as a stranger."""
        by_browser = self._goes_by_browser(request, asked)
        if by_browser and not self._has_browser:
            message = "engine is browser, and this machine has none; see docs/places.md"
            return FailedDownload(request.url, code=FailureCode.PARSE_ERROR, message=message)
        if not by_browser and asked.is_stranger:
            return None
        room = self._browsers if by_browser else self._plain
        taken = await self._take(request, asked, room)
        if taken.turn is Turn.REFUSED:
            assert taken.refusal is not None
            code, words = taken.refusal
            return await self._without(request, asked, room, (FailureCode(code), words))
        if taken.turn is not Turn.MAKE:
            return visit_of(taken, asked, request.meta[EXIT], by_browser=by_browser)
        if by_browser != self._goes_by_browser(request, asked):
            # The store has asked another page of ours for a browser while this one stood in line.
            await quietly(room.abandon(asked.key(request.meta[EXIT]), taken.visitor_id))
            return await self._find(request, asked)
        try:
            visit: Visit = await self._after(
                request, self._make(request, asked, taken.visitor_id, room)
            )
        except DialogueFailed as error:
            return await self._without(request, asked, room, (error.code, error.message))
        return visit

    def _goes_by_browser(self, request: Request, asked: Asked) -> bool:
        if asked.engine is not Engine.AUTO:
            return asked.engine is Engine.BROWSER
        place = (asked.marketplace.code, request.meta[EXIT])
        return self._challenged.get(place, 0.0) > time.monotonic()

    async def _take(self, request: Request, asked: Asked, room: VisitorRoom) -> Taken:
        target, exit_id = _target_of(request), request.meta[EXIT]
        taken = Taken(turn=Turn.WAIT)
        try:
            taken = await room.find(asked, exit_id=exit_id, known_id=target.visitor_id)
        except StorageAway as error:
            logger.warning("No visitor for %s: %s", asked.marketplace.code, error)
        if taken.turn is not Turn.WAIT:
            return taken
        found: Taken = await self._after(
            request, room.wait(asked, exit_id=exit_id, known_id=target.visitor_id)
        )
        return found

    async def _without(
        self,
        request: Request,
        asked: Asked,
        room: VisitorRoom,
        refusal: tuple[FailureCode, str],
    ) -> Visit | Response | None:
        """The visitor could not be made. Where the room is the browsers', there is none to switch to."""
        code, words = refusal
        if room is self._plain and code in CHALLENGES and await self.switch_to_browser(request):
            return await self._find(request, asked)
        if asked.keep and code in _OF_THE_PLACE:
            request.meta[PROOF] = PlaceProof.OTHER
            return None
        return FailedDownload(request.url, code=code, message=words)

    async def _make(
        self, request: Request, asked: Asked, visitor_id: str, room: VisitorRoom
    ) -> Visit:
        meta = dialogue_meta(request)
        if room is self._browsers:
            new = Visit(asked.key(request.meta[EXIT]), visitor_id, request.meta[EXIT])
            meta[BROWSER] = browser_visitor(asked, new)
        return await room.make(
            asked,
            visitor_id,
            exit_id=request.meta[EXIT],
            headers=visitor_headers(request),
            meta=meta,
        )

    async def _after(self, request: Request, work: Coroutine[Any, Any, Any]) -> Any:
        """Its result, in the line of those who wait."""
        results = []

        async def do() -> None:
            results.append(await work)

        await self._waits.stand_in_line(request, do())
        return results[0]

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(quietly(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def visitor_headers(request: Request) -> dict[str, str]:
    """Those of the page: a visitor looks the same at each of its requests."""
    found = {name: request.headers.get(name) for name in _HEADERS}
    return {name.decode(): value.decode("latin-1") for name, value in found.items() if value}


def dialogue_meta(request: Request) -> dict[str, Any]:
    """What binds the requests of a set-up to the page's visitor."""
    names = (EXIT, BROWSER)
    return {name: request.meta[name] for name in names if name in request.meta}


def browser_visitor(asked: Asked, visit: Visit) -> BrowserVisitor:
    cookies = {} if asked.is_stranger else asked.first_cookies()
    return BrowserVisitor(visit.visitor_id, asked.language, cookies)


def visit_of(taken: Taken, asked: Asked, exit_id: str, *, by_browser: bool) -> Visit:
    return Visit(
        asked.key(exit_id),
        taken.visitor_id,
        exit_id,
        by_browser=by_browser,
        is_prover=taken.turn is Turn.PROVE,
        has_tried_form=taken.has_tried_form,
        unnamed=taken.unnamed,
        cookies=dict(taken.cookies),
    )


def forget_visitor(request: Request) -> None:
    """The target's next page goes with another visitor, by another exit where there is one."""
    target = _target_of(request)
    target.visitor_id, target.exit_id = "", None


def _target_of(request: Request) -> Target:
    target: Target = request.cb_kwargs["target"]
    return target


async def quietly(work: Coroutine[Any, Any, None]) -> None:
    """For what only spares others a request: with Redis away it is left undone."""
    try:
        await work
    except StorageAway as error:
        logger.warning("A visitor was not kept: %s", error)
