"""Holds one process of the stack: starts it when its stores are there, and again when it dies.

Run by honcho, which ends the whole stack when one process ends. With a keeper a killed worker comes
back in half a second; only a process that cannot start, or cannot stay alive, ends the stack.
"""

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path
from types import FrameType

from deploy.embedded.children import start_child

# A process that dies this often this soon will not get better by another start.
_QUICK_DEATHS = 5
_QUICK_SECONDS = 10.0
_PAUSE_SECONDS = 0.5


class Keeper:
    def __init__(self, name: str, command: str, *, stack_is_up: Path) -> None:
        self._name = name
        self._stack_is_up = stack_is_up
        self._command = ["/bin/sh", "-c", command]
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGTERM)

    def wait_for(self, file: Path) -> None:
        while not file.exists() and not self._is_stopping:
            time.sleep(0.05)

    def keep(self) -> int:
        """Return the exit code of a process that died too often, or 0 after a stop."""
        quick_deaths = 0
        while not self._is_stopping:
            began = time.monotonic()
            code = self._run_once()
            if self._is_stopping:
                break
            lived = time.monotonic() - began
            quick_deaths = quick_deaths + 1 if lived < _QUICK_SECONDS else 1
            print(f"{self._name} ended with {code} after {lived:.1f} s", flush=True)
            if quick_deaths >= _QUICK_DEATHS or not self._stack_is_up.exists():
                return code or 1
            time.sleep(_PAUSE_SECONDS)
        return 0

    def _run_once(self) -> int:
        self._child = start_child(self._command)
        # A stop that came while the child was being made has found nobody to signal.
        if self._is_stopping:
            self._child.terminate()
        return self._child.wait()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("command", help="a line of the Procfile")
    parser.add_argument("--after", type=Path, help="start when this file is there")
    parser.add_argument("--up", type=Path, required=True, help="it is there when the stack is up")
    options = parser.parse_args()
    keeper = Keeper(options.name, options.command, stack_is_up=options.up)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    if options.after is not None:
        keeper.wait_for(options.after)
    return keeper.keep()


if __name__ == "__main__":
    raise SystemExit(main())
