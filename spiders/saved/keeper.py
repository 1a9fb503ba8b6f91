"""Compresses pages and writes them, in a thread of its own. No crawl waits for it, and none fails by it: what it cannot
keep is counted."""

from __future__ import annotations

import gzip
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from storage.base.away import StorageAway
from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase
from storage.pages.page_counts import PageCounts
from storage.pages.saved_pages import NewPage, SavedPages

logger = logging.getLogger(__name__)

# Bodies in memory, those of pages that are being read among them. The crawl has bodies of its own.
MAX_HELD_BYTES = 64 * 1024 * 1024
# A document of MongoDB ends at 16 MB.
MAX_STORED_BYTES = 8 * 1024 * 1024
# Of one write.
MAX_BATCH = 20
MAX_BATCH_BYTES = 16 * 1024 * 1024
LOOK_SECONDS = 1.0
CLOSING_SECONDS = 5.0
_LEVEL = 5

# What becomes of a page, as it is counted.
KEPT = "kept"
TOO_LARGE = "too_large"
TOO_MANY = "too_many"
# The pages of this crawler come faster than they are written.
BUSY = "busy"
# All pages together take the room that they may.
FULL = "full"
# The store is away, or refused it.
LOST = "lost"
# Its job was removed meanwhile.
GONE = "gone"
OUTCOMES = (KEPT, TOO_LARGE, TOO_MANY, BUSY, FULL, LOST, GONE)


@dataclass(frozen=True, slots=True)
class _Held:
    page: NewPage
    held_bytes: int


class PageKeeper:
    """`max_bytes`: of all stored pages; `days`: for how long one is kept."""

    def __init__(self, database: MongoDatabase, *, max_bytes: int, days: int) -> None:
        self._store = SavedPages(database)
        self._counts = PageCounts(database)
        self._max_bytes = max_bytes
        self._days = days
        self._lock = threading.Lock()
        self._held_bytes = 0
        self._uncounted: Counter[str] = Counter()
        self._queue: queue.SimpleQueue[_Held | None] = queue.SimpleQueue()
        self._looked_at = 0.0
        self._is_full = False
        # Nobody waits for the thread any more: its connection is about to be closed.
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="page-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Write what waits; not for longer than CLOSING_SECONDS."""
        self._queue.put(None)
        self._thread.join(CLOSING_SECONDS)
        self._is_over = True

    def hold(self, size: int) -> bool:
        """Whether there is room in memory for a body of this size; `let_go` or `keep` ends it."""
        with self._lock:
            if self._held_bytes + size > MAX_HELD_BYTES:
                return False
            self._held_bytes += size
            return True

    def let_go(self, size: int) -> None:
        with self._lock:
            self._held_bytes -= size

    def keep(self, page: NewPage) -> None:
        """`page.body` is not compressed yet, and held; its end of time is set here."""
        self._queue.put(_Held(page, len(page.body)))

    def count(self, outcome: str, number: int = 1) -> None:
        with self._lock:
            self._uncounted[outcome] += number

    def _run(self) -> None:
        goes_on = True
        while goes_on and not self._is_over:
            first = self._queue.get()
            if first is None:
                break
            batch, goes_on = self._gather(first)
            self._write(batch)
        self._tell_counts()

    def _gather(self, first: _Held) -> tuple[list[NewPage], bool]:
        """What waits, packed; False: nothing follows."""
        batch: list[NewPage] = []
        size = 0
        held: _Held | None = first
        while True:
            if held is None:
                return batch, False
            if (packed := self._packed(held)) is not None:
                batch.append(packed)
                size += len(packed.body)
            if len(batch) >= MAX_BATCH or size >= MAX_BATCH_BYTES:
                return batch, True
            try:
                held = self._queue.get_nowait()
            except queue.Empty:
                return batch, True

    def _packed(self, held: _Held) -> NewPage | None:
        body = gzip.compress(held.page.body, _LEVEL, mtime=0)
        self.let_go(held.held_bytes)
        if len(body) > MAX_STORED_BYTES:
            self.count(TOO_LARGE)
            return None
        expires_at = utc_now() + timedelta(days=self._days)
        return replace(held.page, body=body, expires_at=expires_at)

    def _write(self, pages: Sequence[NewPage]) -> None:
        if not pages:
            return
        try:
            if self._has_room():
                kept = self._store.keep(pages)
                self.count(KEPT, kept)
                self.count(GONE, len(pages) - kept)
            else:
                self.count(FULL, len(pages))
        except StorageAway as error:
            self.count(LOST, len(pages))
            logger.warning("%d pages were not kept: %s", len(pages), error)
        except Exception:
            # A defect of ours must not end the thread: the pages after these are to be kept.
            self.count(LOST, len(pages))
            if not self._is_over:
                logger.exception("%d pages could not be kept", len(pages))
        self._tell_counts()

    def _has_room(self) -> bool:
        now = time.monotonic()
        if now >= self._looked_at + LOOK_SECONDS:
            self._is_full = self._store.stored_bytes() >= self._max_bytes
            self._looked_at = now
        return not self._is_full

    def _tell_counts(self) -> None:
        with self._lock:
            told = self._uncounted
            self._uncounted = Counter()
        try:
            self._counts.add(told)
        except Exception as error:  # noqa: BLE001 (the store is away: the next write tells them)
            logger.debug("counts of pages wait: %s", error)
            with self._lock:
                self._uncounted += told
