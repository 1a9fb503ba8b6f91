"""Child processes that do not outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

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


def start_child(
    command: Sequence[str],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own; its output goes to `log`, else to ours.

    It is killed when this process dies, however that happens.
    """
    output = None if log is None else log.open("ab")
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=None if env is None else dict(env),
            process_group=0,
            preexec_fn=signalled_when_parent_dies(signal.SIGKILL),
        )
    finally:
        if output is not None:
            output.close()


def stop_child(child: subprocess.Popen[bytes], *, grace_seconds: float = 10) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
