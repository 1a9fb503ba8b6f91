"""Taking the stack down: the launcher ends it in order, then whatever still carries the mark."""

import os
import signal
import time

from deploy.embedded.errors import StackError
from deploy.embedded.layout import Layout
from deploy.embedded.marked import Marked, end_processes, marked_processes

_ORDERLY_SECONDS = 45.0


def stop_stack(layout: Layout) -> list[Marked]:
    """End every process of the stack; returns those that ran. Harmless to repeat."""
    ran = marked_processes(layout.mark)
    _end_in_order(layout, ran)
    end_processes(lambda: marked_processes(layout.mark))
    left = marked_processes(layout.mark)
    if left:
        pids = ", ".join(str(process.pid) for process in left)
        raise StackError(f"these processes of the stack cannot be ended: {pids}")
    for file in (layout.ready, layout.stores_ready, layout.pid_file):
        file.unlink(missing_ok=True)
    return ran


def _end_in_order(layout: Layout, ran: list[Marked]) -> None:
    launcher = _launcher(layout, ran)
    if launcher is None:
        return
    os.kill(launcher.pid, signal.SIGTERM)
    deadline = time.monotonic() + _ORDERLY_SECONDS
    while launcher.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)


def _launcher(layout: Layout, ran: list[Marked]) -> Marked | None:
    try:
        pid = int(layout.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return next((process for process in ran if process.pid == pid), None)
