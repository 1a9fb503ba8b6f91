"""Gets a page its visitor: takes the shared one, waits for it, or makes it."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from settings.config import Config
from spiders.visitors.cookies import apply_changes
from spiders.visitors.dialogue import Dialogue, DialogueFailed
from spiders.visitors.local import LocalVisitors
from spiders.visitors.visitor import Asked, Visit
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from storage.base.away import StorageAway
from storage.base.backoff import STORAGE_BACKOFF
from storage.queue.visitors import SharedVisitors, Taken, Turn, VisitorLimits

logger = logging.getLogger(__name__)

HOLD_SECONDS = 30.0
LOOK_SECONDS = 0.1
# For so long no crawler asks a store again for what it has refused, or does not show.
REFUSED_SECONDS = 300.0
IGNORED_SECONDS = 60.0
FAILED_SECONDS = 0.5
# Pages in a row that named no place, after which a visitor is used without a proof.
MAX_UNNAMED = 2
# Visitors in a row of which the store kept no place, after which it is asked for no further one.
MAX_IGNORED = 2
JITTER = 0.1


class VisitorRoom:
    """The visitors of one crawler, in Redis or in this process."""

    def __init__(
        self,
        crawler: Crawler,
        visitors: SharedVisitors | LocalVisitors,
        config: Config,
        *,
        counts: SharedVisitors | LocalVisitors | None = None,
        by_browser: bool = False,
    ) -> None:
        """`counts`: where the numbers of all crawlers are kept, if not with the visitors."""
        self._counts = counts or visitors
        self._crawler = crawler
        self._visitors = visitors
        self._config = config
        self._by_browser = by_browser
        # By exit: what this crawler has used, so that a banned exit ends it.
        self._used: dict[str, dict[str, str]] = {}
        # By key: visitors in a row of which the store did not keep the place.
        self._ignored: dict[str, int] = {}

    async def find(self, asked: Asked, *, exit_id: str, known_id: str) -> Taken:
        """What is to be done for a page, without waiting for it."""
        key = asked.key(exit_id)
        taken = await self._visitors.take(
            key,
            asked.key(""),
            new_id=secrets.token_hex(8),
            limits=self._limits(),
            known_id=known_id,
        )
        if taken.visitor_id:
            self._used.setdefault(exit_id, {})[key] = taken.visitor_id
        return taken

    async def wait(self, asked: Asked, *, exit_id: str, known_id: str) -> Taken:
        """The same, once there is something to do."""
        failures = 0
        while True:
            try:
                taken = await self.find(asked, exit_id=exit_id, known_id=known_id)
            except StorageAway as error:
                failures += 1
                logger.warning("No visitor for %s: %s", asked.marketplace.code, error)
                await asyncio.sleep(STORAGE_BACKOFF.seconds(failures))
                continue
            failures = 0
            if taken.turn is not Turn.WAIT:
                return taken
            await asyncio.sleep(LOOK_SECONDS)

    async def make(
        self,
        asked: Asked,
        visitor_id: str,
        *,
        exit_id: str,
        headers: Mapping[str, str],
        meta: Mapping[str, Any],
    ) -> Visit:
        """A new visitor, not proven yet. Raises DialogueFailed; nobody holds it then."""
        visit = Visit(
            asked.key(exit_id), visitor_id, exit_id, by_browser=self._by_browser, is_prover=True
        )
        visit.cookies.update(asked.first_cookies())
        try:
            if asked.place is not None:
                dialogue = Dialogue(
                    asked,
                    self._fetch,
                    cookies=visit.cookies,
                    headers=dict(headers),
                    meta=dict(meta),
                )
                async with self._held(visit):
                    visit.has_tried_form = await dialogue.choose()
                visit.token = dialogue.token
        except DialogueFailed as error:
            await self.end(visit, reason=_reason_of(error))
            await self._remember(asked, visit, error)
            raise
        except BaseException:
            # The crawler closes, or nobody wants the page any more: another crawler makes it.
            await self.abandon(visit.key, visitor_id)
            raise
        await self._counts.count([f"made:{asked.marketplace.code}"])
        await self._visitors.change(
            visit.key, visitor_id, cookies=visit.cookies, hold_seconds=HOLD_SECONDS
        )
        return visit

    async def abandon(self, key: str, visitor_id: str) -> None:
        """Whoever had the turn to make it does not: the next one has."""
        await self._visitors.end(key, visitor_id, reason="abandoned")

    async def choose_by_form(
        self,
        asked: Asked,
        visit: Visit,
        *,
        headers: Mapping[str, str],
        meta: Mapping[str, Any],
    ) -> bool:
        """The second way to ask, for a visitor whose first one changed nothing."""
        dialogue = Dialogue(
            asked, self._fetch, cookies=visit.cookies, headers=dict(headers), meta=dict(meta)
        )
        dialogue.token = visit.token
        visit.has_tried_form = True
        async with self._held(visit):
            answer = await dialogue.choose_by_form()
        return answer.is_accepted and await self._visitors.change(
            visit.key,
            visit.visitor_id,
            cookies=visit.cookies,
            fields={"form": "1"},
            hold_seconds=HOLD_SECONDS,
        )

    async def prove(self, visit: Visit) -> None:
        """Its place is shown, or its first page is there: all may use it."""
        visit.is_prover = False
        self._ignored.pop(visit.key, None)
        await self._visitors.change(
            visit.key, visit.visitor_id, state="ready", cookies=visit.cookies
        )

    async def leave_unproven(self, visit: Visit, *, is_unnamed: bool) -> None:
        """Another page is to prove it: this one did not come, or names no place."""
        if not visit.is_prover:
            return
        visit.is_prover = False
        unnamed = visit.unnamed + is_unnamed
        await self._visitors.change(
            visit.key,
            visit.visitor_id,
            state="ready" if unnamed >= MAX_UNNAMED else "made",
            cookies=visit.cookies,
            fields={"unnamed": str(unnamed)},
        )

    async def is_there(self, visit: Visit) -> bool:
        """False: it has ended since it was handed out."""
        return await self._visitors.is_there(visit.key, visit.visitor_id)

    async def end_ignored(self, visit: Visit) -> bool:
        """True: another visitor may do better. False after MAX_IGNORED in a row, whichever pages made them."""
        await self.end(visit, reason="place_ignored")
        count = self._ignored.pop(visit.key, 0) + 1
        if count < MAX_IGNORED:
            self._ignored[visit.key] = count
        return count < MAX_IGNORED

    async def end(self, visit: Visit, *, reason: str) -> None:
        if await self._visitors.end(visit.key, visit.visitor_id, reason=reason):
            logger.info("A visitor has ended: %s", reason)
            self._tell_end(visit.visitor_id)

    async def end_of_exit(self, exit_id: str) -> None:
        for key, visitor_id in self._used.pop(exit_id, {}).items():
            await self._visitors.end(key, visitor_id, reason="exit_banned")
            self._tell_end(visitor_id)

    async def close_to(self, visit: Visit, code: str, words: str) -> None:
        """The exit of this visitor is not let in, by whatever visitor."""
        await self._visitors.refuse(visit.key, code=code, words=words, seconds=IGNORED_SECONDS)

    async def refuse(self, asked: Asked, code: str, words: str, *, seconds: float) -> None:
        await self._visitors.refuse(asked.key(""), code=code, words=words, seconds=seconds)

    async def _remember(self, asked: Asked, visit: Visit, error: DialogueFailed) -> None:
        """All who wait for this visitor share its failure, and ask again in their own time."""
        key, seconds = visit.key, FAILED_SECONDS
        if error.is_refusal:
            key, seconds = asked.key(""), REFUSED_SECONDS
        elif error.code == FailureCode.WRONG_PLACE:
            seconds = IGNORED_SECONDS
        await self._visitors.refuse(key, code=error.code, words=error.message, seconds=seconds)

    async def absorb(self, visit: Visit, changes: Mapping[str, str]) -> None:
        """What the store has set; others that use the visitor get it as well."""
        different = apply_changes(visit.cookies, changes)
        if different:
            await self._visitors.change(visit.key, visit.visitor_id, cookies=different)

    async def count(self, *names: str) -> None:
        await self._counts.count(names)

    async def close(self) -> None:
        await self._visitors.close()

    def _limits(self) -> VisitorLimits:
        """With jitter, so that the visitors of many exits do not all end at once."""
        pages, age = self._config.visitor_max_pages, self._config.visitor_max_age_seconds
        return VisitorLimits(
            max_pages=max(1, round(pages * random.uniform(1 - JITTER, 1))),
            max_age_seconds=age * random.uniform(1 - JITTER, 1),
            hold_seconds=HOLD_SECONDS,
        )

    def _tell_end(self, visitor_id: str) -> None:
        self._crawler.signals.send_catch_log(our_signals.visitor_ended, visitor_id=visitor_id)

    async def _fetch(self, request: Request) -> Any:
        assert self._crawler.engine is not None
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value("pages/visitor_dialogue")
        return await self._crawler.engine.download_async(request)

    @asynccontextmanager
    async def _held(self, visit: Visit) -> AsyncIterator[None]:
        """Nobody else makes it meanwhile, however long the pace lets us wait."""
        keeper = asyncio.create_task(self._hold(visit))
        try:
            yield
        finally:
            keeper.cancel()

    async def _hold(self, visit: Visit) -> None:
        while True:
            await asyncio.sleep(HOLD_SECONDS / 3)
            try:
                await self._visitors.change(visit.key, visit.visitor_id, hold_seconds=HOLD_SECONDS)
            except StorageAway as error:
                logger.warning("A visitor's hold was not renewed: %s", error)
            except Exception:
                # Without its hold another crawler makes the visitor as well.
                logger.exception("A defect in a visitor's hold")
                self._crawler.signals.send_catch_log(our_signals.defect_met, part="visitors")


def _reason_of(error: DialogueFailed) -> str:
    if error.is_refusal:
        return "refused"
    return "blocked" if error.code.startswith("BLOCKED_") else "dialogue_failed"
