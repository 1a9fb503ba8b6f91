"""Ties what a callback makes to its target: requests are counted, items get their key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from spiders.frontier.frontier import Frontier
from spiders.frontier.seclusion import Seclusion, is_secluded
from spiders.frontier.tracker import Tracker
from spiders.types.registry import type_of_item
from spiders.work.failures import FailureCode
from spiders.work.target import (
    TARGET_ID,
    DiscoveredTarget,
    LeasedTarget,
    RequestUnsent,
    TargetRow,
)
from storage.base.records import Failure


class TargetMiddleware:
    """Spider middleware of the pool, nearest to the spider."""

    def __init__(self, tracker: Tracker, seclusion: Seclusion) -> None:
        self._tracker = tracker
        self._seclusion = seclusion

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TargetMiddleware:
        frontier = _frontier_of(crawler)
        return cls(frontier.tracker, frontier.seclusion)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        target_id: str = response.meta[TARGET_ID]
        try:
            async for output in result:
                target = self._tracker.find(target_id)
                if target is None:
                    # Lost or cancelled meanwhile: whatever else the callback makes is for nobody.
                    return
                if isinstance(output, DiscoveredTarget):
                    target.discovered.append(output)
                else:
                    yield self._tied(output, target)
        except Exception as error:
            # A callback that breaks must not leave its target open until the lease expires.
            reason = f"the spider broke on this page: {type(error).__name__}: {error}"
            self._tracker.fail(target_id, Failure(FailureCode.PARSE_ERROR, reason[:500]))
            raise
        finally:
            self._seclusion.end_work(target_id)
            self._tracker.request_done(target_id)

    def _tied(self, output: Any, target: LeasedTarget) -> Any:
        if isinstance(output, Request):
            self._tracker.request_made(target.id)
            return output.replace(meta={**output.meta, **target.request_meta})
        ordinal = self._tracker.item_made(target.id)
        known = type_of_item(output)
        if known is not None and known.place_of is not None:
            page, position = known.place_of(output)
            return TargetRow(target, page or 1, position or ordinal, output)
        # What an own spider's items call a page or a position is theirs, and need not be unique.
        return TargetRow(target, 1, ordinal, output)


class TargetGoneMiddleware:
    """Downloader middleware of the pool, after every wait: what was cancelled meanwhile is not sent."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TargetGoneMiddleware:
        return cls(_frontier_of(crawler).tracker)

    def process_request(self, request: Request) -> None:
        target_id = request.meta.get(TARGET_ID)
        if target_id is not None and self._tracker.find(target_id) is None:
            raise RequestUnsent(target_id)


class SeclusionMiddleware:
    """Downloader middleware of the pool, nearest to the network: see seclusion.py."""

    def __init__(self, tracker: Tracker, seclusion: Seclusion) -> None:
        self._tracker = tracker
        self._seclusion = seclusion

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SeclusionMiddleware:
        frontier = _frontier_of(crawler)
        return cls(frontier.tracker, frontier.seclusion)

    async def process_request(self, request: Request) -> None:
        target = self._tracker.find(request.meta.get(TARGET_ID, ""))
        if target is not None and is_secluded(target):
            await self._seclusion.enter(target)

    async def process_response(self, request: Request, response: Response) -> Response:
        target = self._tracker.find(request.meta.get(TARGET_ID, ""))
        if target is not None:
            await self._seclusion.begin_work(target)
        return response


def _frontier_of(crawler: Crawler) -> Frontier:
    frontier = crawler.get_extension(Frontier)
    if frontier is None:
        raise NotConfigured("the frontier is off")
    return frontier
