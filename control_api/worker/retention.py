"""Removes what nobody needs any more: old jobs, and what deleted projects and jobs left behind."""

from __future__ import annotations

import logging
from datetime import timedelta

from control_api.services.jobs.removal import Remover
from storage.base.clock import utc_now
from storage.monitors.chunks import Chunks
from storage.pages.saved_pages import SavedPages

logger = logging.getLogger(__name__)

# So that a stop of the worker does not wait for millions of rows.
SWEEP_SECONDS = 5.0


class Retention:
    """`days` 0: jobs are kept for ever; `history_days` 0: the history of watches is.

    `max_page_bytes`: of all saved pages, which go by themselves at the end of their time.
    """

    def __init__(
        self,
        remover: Remover,
        *,
        days: int,
        chunks: Chunks | None = None,
        history_days: int = 0,
        pages: SavedPages | None = None,
        max_page_bytes: int = 0,
    ) -> None:
        self._pages = pages
        self._max_page_bytes = max_page_bytes
        self._remover = remover
        self._days = days
        self._chunks = chunks
        self._history_days = history_days

    def run(self) -> bool:
        """Remove for some seconds; True when more is left."""
        self._remover.finish_projects()
        if self._days:
            count = self._remover.take_out_older_than(self._days)
            if count:
                logger.info("removing %d jobs that ended over %d days ago", count, self._days)
        has_more = self._remove_old_history()
        is_swept = self._remover.sweep(SWEEP_SECONDS)
        # Last: what deleted jobs leave behind makes room as well.
        self._make_room_for_pages()
        return has_more or not is_swept

    def _remove_old_history(self) -> bool:
        """One batch; True when there may be more."""
        if self._chunks is None or not self._history_days:
            return False
        moment = utc_now() - timedelta(days=self._history_days)
        return self._chunks.remove_ended_before(moment) > 0

    def _make_room_for_pages(self) -> None:
        if self._pages is None:
            return
        count = self._pages.make_room(self._max_page_bytes)
        if count:
            logger.info("removed %d saved pages: together they were over their limit", count)
