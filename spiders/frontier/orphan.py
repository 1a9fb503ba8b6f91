"""What becomes of a crawl process, and of all that it has started, when its supervisor was killed.

The kernel asks the process to end (SIGINT). A spider may be deaf to that, and its own children are not
asked at all: nobody else is left to end them.
"""

from __future__ import annotations

import os
import signal


class Supervised:
    """`supervisor`: the process id of the parent that watches over this process."""

    def __init__(self, supervisor: int) -> None:
        self._supervisor = supervisor

    @property
    def is_orphan(self) -> bool:
        return os.getppid() != self._supervisor

    def end_orphans(self) -> None:
        """End this process with all that it started, if it is an orphan; else nothing."""
        if self.is_orphan:
            end_own_group()


def end_own_group() -> None:
    """Only a group of our own: a developer's crawl is part of a shell's."""
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
