"""Remembers which discovered targets have been told to MongoDB: pages of one site repeat their links.

Only what a commit has written counts. Such a key is a target of its job by now, or the job had reached
its limit, which it never leaves; so telling it again could change nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from spiders.work.target import LeasedTarget

MAX_JOBS = 50
MAX_KEYS_PER_JOB = 100_000


class KnownKeys:
    def __init__(self) -> None:
        self._keys: OrderedDict[str, set[str]] = OrderedDict()

    def forget_told(self, targets: Iterable[LeasedTarget]) -> None:
        """Take out of each target what was told before."""
        for target in targets:
            if target.discovered and (known := self._keys.get(target.job_id or "")):
                target.discovered = [found for found in target.discovered if found.key not in known]

    def remember(self, targets: Iterable[LeasedTarget]) -> None:
        """Their commit has been written."""
        for target in targets:
            if target.job_id and target.discovered:
                known = self._of(target.job_id)
                known.update(found.key for found in target.discovered)

    def _of(self, job_id: str) -> set[str]:
        known = self._keys.setdefault(job_id, set())
        self._keys.move_to_end(job_id)
        if len(known) > MAX_KEYS_PER_JOB:
            known.clear()
        while len(self._keys) > MAX_JOBS:
            self._keys.popitem(last=False)
        return known
