"""Looks at what came: a challenge that a browser can pass, and the place that a page shows."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.challenge import is_script_challenge
from spiders.pages.place_shown import PlaceProof, header_lines, place_proof
from spiders.visitors.dialogue import DialogueFailed
from spiders.visitors.middleware import (
    VisitorMiddleware,
    dialogue_meta,
    forget_visitor,
    quietly,
    visitor_headers,
)
from spiders.visitors.room import IGNORED_SECONDS, VisitorRoom
from spiders.visitors.visitor import (
    AGAIN,
    ASKED,
    CHALLENGED,
    DIALOGUE,
    PROOF,
    VISIT,
    Asked,
    Engine,
    Visit,
)
from spiders.work.failures import FailureCode

logger = logging.getLogger(__name__)

# A page is asked for again with another visitor this often.
MAX_AGAIN = 5


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
        visitors = self._crawler.get_downloader_middleware(VisitorMiddleware)
        if asked is None or visitors is None or DIALOGUE in request.meta:
            return response
        if 300 <= response.status < 400:
            return response
        if asked.engine is Engine.AUTO and _is_challenge(response):
            tries = request.meta.get(CHALLENGED, 0)
            if not tries and await visitors.switch_to_browser(request):
                return _again(request, CHALLENGED)
        visit: Visit | None = request.meta.get(VISIT)
        if visit is None:
            return response
        room = visitors.room_of(visit)
        if response.status != 200:
            await quietly(room.leave_unproven(visit, is_unnamed=False))
            return response
        if asked.place is None:
            # The others waited for the session that the store gave to this page.
            if visit.is_prover:
                await quietly(room.prove(visit))
            return response
        proof = place_proof(response.body, asked.place)
        request.meta[PROOF] = proof
        await quietly(room.count(f"place:{asked.marketplace.code}:{proof}"))
        if proof is PlaceProof.CONFIRMED:
            if visit.is_prover:
                await room.prove(visit)
            return response
        if proof is PlaceProof.UNNAMED:
            await quietly(room.leave_unproven(visit, is_unnamed=True))
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
        may_go_on = request.meta.get(AGAIN, 0) < MAX_AGAIN
        if visit.is_prover:
            may_go_on = await room.end_ignored(visit) and may_go_on
        else:
            await room.end(visit, reason="place_lost")
        if may_go_on:
            forget_visitor(request)
            return _again(request, AGAIN)
        return await self._end(request, response, room)

    async def _end(self, request: Request, response: Response, room: VisitorRoom) -> Response:
        asked = request.meta[ASKED]
        shown = " ".join(header_lines(response.body))[:100]
        words = f"asked for {asked.place.text}, the page shows {shown!r}"
        await room.refuse(asked, FailureCode.WRONG_PLACE, words, seconds=IGNORED_SECONDS)
        if asked.keep:
            return response
        return FailedDownload(request.url, code=FailureCode.WRONG_PLACE, message=words)


def _again(request: Request, name: str) -> Request:
    """The same page with another visitor; `name` counts how often."""
    meta = {**request.meta, name: request.meta.get(name, 0) + 1}
    meta.pop(VISIT, None)
    return request.replace(meta=meta)


def _is_challenge(response: Response) -> bool:
    headers = {
        name.decode("latin-1"): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }
    return is_script_challenge(response.status, headers, response.body)
