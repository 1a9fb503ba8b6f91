"""Leased seeds in, settled targets out: the pool crawler's link to the rest of the system."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from settings.config import Config, current_config
from spiders.frontier.effort import EffortCounter
from spiders.frontier.load import load_per_core
from spiders.frontier.seclusion import Seclusion, is_secluded, keeps_alone_while_loading
from spiders.frontier.seeds import UnreadableSeed, target_from_lease
from spiders.frontier.tracker import Tracker
from spiders.pages.version import PARSER_VERSION
from spiders.sites.browsers import find_browser
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.target import LeasedTarget, TargetRow
from storage.base.away import StorageAway
from storage.base.backoff import STORAGE_BACKOFF
from storage.base.connections import connect_async_redis
from storage.base.records import Failure
from storage.queue.crawlers import Crawler as CrawlerRecord
from storage.queue.crawlers import CrawlerBeats
from storage.queue.leases import Leases, SeedWork

logger = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 1.0
SUSPECTS_WAIT_SECONDS = 0.05

LeaseEnd = Callable[[Sequence[tuple[str, int]]], Coroutine[Any, Any, None]]


class Frontier:
    """Scrapy extension. `targets()` feeds Spider.start(); it ends only when the crawler closes."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config
        self._window = crawler.settings.getint("LEASE_WINDOW")
        self._least_room = max(1, self._window // 4)
        self._max_leases = crawler.settings.getint("MAX_LEASES")
        # Ids of targets that only wait for their time.
        self._waiting: set[str] = set()
        self.tracker = Tracker(self._on_target_end)
        self.seclusion = Seclusion(self._mark)
        # Ended, and not yet settled by the pipelines: their leases are still ours.
        self._unsettled: dict[str, LeasedTarget] = {}
        self._room = asyncio.Event()
        self._closing = False
        self._redis = connect_async_redis(config)
        spider_name = crawler.spider.name if crawler.spider else ""
        # scrapyd's job id, where scrapyd started us; it passes it as a spider argument.
        self._owner = (
            getattr(crawler.spider, "_job", None) or f"{socket.gethostname()}:{os.getpid()}"
        )
        self._leases = Leases(
            self._redis, spider=spider_name, owner=self._owner, lease_seconds=config.lease_seconds
        )
        self._beats = CrawlerBeats(self._redis, self._record(spider_name))
        self._background: set[asyncio.Task[None]] = set()
        self._heart: asyncio.Task[None] | None = None
        self._retirement: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        if not crawler.settings.getbool("POOL_MODE"):
            raise NotConfigured("no pool: targets come from spider arguments")
        frontier = cls(crawler, current_config())
        connect = crawler.signals.connect
        connect(frontier.spider_opened, signal=signals.spider_opened)
        connect(frontier.spider_closed, signal=signals.spider_closed)
        connect(frontier.request_dropped, signal=signals.request_dropped)
        connect(frontier.item_scraped, signal=signals.item_scraped)
        connect(frontier.item_lost, signal=signals.item_dropped)
        connect(frontier.item_lost, signal=signals.item_error)
        connect(frontier.target_failed, signal=our_signals.target_failed)
        connect(frontier.request_lost, signal=our_signals.request_lost)
        connect(frontier.request_unsent, signal=our_signals.request_unsent)
        connect(frontier.request_waits, signal=our_signals.request_waits)
        connect(frontier.request_goes_on, signal=our_signals.request_goes_on)
        connect(frontier.targets_settled, signal=our_signals.targets_settled)
        connect(frontier.targets_abandoned, signal=our_signals.targets_abandoned)
        connect(frontier.writer_opened, signal=our_signals.writer_opened)
        EffortCounter(frontier.tracker).connect(crawler)
        return frontier

    async def targets(self) -> AsyncIterator[LeasedTarget]:
        """Targets under a lease, as fast as the window has room; waits for more for ever."""
        failures = 0
        while not self._closing:
            try:
                found = await self._take()
                failures = 0
            except StorageAway as error:
                failures += 1
                await self._back_off("cannot take seeds", error, failures)
                continue
            except Exception as error:
                failures += 1
                logger.exception("A defect in the leases")
                self._send(our_signals.defect_met, part="leases")
                await self._back_off("cannot take seeds", error, failures)
                continue
            for target in found:
                if is_secluded(target):
                    await self.seclusion.enter(target)
                yield target

    def refuse(self, target: LeasedTarget, failure: Failure) -> None:
        """End a target of `targets()` of which no request can be made."""
        self.tracker.fail(target.id, failure)
        self.tracker.request_done(target.id)

    # What Scrapy and the pipelines tell us

    async def spider_opened(self, spider: Spider) -> None:
        self._heart = asyncio.create_task(self._keep(self._tend_leases))
        # What the imports made lives as long as the process: no collection need look at it again.
        gc.collect()
        gc.freeze()

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """Give back what was not settled, so that others go on with it at once."""
        self._closing = True
        if self._heart is not None:
            self._heart.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        held = [*self.tracker.targets(), *self._unsettled.values()]
        try:
            await self._leases.release([(target.id, target.token) for target in held])
            await self._beats.leave()
            await self._leases.close()
        except StorageAway as error:
            logger.warning("%d leases left to expire: %s", len(held), error)
        logger.info("Pool crawler %s closed (%s), gave back %d", self._owner, reason, len(held))

    def request_dropped(self, request: Request, spider: Spider) -> None:
        failure = Failure(FailureCode.PARSE_ERROR, f"the request was dropped: {request.url}")
        self.request_lost(request, failure)

    def request_lost(self, request: Request, failure: Failure) -> None:
        if target_id := request.meta.get("target_id"):
            self.tracker.fail(target_id, failure)
            self.tracker.request_done(target_id)

    def request_unsent(self, request: Request) -> None:
        """Not a failure: the target goes back with the others that are not settled at the close."""
        target = self.tracker.drop(request.meta.get("target_id", ""))
        if target is not None:
            self._rests(target.id)
            self._unsettled[target.id] = target

    def request_waits(self, request: Request, is_loading: bool = False) -> None:
        target_id = request.meta.get("target_id")
        if not target_id:
            return
        target = self.tracker.find(target_id)
        if is_loading and target is not None and keeps_alone_while_loading(target):
            return
        self._waiting.add(target_id)
        self._rests(target_id, SeedWork.LOADING if is_loading else SeedWork.WAITING)
        self._room.set()

    def request_goes_on(self, request: Request) -> None:
        self._waiting.discard(request.meta.get("target_id", ""))

    def target_failed(self, target: LeasedTarget, failure: Failure) -> None:
        self.tracker.fail(target.id, failure)

    def item_scraped(self, item: Any) -> None:
        if isinstance(item, TargetRow):
            self.tracker.item_done(item.target.id)

    def item_lost(self, item: Any, **details: Any) -> None:
        """A pipeline dropped the item or broke on it: the target must say so, not lack a row."""
        if isinstance(item, TargetRow):
            cause = details.get("exception") or details["failure"].value
            failure = Failure(FailureCode.PARSE_ERROR, f"{cause}"[:500])
            self.tracker.fail(item.target.id, failure)
            self.tracker.item_done(item.target.id)

    def targets_settled(self, targets: list[LeasedTarget]) -> None:
        self._end_leases(self._leases.acknowledge, targets)
        if any(target.discovered for target in targets):
            self._in_background(self._leases.wake_feeder())

    def writer_opened(self, session: str) -> None:
        self._beats.name_session(session)

    def targets_abandoned(self, targets: list[LeasedTarget]) -> None:
        self._end_leases(self._leases.release, targets)

    # The lease window

    async def _take(self) -> list[LeasedTarget]:
        room = self._room_left()
        # One script call per target would cost six times as much a seed as batches do.
        if room < self._least_room:
            self._room.clear()
            await _quietly(self._room.wait(), timeout=MAX_WAIT_SECONDS)
            return []
        until = time.monotonic() + self._config.lease_seconds
        suspects = sum(1 for target in self.tracker.targets() if target.deaths == 1)
        alone = sum(1 for target in self.tracker.targets() if is_secluded(target))
        leases = await self._leases.take(
            room, suspects=max(0, self._window // 4 - suspects), alone=int(alone == 0)
        )
        if not leases:
            # Suspects wait in lists of their own, which wake nobody: look again soon.
            longest = SUSPECTS_WAIT_SECONDS if suspects or alone else MAX_WAIT_SECONDS
            await self._leases.wait(longest)
            return []
        found = []
        for lease in leases:
            try:
                found.append(target_from_lease(lease, lease_until=until))
            except UnreadableSeed as error:
                logger.warning("Refused the seed %.200s: %s", lease.message, error)
                self._in_background(self._leases.acknowledge([(lease.id, lease.token)]))
        for target in found:
            self.tracker.begin(target)
            self._send(our_signals.target_started, target=target)
        return found

    def _room_left(self) -> int:
        waiting = sum(1 for target_id in self._waiting if self.tracker.find(target_id))
        busy = len(self.tracker) - waiting
        # Downloads go on while a window's worth is written; more is not gathered when MongoDB is away.
        unwritten = max(0, len(self._unsettled) - self._window)
        held = len(self.tracker) + len(self._unsettled)
        return min(self._window - busy - unwritten, self._max_leases - held)

    def _on_target_end(self, target: LeasedTarget, failure: Failure | None) -> None:
        self._unsettled[target.id] = target
        self._rests(target.id)
        if self._room_left() >= self._least_room:
            self._room.set()
        self._send(our_signals.target_ended, target=target, failure=failure)

    def _end_leases(self, end: LeaseEnd, targets: list[LeasedTarget]) -> None:
        for target in targets:
            self._unsettled.pop(target.id, None)
        self._room.set()
        self._in_background(end([(target.id, target.token) for target in targets]))

    def _rests(self, target_id: str, work: SeedWork = SeedWork.WAITING) -> None:
        """The target waits, or has ended: the others may go on."""
        self.seclusion.end_work(target_id)
        if self.seclusion.is_alone(target_id):
            self._in_background(self.seclusion.leave(target_id, work))

    async def _mark(self, target: LeasedTarget, work: SeedWork) -> None:
        try:
            await self._leases.mark(target.id, target.token, work)
        except StorageAway as error:
            # At worst a death does not count, and the target gets another try.
            logger.warning("Redis: %s", error)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StorageAway as error:
            # Leases that are not ended expire; their seeds come back and find the targets settled.
            logger.warning("Redis: %s", error)
        except Exception:
            # Nobody else would see what breaks in the background.
            logger.exception("A defect in the leases")
            self._send(our_signals.defect_met, part="leases")

    async def _tend_leases(self) -> None:
        """One heartbeat: renew, let go of what is lost or cancelled, and say that we live."""
        started = time.monotonic()
        held = [*self.tracker.targets(), *self._unsettled.values()]
        lost = set(await self._leases.renew([(t.id, t.token, t.job_id or "") for t in held]))
        for target in held:
            if target.id in lost:
                self._let_go(target)
            else:
                target.lease_until = started + self._config.lease_seconds
        # Ends what was cancelled; what another crawler has by now is not ours to end.
        await self._leases.acknowledge([(t.id, t.token) for t in held if t.id in lost])
        if await self._beats.beat(load=load_per_core()):
            logger.info("Pool crawler %s was asked to retire", self._owner)
            engine = self._crawler.engine
            if engine is not None and self._retirement is None:
                # Not among the background work: closing waits for that.
                self._retirement = asyncio.create_task(engine.close_spider_async(reason="retired"))

    def _let_go(self, target: LeasedTarget) -> None:
        """The pipelines will not write it either: its lease has ended for them as well."""
        target.lease_until = 0.0
        self._unsettled.pop(target.id, None)
        self._rests(target.id)
        if self.tracker.drop(target.id):
            logger.info("Let go, cancelled or leased by another %s", target.log_mark)
            self._send(our_signals.target_let_go, target=target)
        self._room.set()

    async def _keep(self, beat: Callable[[], Awaitable[None]]) -> None:
        """Repeat `beat` until closed; a server that is away is no reason to stop."""
        while not self._closing:
            try:
                await beat()
            except StorageAway as error:
                logger.warning("Heartbeat failed: %s", error)
            except Exception:
                # Without heartbeats its leases expire, and others crawl what it held.
                logger.exception("A defect in the heartbeat")
                self._send(our_signals.defect_met, part="heartbeat")
            await asyncio.sleep(self._config.heartbeat_seconds)

    async def _back_off(self, what: str, error: Exception, failures: int) -> None:
        delay = STORAGE_BACKOFF.seconds(failures)
        logger.warning("%s: %s; next try in %.1f s", what, error, delay)
        await asyncio.sleep(delay)

    def _send(self, signal: object, **arguments: Any) -> None:
        self._crawler.signals.send_catch_log(signal, **arguments)

    def _record(self, spider_name: str) -> CrawlerRecord:
        return CrawlerRecord(
            owner=self._owner,
            spider=spider_name,
            node=self._config.node_name,
            pid=os.getpid(),
            started_at=time.time(),
            version=self._config.version_label or PARSER_VERSION,
            has_browser=find_browser(self._config.browser_path) is not None,
        )


async def _quietly(awaitable: Awaitable[Any], *, timeout: float) -> None:
    try:
        async with asyncio.timeout(timeout):
            await awaitable
    except TimeoutError:
        return
