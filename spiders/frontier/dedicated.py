"""A process that works for one spider job: it claims the job, beats, and says how its run ended."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from settings.config import Config, current_config
from settings.dedicated import CLAIM, SUPERVISOR
from spiders.frontier.load import load_per_core
from spiders.frontier.orphan import Supervised, end_own_group
from spiders.frontier.run_log import RunLog
from spiders.pages.version import PARSER_VERSION
from spiders.work import signals as our_signals
from spiders.work.crawl_stats import LOST_ITEM_REASON, LOST_ITEMS, REFUSED_ITEMS
from spiders.work.lost_requests import failure_of_all
from spiders.work.target import Target
from storage.base.away import StorageAway
from storage.base.backoff import when_storage_is_back
from storage.base.connections import connect_mongo, open_database
from storage.base.records import Failure
from storage.base.sessions import open_session, session_name
from storage.runs.run_claims import Claim, ClaimedRun, RunClaims
from storage.runs.runs import INTERRUPTED, RunOutcome

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 60.0
# Planned ends of a crawl; every other reason but "finished" is a failure.
_PLANNED = ("closespider_itemcount", "closespider_pagecount", "closespider_timeout")

_log = RunLog()


def claim_run(job_id: str, dispatch_id: str) -> ClaimedRun | None:
    """Claim the run at the start of the process, and begin its log; None when it is not to run here.

    Waits a while for a MongoDB that is away; raises StorageAway after that.
    """
    config = current_config()
    client = connect_mongo(config)
    try:
        claims = RunClaims(client, open_database(client, config), open_session(client))
        claimant = secrets.token_hex(8)
        version = config.version_label or PARSER_VERSION
        claimed = when_storage_is_back(
            lambda: claims.claim(job_id, dispatch_id, claimant=claimant, version=version),
            patience_seconds=_PATIENCE_SECONDS,
        )
    finally:
        client.close()
    if claimed is not None:
        _begin_log(config, dispatch_id)
    return claimed


def end_run_at_start(claim: Claim, *, code: str, message: str) -> None:
    """For a run that cannot begin, and could not begin elsewhere either."""
    client = connect_mongo(current_config())
    try:
        claims = RunClaims(client, open_database(client, current_config()), open_session(client))
        outcome = RunOutcome(is_well=False, reason="not started", code=code, message=message[:500])
        lines = _log.take()
        when_storage_is_back(
            lambda: claims.end(claim, outcome, stats={}, lines=lines),
            patience_seconds=_PATIENCE_SECONDS,
        )
    finally:
        client.close()


class DedicatedRun:
    """Scrapy extension. Its writes run in a thread of their own, so that a busy spider still beats."""

    def __init__(
        self, crawler: Crawler, config: Config, claim: Claim, *, supervised: Supervised
    ) -> None:
        self._crawler = crawler
        self._supervised = supervised
        self._config = config
        self._claim = claim
        self._client = connect_mongo(config)
        self._session = open_session(self._client)
        self._claims = RunClaims(self._client, open_database(self._client, config), self._session)
        self._sessions = [session_name(self._session)]
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="run")
        self._stop = Event()
        self._heart = Thread(target=self._beat_forever, name="run-heart", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Task[None] | None = None
        self._failed: dict[str, Failure] = {}
        # Why the run is to be given up: None while it is not.
        self._given_up: str | None = None
        self._is_lost = False
        self._alone_at: float | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DedicatedRun:
        fields = crawler.settings.getdict(CLAIM)
        if not fields:
            raise NotConfigured("no dedicated run")
        supervised = Supervised(crawler.settings.getint(SUPERVISOR))
        run = cls(crawler, current_config(), Claim(**fields), supervised=supervised)
        connect = crawler.signals.connect
        connect(run.spider_opened, signal=signals.spider_opened)
        connect(run.spider_closed, signal=signals.spider_closed)
        connect(run.target_failed, signal=our_signals.target_failed)
        connect(run.request_lost, signal=our_signals.request_lost)
        connect(run.writer_opened, signal=our_signals.writer_opened)
        connect(run.items_refused, signal=our_signals.items_refused)
        return run

    async def spider_opened(self, spider: Spider) -> None:
        self._loop = asyncio.get_running_loop()
        self._heart.start()

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """By now the pipelines have written every item, or have said that they cannot."""
        self._stop.set()
        await asyncio.get_running_loop().run_in_executor(None, self._say_outcome, spider, reason)
        self._thread.shutdown()
        self._session.end_session()
        self._client.close()

    def target_failed(self, target: Target, failure: Failure) -> None:
        self._failed.setdefault(target.id, failure)

    def request_lost(self, request: Request, failure: Failure) -> None:
        target = request.cb_kwargs.get("target")
        self._failed.setdefault(getattr(target, "id", request.url), failure)

    def writer_opened(self, session: str) -> None:
        self._sessions.append(session)

    def items_refused(self, code: str | None) -> None:
        self._give_up(code)

    # The heart, in its own thread

    def _beat_forever(self) -> None:
        # The first at once: the claim was made before the spider's imports, which may have taken long.
        while not self._stop.is_set():
            try:
                self._thread.submit(self._beat).result()
            except StorageAway as error:
                logger.warning("Heartbeat failed: %s", error)
                self._end_if_orphan()
            except Exception:
                if self._stop.is_set():
                    # The executor is shut down: the spider has closed meanwhile.
                    return
                # Without heartbeats the worker takes the run back.
                logger.exception("A defect in the heartbeat")
                assert self._loop is not None
                self._loop.call_soon_threadsafe(self._note_defect, "heartbeat")
                self._end_if_orphan()
            self._stop.wait(self._config.heartbeat_seconds)

    def _note_defect(self, part: str) -> None:
        self._crawler.signals.send_catch_log(our_signals.defect_met, part=part)

    def _beat(self) -> None:
        lines = _log.take()
        try:
            beat = self._claims.beat(
                self._claim, lines, sessions=self._sessions, load=load_per_core()
            )
        except Exception:
            _log.put_back(lines)
            raise
        if not beat.is_ours or beat.is_cancelled:
            self._end_group_if_stuck()
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._give_up, None)
        else:
            self._end_if_orphan()

    def _end_if_orphan(self) -> None:
        """The kernel has asked the spider to end when its runner died; this is for one that is deaf."""
        if self._supervised.is_orphan:
            self._end_group_if_stuck()

    def _end_group_if_stuck(self) -> None:
        """A spider that does not close for its fence is ended with all that it started.

        Its runner does so too, where the node can be reached; this holds where nobody is left.
        """
        now = time.monotonic()
        self._alone_at = self._alone_at or now
        # The runner's own steps take two of these.
        if now - self._alone_at > 3 * self._config.stop_grace_seconds:
            end_own_group()
            os.kill(os.getpid(), signal.SIGKILL)

    def _give_up(self, code: str | None) -> None:
        """Close the spider. `code` None: the run is not ours any more, and there is nothing to say."""
        self._is_lost = self._is_lost or code is None
        self._given_up = self._given_up or code or "fenced"
        engine = self._crawler.engine
        if engine is not None and self._closing is None:
            self._closing = asyncio.create_task(engine.close_spider_async(reason=self._given_up))

    # How the run ended

    def _say_outcome(self, spider: Spider, reason: str) -> None:
        if self._is_lost:
            return
        assert self._crawler.stats is not None
        stats = _storable(self._crawler.stats.get_stats())
        outcome = self._judge(spider, reason, stats)
        logger.info("Run %s ended: %s", self._claim.attempt, outcome)
        lines = _log.take()
        try:
            when_storage_is_back(
                lambda: self._thread.submit(
                    self._claims.end, self._claim, outcome, stats=stats, lines=lines
                ).result(),
                patience_seconds=_PATIENCE_SECONDS,
            )
        except StorageAway as error:
            # The worker sees a process that ended without an outcome, and runs the job again.
            logger.error("The outcome was not written: %s", error)
        except Exception:
            logger.exception("The outcome was not written")
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._note_defect, "outcome")

    def _judge(self, spider: Spider, reason: str, stats: Mapping[str, Any]) -> RunOutcome:
        if reason == "shutdown" or self._given_up == INTERRUPTED:
            return RunOutcome(is_well=False, reason=reason, code=INTERRUPTED)
        if reason != "finished" and reason not in _PLANNED:
            return RunOutcome(is_well=False, reason=reason, code=reason.upper()[:60])
        asked = getattr(spider, "direct_target_count", 0)
        has_items = stats.get("item_scraped_count", 0) > 0
        if not has_items and asked and len(self._failed) >= asked:
            first = next(iter(self._failed.values()))
            return RunOutcome(
                is_well=False, reason=reason, code=first.code, message=first.message[:500]
            )
        if not has_items and (lost_all := failure_of_all(stats)):
            message = (lost_all.message or "")[:500]
            return RunOutcome(is_well=False, reason=reason, code=lost_all.code, message=message)
        if not has_items and (broken := _exceptions_of(stats)):
            message = f"{broken} callbacks broke, and none gave an item"
            return RunOutcome(is_well=False, reason=reason, code="SPIDER_ERROR", message=message)
        if lost := stats.get(LOST_ITEMS, 0) + stats.get(REFUSED_ITEMS, 0):
            reason_given = stats.get(LOST_ITEM_REASON, "see the log")
            message = f"{lost} items could not be stored, the first because: {reason_given}"
            return RunOutcome(is_well=False, reason=reason, code="ITEMS_LOST", message=message)
        return RunOutcome(is_well=True, reason=reason)


def claim_fields(claim: Claim) -> dict[str, Any]:
    return asdict(claim)


def _begin_log(config: Config, dispatch_id: str) -> None:
    _log.hide(_secrets_of(config))
    _log.setLevel(config.log_level)
    root = logging.getLogger()
    root.addHandler(_log)
    root.setLevel(config.log_level)
    logger.info("Run %s begins on node %s", dispatch_id, config.node_name)


def _secrets_of(config: Config) -> list[str]:
    """A node needs no more than the stores' passwords, and may have the whole environment."""
    passwords = [urlsplit(url).password for url in (config.mongodb_uri, config.redis_url)]
    others = [config.jwt_secret, config.operator_token]
    others += [node.password for node in config.scrapyd_nodes]
    return [form for text in (*passwords, *others) if text for form in {text, unquote(text)}]


def _storable(stats: Mapping[str, Any]) -> dict[str, Any]:
    """Stats as a document: numbers, texts and times, without what MongoDB takes for a path."""
    return {
        name.replace(".", "_").replace("$", "_"): value
        if isinstance(value, str | int | float)
        else str(value)
        for name, value in stats.items()
    }


def _exceptions_of(stats: Mapping[str, Any]) -> int:
    return sum(
        value
        for name, value in stats.items()
        if name.startswith("spider_exceptions/") and isinstance(value, int)
    )
