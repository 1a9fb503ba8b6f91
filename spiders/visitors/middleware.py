"""Sends pages that ask for a place or a currency with their visitor, and looks at the place they show."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from settings.config import current_config
from spiders.items import signals as our_signals
from spiders.items.failures import FailureCode
from spiders.items.target import Target, TargetFailure
from spiders.marketplaces import find_marketplace_by_host
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.proxy import EXIT, EXITS, ProxyMiddleware
from spiders.middlewares.waits import Waits
from spiders.pages.place_shown import PlaceProof, header_lines, place_proof
from spiders.visitors.cookies import changes_from_headers, cookie_header
from spiders.visitors.dialogue import DialogueFailed
from spiders.visitors.local import LocalVisitors
from spiders.visitors.room import IGNORED_SECONDS, VisitorRoom
from spiders.visitors.visitor import ASKED, DIALOGUE, IGNORED, LOST, PROOF, VISIT, Asked, Visit
from storage.connections import StorageUnavailable, connect_async_redis
from storage.visitors import SharedVisitors, Taken, Turn

logger = logging.getLogger(__name__)

_HEADERS = (b"Accept", b"Accept-Language", b"Accept-Encoding", b"User-Agent")
# A page is asked for again with another visitor this often.
MAX_IGNORED = 1
MAX_LOST = 5
_BLOCKS = frozenset(
    {
        FailureCode.BLOCKED_CAPTCHA,
        FailureCode.BLOCKED_CONTINUE,
        FailureCode.BLOCKED_THROTTLED,
        FailureCode.BLOCKED_WAF,
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
        self.room = VisitorRoom(crawler, visitors, config)
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
        await self.room.close()

    async def process_request(self, request: Request) -> Response | None:
        asked: Asked | None = request.meta.get(ASKED)
        if asked is None or DIALOGUE in request.meta:
            return None
        request.headers.pop(b"Cookie", None)
        request.meta.pop(PROOF, None)
        if find_marketplace_by_host(urlsplit(request.url).hostname or "") is not asked.marketplace:
            # Led to a sister store: what one store knows of a visitor is not told to another.
            request.meta.pop(VISIT, None)
            return None
        visit: Visit | None = request.meta.pop(VISIT, None)
        if visit is None:
            await self._choose_exit(request)
            found = await self._find(request, asked)
            if isinstance(found, Response):
                return found
            visit = found
        if visit is not None:
            request.meta[VISIT] = visit
        cookies = asked.first_cookies() if visit is None else visit.cookies
        request.headers[b"Cookie"] = cookie_header(cookies)
        return None

    async def process_response(self, request: Request, response: Response) -> Response:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None and (lines := response.headers.getlist(b"Set-Cookie")):
            await _quietly(self.room.absorb(visit, changes_from_headers(lines)))
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None:
            await _quietly(self.room.leave_unproven(visit, is_unnamed=False))

    def page_failed(self, request: Request, failure: TargetFailure) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None and failure.code in _BLOCKS:
            forget_visitor(request)
            self._in_background(self.room.end(visit, reason="blocked"))

    def page_lost(self, request: Request) -> None:
        visit: Visit | None = request.meta.get(VISIT)
        if visit is not None:
            self._in_background(self.room.leave_unproven(visit, is_unnamed=False))

    def proxy_banned(self, proxy_id: str) -> None:
        self._in_background(self.room.end_of_exit(proxy_id))

    async def _choose_exit(self, request: Request) -> None:
        """The one that the target began with, while it serves."""
        proxies = self._crawler.get_downloader_middleware(ProxyMiddleware)
        if proxies is None:
            request.meta[EXIT] = ""
            return
        target = _target_of(request)
        asked: Asked = request.meta[ASKED]
        request.meta.pop(EXIT, None)
        request.meta[EXITS] = asked.key("")
        await self._waits.stand_in_line(request, proxies.choose_exit(request, target.exit_id))
        target.exit_id = request.meta[EXIT]

    async def _find(self, request: Request, asked: Asked) -> Visit | Response | None:
        """None: the page goes as a stranger, since its place is not to be had."""
        target = _target_of(request)
        exit_id: str = request.meta[EXIT]
        taken = Taken(turn=Turn.WAIT)
        try:
            taken = await self.room.find(asked, exit_id=exit_id, known_id=target.visitor_id)
        except StorageUnavailable as error:
            logger.warning("No visitor for %s: %s", asked.marketplace.code, error)
        if taken.turn is Turn.WAIT:
            taken = await self._after(
                request, self.room.wait(asked, exit_id=exit_id, known_id=target.visitor_id)
            )
        if taken.turn is Turn.REFUSED:
            assert taken.refusal is not None
            code, words = taken.refusal
            if asked.keep and code in _OF_THE_PLACE:
                request.meta[PROOF] = PlaceProof.OTHER
                return None
            return FailedDownload(request.url, code=FailureCode(code), message=words)
        if taken.turn is Turn.MAKE:
            try:
                visit: Visit = await self._after(
                    request, self._make(request, asked, taken.visitor_id)
                )
            except DialogueFailed as error:
                if asked.keep and error.code in _OF_THE_PLACE:
                    request.meta[PROOF] = PlaceProof.OTHER
                    return None
                return FailedDownload(request.url, code=error.code, message=error.message)
        else:
            visit = Visit(
                asked.key(exit_id),
                taken.visitor_id,
                exit_id,
                is_prover=taken.turn is Turn.PROVE,
                has_tried_form=taken.has_tried_form,
                unnamed=taken.unnamed,
                cookies=dict(taken.cookies),
            )
        target.visitor_id = visit.visitor_id
        return visit

    def _make(self, request: Request, asked: Asked, visitor_id: str) -> Coroutine[Any, Any, Visit]:
        return self.room.make(
            asked,
            visitor_id,
            exit_id=request.meta[EXIT],
            headers=visitor_headers(request),
            meta=dialogue_meta(request),
        )

    async def _after(self, request: Request, work: Coroutine[Any, Any, Any]) -> Any:
        """Its result, in the line of those who wait."""
        results = []

        async def do() -> None:
            results.append(await work)

        await self._waits.stand_in_line(request, do())
        return results[0]

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


class PlaceProofMiddleware:
    """Reads the place that a page shows, once its body is decompressed.

    A page of another place than was asked for is no result: it is asked for again, with the other way to
    tell the store, then with another visitor.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PlaceProofMiddleware:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        asked: Asked | None = request.meta.get(ASKED)
        visit: Visit | None = request.meta.get(VISIT)
        visitors = self._crawler.get_downloader_middleware(VisitorMiddleware)
        if asked is None or asked.place is None or visit is None or visitors is None:
            return response
        if 300 <= response.status < 400:
            return response
        room = visitors.room
        if response.status != 200:
            await _quietly(room.leave_unproven(visit, is_unnamed=False))
            return response
        proof = place_proof(response.body, asked.place)
        request.meta[PROOF] = proof
        await _quietly(room.count(f"place:{asked.marketplace.code}:{proof}"))
        if proof is PlaceProof.CONFIRMED:
            if visit.is_prover:
                await room.prove(visit)
            return response
        if proof is PlaceProof.UNNAMED:
            await _quietly(room.leave_unproven(visit, is_unnamed=True))
            return response
        return await self._after_other_place(request, response, room)

    async def _after_other_place(
        self, request: Request, response: Response, room: VisitorRoom
    ) -> Response | Request:
        asked, visit = request.meta[ASKED], request.meta[VISIT]
        if visit.is_prover and visit.token and not visit.has_tried_form:
            try:
                is_accepted = await room.choose_by_form(
                    asked, visit, headers=visitor_headers(request), meta=dialogue_meta(request)
                )
            except DialogueFailed as error:
                logger.info("The form address failed: %s", error.message)
                is_accepted = False
            if is_accepted:
                # With the same visitor, which is proven by this page again.
                return request.replace(meta=dict(request.meta))
        was_prover = visit.is_prover
        await room.end(visit, reason="place_ignored" if was_prover else "place_lost")
        name, most = (IGNORED, MAX_IGNORED) if was_prover else (LOST, MAX_LOST)
        tries = request.meta.get(name, 0)
        if tries < most:
            meta = {**request.meta, name: tries + 1}
            meta.pop(VISIT)
            forget_visitor(request)
            return request.replace(meta=meta)
        return await self._end(request, response, room)

    async def _end(self, request: Request, response: Response, room: VisitorRoom) -> Response:
        asked = request.meta[ASKED]
        shown = " ".join(header_lines(response.body))[:100]
        words = f"asked for {asked.place.text}, the page shows {shown!r}"
        await room.refuse(asked, FailureCode.WRONG_PLACE, words, seconds=IGNORED_SECONDS)
        if asked.keep:
            return response
        return FailedDownload(request.url, code=FailureCode.WRONG_PLACE, message=words)


def visitor_headers(request: Request) -> dict[str, str]:
    """Those of the page: a visitor looks the same at each of its requests."""
    found = {name: request.headers.get(name) for name in _HEADERS}
    return {name.decode(): value.decode("latin-1") for name, value in found.items() if value}


def dialogue_meta(request: Request) -> dict[str, Any]:
    return {EXIT: request.meta[EXIT]}


def forget_visitor(request: Request) -> None:
    """The target's next page goes with another visitor, by another exit where there is one."""
    target = _target_of(request)
    target.visitor_id, target.exit_id = "", None


def _target_of(request: Request) -> Target:
    target: Target = request.cb_kwargs["target"]
    return target


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """For what only spares others a request: with Redis away it is left undone."""
    try:
        await work
    except StorageUnavailable as error:
        logger.warning("A visitor was not kept: %s", error)
