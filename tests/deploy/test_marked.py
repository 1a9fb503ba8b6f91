import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.embedded.marked import end_processes, marked_processes
from deploy.embedded.plan import MARK

_IGNORES_ALL = (
    "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)];"
    "print('ready', flush=True); time.sleep(60)"
)


Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path)
    for process in marked_processes(str(tmp_path)):
        os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def start(mark: str) -> Iterator[Start]:
    """Start Python code with the mark, in a session of its own; it has to print `ready`."""
    with ExitStack() as stack:

        def start_marked(code: str) -> subprocess.Popen[str]:
            # A test run in the background of a shell inherits an ignored SIGINT.
            code = f"import signal; signal.signal(2, signal.SIG_DFL)\n{code}"
            child = subprocess.Popen(
                [sys.executable, "-c", code],
                env={**os.environ, MARK: mark},
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            stack.callback(child.wait)
            stack.callback(child.kill)
            assert child.stdout is not None
            stack.callback(child.stdout.close)
            assert child.stdout.readline() == "ready\n"
            return child

        yield start_marked


def test_a_process_in_a_session_of_its_own_is_found_by_its_mark(mark: str, start: Start) -> None:
    child = start("import time; print('ready', flush=True); time.sleep(60)")
    assert [process.pid for process in marked_processes(mark)] == [child.pid]
    assert marked_processes(mark + "/other") == []
    end_processes(lambda: marked_processes(mark))
    assert child.wait() == -signal.SIGINT


def test_a_process_that_ignores_int_and_term_is_killed(mark: str, start: Start) -> None:
    child = start(_IGNORES_ALL)
    escalation = ((signal.SIGINT, 0.2), (signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))
    ended = end_processes(lambda: marked_processes(mark), escalation=escalation)
    assert [process.pid for process in ended] == [child.pid]
    assert child.wait() == -signal.SIGKILL


def test_a_child_born_while_its_parent_ends_is_ended_too(mark: str, start: Start) -> None:
    code = (
        "import signal, subprocess, sys, time\n"
        "def reborn(*_):\n"
        f"    subprocess.Popen([sys.executable, '-c', {_IGNORES_ALL!r}], start_new_session=True)\n"
        "    sys.exit()\n"
        "signal.signal(2, reborn); print('ready', flush=True); time.sleep(60)"
    )
    start(code)
    escalation = ((signal.SIGINT, 1.0), (signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))
    end_processes(lambda: marked_processes(mark), escalation=escalation)
    assert marked_processes(mark) == []


def test_a_zombie_counts_as_ended(mark: str, start: Start) -> None:
    start("print('ready', flush=True)")
    deadline = time.monotonic() + 10
    while marked_processes(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert marked_processes(mark) == []


def test_who_looks_is_never_among_the_found(mark: str) -> None:
    code = (
        "import os, sys; from deploy.embedded.marked import marked_processes;"
        "print(len(marked_processes(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, mark],
        env={**os.environ, MARK: mark},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0\n"
