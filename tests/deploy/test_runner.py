import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_PREFIX = "import os, pathlib, signal, subprocess, sys, time\n"
_SUPERVISE = (
    "import sys; from deploy.scrapyd.runner import Supervisor;"
    "sys.exit(Supervisor([sys.executable, '-c', sys.argv[1]], grace_seconds=0.5).run())"
)


def supervise(code: str, *, ready: Path | None = None) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", _SUPERVISE, _PREFIX + code]
    supervisor = subprocess.Popen(words)
    if ready is not None:
        wait_until(lambda: ready.exists() and ready.read_text() != "")
    return supervisor


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_spiders_exit_code_is_the_runners() -> None:
    assert supervise("sys.exit(3)").wait(10) == 3


def test_a_spider_that_was_killed_is_told_as_a_shell_tells_it() -> None:
    assert supervise("os.kill(os.getpid(), signal.SIGKILL)").wait(10) == 128 + signal.SIGKILL


def test_a_term_reaches_the_spider_as_one_int(tmp_path: Path) -> None:
    ready, seen = tmp_path / "ready", tmp_path / "seen"
    code = (
        "def note(number, _):\n"
        f"    open({str(seen)!r}, 'a').write(f'{{number}} ')\n"
        "    time.sleep(0.2); sys.exit(0)\n"
        "for n in (2, 15): signal.signal(n, note)\n"
        f"pathlib.Path({str(ready)!r}).write_text('1'); time.sleep(60)"
    )
    supervisor = supervise(code, ready=ready)
    supervisor.terminate()
    supervisor.terminate()
    assert supervisor.wait(10) == 0
    assert seen.read_text() == "2 "


def test_a_group_that_ignores_int_and_term_is_killed_whole(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "for n in (2, 15): signal.signal(n, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(ready)!r}).write_text(f'{{os.getpid()}} {{child.pid}}'); time.sleep(60)"
    )
    supervisor = supervise(code, ready=ready)
    supervisor.terminate()
    assert supervisor.wait(10) == 128 + signal.SIGKILL
    wait_until(lambda: not any(is_running(int(pid)) for pid in ready.read_text().split()))


def test_what_a_spider_started_ends_with_it(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(ready)!r}).write_text(str(child.pid))"
    )
    supervisor = supervise(code, ready=ready)
    assert supervisor.wait(10) == 0
    wait_until(lambda: not is_running(int(ready.read_text())))


@pytest.mark.parametrize("victim", ["runner", "its parent"])
def test_no_spider_runs_on_when_its_runner_or_scrapyd_is_killed(
    tmp_path: Path, victim: str
) -> None:
    ready = tmp_path / "ready"
    spider = (
        _PREFIX
        + f"pathlib.Path({str(ready)!r}).write_text(f'{{os.getppid()}} {{os.getpid()}}')\n"
        + "time.sleep(60)"
    )
    words = [sys.executable, "-c", _SUPERVISE, spider]
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.call({words!r})"]
    )
    wait_until(lambda: ready.exists() and len(ready.read_text().split()) == 2)
    runner, crawler = (int(pid) for pid in ready.read_text().split())
    os.kill(runner if victim == "runner" else parent.pid, signal.SIGKILL)
    wait_until(lambda: not is_running(crawler) and not is_running(runner))
    parent.wait()


def test_a_crawler_does_not_know_scrapyds_password() -> None:
    code = (
        "import os; from deploy.scrapyd.runner import forget_scrapyd; forget_scrapyd();"
        "print(sorted(name for name in os.environ if name.startswith('SCRAPY')))"
    )
    environ = {"SCRAPYD_PASSWORD": "p", "SCRAPYD_NODES": "http://u:p@h", "SCRAPY_PROJECT": "a"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['SCRAPY_PROJECT']\n"
