from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from control_api.services.errors import StorageAway
from control_api.services.records import CountDefect

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.1
_DEFECT_SECONDS = 1.0


class EndWatch:
    """Tells waiting requests that their job has ended: one question for all of them, ten times a second.

    The question has a thread of its own, so that it neither waits for the requests' threads nor takes
    one of them. `open_among`: which of some jobs are still open.
    """

    def __init__(
        self,
        open_among: Callable[[Sequence[str]], Collection[str]],
        *,
        count_defect: CountDefect,
    ) -> None:
        self._count_defect = count_defect
        self._open_among = open_among
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="end-watch")
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_closed = False

    async def until_ended(self, job_id: str, seconds: float) -> None:
        """Returns when the job has ended, when the time is over, or when the server ends."""
        if self._is_closed:
            return
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job_id, set()).add(ended)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait({ended}, timeout=seconds)
        finally:
            self._forget(job_id, ended)

    def close(self) -> None:
        """Nobody waits any longer."""
        self._is_closed = True
        for job_id in list(self._waiting):
            self._tell(job_id)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(_LOOK_SECONDS)
            asked = list(self._waiting)
            try:
                still_open = await loop.run_in_executor(self._thread, self._open_among, asked)
            except StorageAway as error:
                # The database may come back before the time of those who wait is over.
                log.warning("waiting jobs cannot be looked at: %s", type(error).__name__)
                continue
            except Exception:
                # Nobody else would see it; whoever waits is answered when its time is over.
                log.exception("waiting jobs cannot be looked at")
                await loop.run_in_executor(self._thread, self._count_defect, "waiting")
                await asyncio.sleep(_DEFECT_SECONDS)
                continue
            for job_id in set(asked).difference(still_open):
                self._tell(job_id)

    def _tell(self, job_id: str) -> None:
        for ended in self._waiting.get(job_id, ()):
            if not ended.done():
                ended.set_result(None)

    def _forget(self, job_id: str, ended: asyncio.Future[None]) -> None:
        others = self._waiting[job_id]
        others.discard(ended)
        if not others:
            del self._waiting[job_id]
