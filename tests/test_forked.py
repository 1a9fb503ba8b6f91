"""What a forked process has of `python -m`: the tests of crawls stand on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import forked

ROOT = forked.ROOT


def run(module: str, *words: str, stdin: str = "", folder: Path = ROOT, **environ: str) -> str:
    environ = {"PATH": os.environ["PATH"], **environ}
    done = forked.run(module, words, folder=folder, environ=environ, stdin=stdin, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_has_its_words_and_its_standard_input() -> None:
    assert run("json.tool", "--compact", stdin='{"a": 1}') == '{"a":1}\n'


def test_it_ends_with_its_own_code_and_words() -> None:
    done = forked.run("json.tool", [], folder=ROOT, environ={}, stdin="{", timeout=30)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Expecting property name" in done.stderr


def test_it_has_the_environment_that_was_given_and_no_other() -> None:
    seen = run("tests.forked_answers", A_NAME="a value")
    assert {line.partition("=")[0] for line in seen.splitlines()} == {"PATH", "A_NAME"}
    assert "A_NAME=a value" in seen.splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_can_be_stopped_and_tells_of_it(number: signal.Signals) -> None:
    with open(os.devnull, "r+b") as nothing:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), nothing.fileno())
        process = forked.start("http.server", ["0"], folder=ROOT, environ={}, **streams)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    process.send_signal(number)
    assert process.wait(10) == -number
    assert process.poll() == -number


@pytest.mark.parametrize("environ", [{}, {"PYTHONUTF8": "1"}])
def test_where_a_fork_would_differ_an_interpreter_is_started(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = ROOT if environ else tmp_path
    with open(os.devnull, "r+b") as nothing:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), nothing.fileno())
        process = forked.start("this", [], folder=folder, environ=environ, **streams)
    assert isinstance(process, subprocess.Popen)
    assert process.wait(30) == 0


def test_no_process_is_left_when_the_tests_end() -> None:
    code = (
        "from tests import forked; "
        "forked.run('this', [], folder=forked.ROOT, environ={}, timeout=30)"
    )
    done = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
    assert done.wait(60) == 0
    deadline = time.monotonic() + 10
    while _is_group_there(done.pid):
        assert time.monotonic() < deadline, "a process of the group lives"
        time.sleep(0.05)


def _is_group_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
