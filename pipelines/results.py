"""Rows of ended targets to MongoDB: gathered into batches, each one transaction, then acknowledged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scrapy.crawler import Crawler

from pipelines.batch import MAX_ENDS, Batch
from pipelines.known_keys import KnownKeys
from settings.config import Config, current_config
from spiders.items.formats.plain import plain_from_item
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.target import LeasedTarget, TargetRow
from storage.base.away import StorageAway
from storage.base.backoff import STORAGE_BACKOFF
from storage.base.connections import connect_mongo, open_database
from storage.base.records import Failure, NewRow
from storage.base.sessions import open_session, session_name
from storage.jobs.settlement import DocumentRefused, Settlement

logger = logging.getLogger(__name__)

# A target that ends sooner than this is never marked as running: its end says it all.
START_MARK_SECONDS = 0.5
# A commit costs much the same for one target as for ten, and all crawlers of a job write to its one
# document: under load what has ended waits for more, at most so long.
GATHER_SECONDS = 0.75


class ResultsPipeline:
    """Collects each target's rows; writes when the target has ended.

    A batch that cannot be written because MongoDB is away is tried again until it can. Leases are renewed
    meanwhile, and the window closes, so that the crawl waits and nothing is lost.
    """

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._signals = crawler.signals
        self._config = config
        self._batch = Batch()
        self._known_keys = KnownKeys()
        # What the crawler may hold is limited: this share of it is worth a write, and with less than
        # that under way it soon has nothing to do but to wait for what the write brings.
        self._share = max(1, crawler.settings.getint("LEASE_WINDOW") // 4)
        self._wake = asyncio.Event()
        self._closing = False
        self._client = connect_mongo(config)
        self._session = open_session(self._client)
        database = open_database(self._client, config)
        self._settlement = Settlement(self._client, database, self._session)
        # One thread: the batches of a crawler follow each other, and the reactor never waits.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="results-writer")
        self._committer: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ResultsPipeline:
        pipeline = cls(crawler, current_config())
        crawler.signals.connect(pipeline.target_started, signal=our_signals.target_started)
        crawler.signals.connect(pipeline.target_ended, signal=our_signals.target_ended)
        crawler.signals.connect(pipeline.target_let_go, signal=our_signals.target_let_go)
        return pipeline

    async def open_spider(self) -> None:
        name = session_name(self._session)
        self._signals.send_catch_log(our_signals.writer_opened, session=name)
        self._committer = asyncio.create_task(self._commit_forever())

    async def close_spider(self) -> None:
        """Write what has ended. What has not is given back by the frontier."""
        self._closing = True
        self._wake.set()
        if self._committer is not None:
            await self._committer
        self._writer.shutdown()
        self._session.end_session()
        self._client.close()

    def process_item(self, item: Any) -> Any:
        if isinstance(item, TargetRow):
            data = plain_from_item(item.item)
            item.target.rows.append(NewRow(item.page, item.position, data))
        return item

    def target_started(self, target: LeasedTarget) -> None:
        self._batch.start(target)
        asyncio.get_running_loop().call_later(START_MARK_SECONDS, self._wake.set)

    def target_ended(self, target: LeasedTarget, failure: Failure | None) -> None:
        self._batch.end(target, failure)
        self._wake.set()

    def target_let_go(self, target: LeasedTarget) -> None:
        self._batch.let_go(target)

    async def _commit_forever(self) -> None:
        last = 0.0
        while not (self._closing and not self._batch):
            await self._wake.wait()
            self._wake.clear()
            await self._gather(last)
            await self._commit()
            last = time.monotonic()
            if self._closing and not self._batch:
                return

    async def _gather(self, last: float) -> None:
        """Nothing to wait for when idle; under load until a good many have ended."""
        interval = self._config.commit_interval_seconds
        earliest, latest = last + interval, last + max(interval, GATHER_SECONDS)
        while not self._closing and (now := time.monotonic()) < latest:
            is_due = len(self._batch) >= 2 * self._share or self._batch.under_way < self._share
            if is_due and now >= earliest:
                return
            pause = earliest - now if is_due else interval
            await asyncio.sleep(min(pause, latest - now))

    async def _commit(self) -> None:
        failures = 0
        most = MAX_ENDS
        broken: set[str] = set()
        while batch := self._take(most):
            self._announce(our_signals.targets_abandoned, batch.expired)
            batch.expired.clear()
            try:
                await self._write(batch)
            except DocumentRefused as error:
                # One target at a time from here on: the guilty one fails, the others are written.
                if len(batch) == 1:
                    self._refuse(batch, error)
                self._batch.put_back(batch)
                most = 1
            except StorageAway as error:
                self._batch.put_back(batch)
                failures += 1
                if self._closing and failures > 1:
                    # The leases expire and others crawl these again; waiting would only be killed.
                    logger.error("Closing with %d targets not written: %s", len(batch), error)
                    self._batch.clear()
                    return
                delay = STORAGE_BACKOFF.seconds(failures)
                logger.warning("MongoDB: %s; next try in %.1f s", error, delay)
                await asyncio.sleep(delay)
            except Exception:
                # A defect: waiting does not heal it. One target at a time from here on.
                logger.exception("%d targets could not be written", len(batch))
                self._signals.send_catch_log(our_signals.defect_met, part="results")
                most = 1
                if len(batch) > 1:
                    self._batch.put_back(batch)
                else:
                    self._fail_or_abandon(batch, broken)
            else:
                failures = 0

    def _take(self, most: int) -> Batch:
        return self._batch.take(
            now=time.monotonic(),
            flush=self._closing,
            marks_after=0.9 * START_MARK_SECONDS,
            most=most,
        )

    def _refuse(self, batch: Batch, error: Exception) -> None:
        for target in batch.ended_targets():
            logger.error("Its rows cannot be stored: %.500s %s", error, target.log_mark)
        # Not the error's words: they may hold the very text that cannot be stored.
        batch.fail(Failure(FailureCode.PARSE_ERROR, "its rows cannot be stored"))

    def _fail_or_abandon(self, batch: Batch, broken: set[str]) -> None:
        """The target fails. If that cannot be written either, its lease expires: other crawlers try,
        and the worker fails it when they have tried often enough."""
        ended = batch.ended_targets()
        if broken.issuperset(target.id for target in ended):
            self._announce(our_signals.targets_abandoned, ended)
            return
        broken.update(target.id for target in ended)
        batch.fail(Failure(FailureCode.PARSE_ERROR, "its rows could not be written"))
        self._batch.put_back(batch)

    async def _write(self, batch: Batch) -> None:
        ended = batch.ended_targets()
        self._known_keys.forget_told(ended)
        started, ends = batch.records()
        loop = asyncio.get_running_loop()
        report = await loop.run_in_executor(self._writer, self._settlement.commit, started, ends)
        settled = set(report.settled)
        self._known_keys.remember(target for target in ended if target.id in settled)
        # Also those that were not open any more: their seeds have nothing left to say.
        self._announce(our_signals.targets_settled, ended)

    def _announce(self, signal: object, targets: Sequence[LeasedTarget]) -> None:
        if targets:
            self._signals.send_catch_log(signal, targets=list(targets))
