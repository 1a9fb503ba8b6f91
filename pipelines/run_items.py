"""Items of a dedicated run to its job, in batches, while it runs."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from settings.config import Config, current_config
from settings.dedicated import CLAIM
from spiders.items.formats.plain import plain_from_item
from spiders.work import signals as our_signals
from spiders.work.crawl_stats import REFUSED_ITEMS
from storage.base.away import StorageAway
from storage.base.backoff import STORAGE_BACKOFF
from storage.base.connections import connect_mongo, open_database
from storage.base.sessions import open_session, session_name
from storage.jobs.settlement import DocumentRefused
from storage.runs.run_claims import Claim, RunClaims
from storage.runs.runs import INTERRUPTED

logger = logging.getLogger(__name__)

ITEMS_LOST = "ITEMS_LOST"
MAX_ROWS = 200
# With more than that waiting, the spider waits: MongoDB is slower than the crawl, or away.
MAX_WAITING = 1_000
# At the end of the crawl nobody waits for longer: the job is run again elsewhere.
CLOSING_TRIES = 8


class RunItemsPipeline:
    def __init__(self, crawler: Crawler, config: Config, claim: Claim) -> None:
        self._crawler = crawler
        self._config = config
        self._claim = claim
        self._waiting: list[dict[str, Any]] = []
        self._written = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._is_closing = False
        self._is_refused = False
        self._client = connect_mongo(config)
        self._session = open_session(self._client)
        self._claims = RunClaims(self._client, open_database(self._client, config), self._session)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="run-items")
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunItemsPipeline:
        fields = crawler.settings.getdict(CLAIM)
        if not fields:
            raise NotConfigured("no dedicated run")
        return cls(crawler, current_config(), Claim(**fields))

    async def open_spider(self) -> None:
        self._send(our_signals.writer_opened, session=session_name(self._session))
        self._writer = asyncio.create_task(self._write_forever())

    async def close_spider(self) -> None:
        self._is_closing = True
        self._wake.set()
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()
        self._session.end_session()
        self._client.close()

    async def process_item(self, item: Any) -> Any:
        await self._room.wait()
        self._waiting.append(plain_from_item(item))
        if len(self._waiting) >= MAX_WAITING and not self._is_refused:
            self._room.clear()
        self._wake.set()
        return item

    async def _write_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._is_closing:
                await asyncio.sleep(self._config.commit_interval_seconds)
            while self._waiting and not self._is_refused:
                await self._write(self._waiting[:MAX_ROWS])
            if self._is_closing:
                return

    async def _write(self, rows: list[dict[str, Any]]) -> None:
        try:
            is_ours = await self._patiently(rows)
        except DocumentRefused as error:
            await self._write_singly(rows, error)
            return
        except StorageAway as error:
            logger.error("%d items are not stored: %s", len(self._waiting), error)
            self._refuse(INTERRUPTED)
            return
        except Exception:
            # A defect: waiting does not heal it, and the next attempt would meet it again.
            logger.exception("%d items are not stored", len(self._waiting))
            self._send(our_signals.defect_met, part="items")
            self._refuse(ITEMS_LOST)
            return
        if not is_ours:
            logger.warning("The run is not ours any more: nothing more is written")
            self._refuse(None)
            return
        self._settle(len(rows), written=len(rows))

    async def _write_singly(self, rows: list[dict[str, Any]], error: DocumentRefused) -> None:
        """The guilty item is dropped, the others are written."""
        if len(rows) > 1:
            for row in rows:
                if not self._is_refused:
                    await self._write([row])
            return
        logger.error("An item cannot be stored: %.500s", error)
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(REFUSED_ITEMS)
        self._settle(1, written=0)

    def _settle(self, count: int, *, written: int) -> None:
        del self._waiting[:count]
        self._written += written
        if len(self._waiting) < MAX_WAITING:
            self._room.set()

    async def _patiently(self, rows: list[dict[str, Any]]) -> bool:
        """Try until MongoDB is there; while closing, a few times."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(
                    self._thread, self._claims.write_items, self._claim, self._written, rows
                )
            except StorageAway as error:
                failures += 1
                if self._is_closing and failures > CLOSING_TRIES:
                    raise
                delay = STORAGE_BACKOFF.seconds(failures)
                logger.warning("MongoDB: %s; next try in %.1f s", error, delay)
                await asyncio.sleep(delay)

    def _refuse(self, code: str | None) -> None:
        """Let go of everything: whoever runs the job next begins anew."""
        self._is_refused = True
        self._waiting.clear()
        self._room.set()
        self._send(our_signals.items_refused, code=code)

    def _send(self, signal: object, **arguments: Any) -> None:
        self._crawler.signals.send_catch_log(signal, **arguments)
