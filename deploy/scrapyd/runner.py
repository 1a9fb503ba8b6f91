"""scrapyd's `runner`: holds one spider process and ends it whole.

scrapyd signals one pid and forgets its processes when it dies. So each spider gets a session of its
own and this supervisor over it, which ends the whole group (INT, TERM, KILL) when it is told to, and
when scrapyd is gone: no crawler runs on beside its replacement.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from deploy.scrapyd.eggs import EggError, eggs_folder, find_egg, takes_eggs
from deploy.scrapyd.last_words import LastLine, is_pool_crawler, tell_death
from deploy.scrapyd.parent_death import die_with_parent, signalled_when_parent_dies

_GRACE_SECONDS = "5"
_LOOK_SECONDS = 0.05


class Supervisor:
    def __init__(self, command: Sequence[str], *, grace_seconds: float) -> None:
        self._command = list(command)
        self._grace_seconds = grace_seconds
        self._is_pool_crawler = is_pool_crawler(self._command)
        self._is_stopping = False

    def run(self) -> int:
        """The exit code of the process, as a shell would tell it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        die_with_parent(signal.SIGTERM)
        child = subprocess.Popen(
            self._command,
            start_new_session=True,
            # A supervisor that is killed cannot end its spider: then the kernel asks it to end.
            preexec_fn=signalled_when_parent_dies(signal.SIGINT),
            stderr=subprocess.PIPE if self._is_pool_crawler else None,
        )
        last_line = LastLine(child) if self._is_pool_crawler else None
        self._wait_for_end_or_stop(child)
        if child.returncode is None:
            self._end(child)
        # What the spider started must not outlive it.
        _signal_group(child.pid, signal.SIGKILL)
        code = child.wait()
        code = code if code >= 0 else 128 - code
        # An endless crawler that ends unasked has a reason that somebody will look for.
        if last_line is not None and code != 0 and not self._is_stopping:
            tell_death(self._command, exit_code=code, stderr_line=last_line.text())
        return code

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _wait_for_end_or_stop(self, child: subprocess.Popen[bytes]) -> None:
        """A stop may come at any moment, so this looks instead of waiting: 20 looks a second."""
        while not self._is_stopping and child.poll() is None:
            time.sleep(_LOOK_SECONDS)

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            _signal_group(child.pid, number)
            deadline = time.monotonic() + self._grace_seconds
            while child.poll() is None and time.monotonic() < deadline:
                time.sleep(_LOOK_SECONDS)
            if child.returncode is not None:
                return


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        # All of it has ended.
        return


def forget_scrapyd() -> None:
    """A crawler reads strangers' pages: it must not know how to start processes on the nodes."""
    for name in [name for name in os.environ if name.startswith("SCRAPYD_")]:
        del os.environ[name]


def use_egg() -> None:
    """Have what is started from here run the egg that scrapyd names, or the newest. Raises EggError."""
    if takes_eggs(os.environ):
        folder = eggs_folder(os.environ) / os.environ["SCRAPY_PROJECT"]
        egg = find_egg(folder, os.environ.get("SCRAPYD_EGG_VERSION"))
        if egg is not None:
            os.environ.update(egg.environment(os.environ))
        elif not Path("scrapy.cfg").exists():
            raise EggError("no egg has come yet, and there is no project here")


def main() -> int:
    try:
        use_egg()
    except EggError as error:
        print(f"azscraper: {error}", file=sys.stderr)
        return 2
    forget_scrapyd()
    scrapy = [sys.executable, "-m", "scrapy", *sys.argv[1:]]
    # scrapyd also asks its runner for the list of spiders: nothing to supervise there.
    if sys.argv[1:2] != ["crawl"]:
        os.execv(scrapy[0], scrapy)
    grace_seconds = float(os.environ.get("STOP_GRACE_SECONDS") or _GRACE_SECONDS)
    return Supervisor(scrapy, grace_seconds=grace_seconds).run()


if __name__ == "__main__":
    raise SystemExit(main())
