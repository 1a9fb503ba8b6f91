"""Child processes that do not outlive the process that started them."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.scrapyd.parent_death import signalled_when_parent_dies


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
