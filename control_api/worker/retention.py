"""Removes what nobody needs any more: old jobs, and what deleted projects and jobs left behind."""

from __future__ import annotations

import logging

from control_api.services.jobs.removal import Remover

logger = logging.getLogger(__name__)

# So that a stop of the worker does not wait for millions of rows.
SWEEP_SECONDS = 5.0


class Retention:
    """`days` 0: jobs are kept for ever."""

    def __init__(self, remover: Remover, *, days: int) -> None:
        self._remover = remover
        self._days = days

    def run(self) -> bool:
        """Remove for some seconds; True when more is left."""
        self._remover.finish_projects()
        if self._days:
            count = self._remover.take_out_older_than(self._days)
            if count:
                logger.info("removing %d jobs that ended over %d days ago", count, self._days)
        return not self._remover.sweep(SWEEP_SECONDS)
