"""A target whose crawlers died twice is loaded and read while its crawler reads nothing else.

Then a death tells of this target alone: neither its neighbours nor a random kill condemn it. While it
only waits (for the pace, for a second try, for a slow page) the others go on, and a death does not
condemn it. Who dies again while the page is on the way may have died of the page: from then on the
others wait until it is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from spiders.work.target import LeasedTarget
from storage.queue.leases import SeedWork

# The scripts of Redis count by the same number, see storage/queue/scripts/expire.lua.
DEATHS_BESIDE_OTHERS = 2


def is_secluded(target: LeasedTarget) -> bool:
    return target.deaths >= DEATHS_BESIDE_OTHERS


def keeps_alone_while_loading(target: LeasedTarget) -> bool:
    """Whether a crawler has died while this target's page was on the way."""
    return target.deaths > DEATHS_BESIDE_OTHERS


class Seclusion:
    """`mark` tells the world what is done with a target whose crawlers died."""

    def __init__(self, mark: Callable[[LeasedTarget, SeedWork], Awaitable[None]]) -> None:
        self._mark = mark
        self._alone: LeasedTarget | None = None
        # Its mark is being taken away; until then nothing else begins.
        self._is_leaving = False
        # Ids of the others whose pages are being read.
        self._at_work: set[str] = set()
        self._changed = asyncio.Event()

    async def enter(self, target: LeasedTarget) -> None:
        """Wait until nothing else is at work; what comes then waits for this target."""
        if self._alone is target and not self._is_leaving:
            return
        await self._until(lambda: self._alone is None)
        self._alone = target
        try:
            self._at_work.discard(target.id)
            await self._until(lambda: not self._at_work)
            await self._mark(target, SeedWork.ALONE)
        except BaseException:
            await self.leave(target.id)
            raise

    async def begin_work(self, target: LeasedTarget) -> None:
        """A page of the target is there, and is read from here on."""
        if is_secluded(target):
            await self.enter(target)
        else:
            await self._until(lambda: self._alone is None)
            self._at_work.add(target.id)

    def end_work(self, target_id: str) -> None:
        """One of the others has been read, waits, or is not ours any more."""
        self._at_work.discard(target_id)
        self._tell()

    def is_alone(self, target_id: str) -> bool:
        return self._alone is not None and self._alone.id == target_id and not self._is_leaving

    async def leave(self, target_id: str, work: SeedWork = SeedWork.WAITING) -> None:
        """The target that was alone waits, has ended, or is not ours any more."""
        if self._alone is None or not self.is_alone(target_id):
            return
        self._is_leaving = True
        try:
            await self._mark(self._alone, work)
        finally:
            self._alone, self._is_leaving = None, False
            self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._changed.wait()
