"""The kernel's word to a process whose parent is gone."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: the hook between fork and exec must not import.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send `number` to this process when its parent dies."""
    _libc.prctl(_PR_SET_PDEATHSIG, number)


def signalled_when_parent_dies(number: signal.Signals) -> Callable[[], None]:
    """A hook for between fork and exec, with which the child gets `number` when we die."""
    parent = os.getpid()

    def hook() -> None:
        die_with_parent(number)
        # The parent may have died before the call: then nobody is left to send the signal.
        if os.getppid() != parent:
            os._exit(1)

    return hook
