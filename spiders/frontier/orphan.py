"""What a crawl process owes to its own children when its supervisor was killed."""

from __future__ import annotations

import os
import signal


class Orphan:
    """Made while the parent lives. The kernel asks a crawler whose parent dies to end (SIGINT); what
    the crawler has started gets no such signal, and nobody else is left to end it."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    def end_group(self) -> None:
        """End this process with all that it started, if its parent is gone; else nothing."""
        if os.getppid() != self._parent and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
