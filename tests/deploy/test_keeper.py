import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a keeper over a shell command; `up` is there from the start unless told otherwise."""
    keepers: list[subprocess.Popen[bytes]] = []

    def start_keeper(command: str, *arguments: str, is_up: bool = True) -> subprocess.Popen[bytes]:
        up = tmp_path / "up"
        if is_up:
            up.touch()
        words = [sys.executable, "-m", "deploy.embedded.keeper", "it", command]
        words += ["--up", str(up), *arguments]
        keepers.append(subprocess.Popen(words, stdout=subprocess.DEVNULL))
        return keepers[-1]

    yield start_keeper
    for keeper in keepers:
        keeper.kill()
        keeper.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def pids_in(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_comes_back(tmp_path: Path, start: Start) -> None:
    pids = tmp_path / "pids"
    start(f"echo $$ >>{pids}; exec sleep 60")
    wait_until(lambda: len(pids_in(pids)) == 1)
    os.kill(pids_in(pids)[0], signal.SIGKILL)
    wait_until(lambda: len(pids_in(pids)) == 2)
    assert is_running(pids_in(pids)[1])


def test_a_process_that_dies_again_and_again_is_given_up_with_its_code(
    tmp_path: Path, start: Start
) -> None:
    pids = tmp_path / "pids"
    keeper = start(f"echo $$ >>{pids}; exit 7")
    assert keeper.wait(20) == 7
    assert len(pids_in(pids)) == 5


def test_while_the_stack_starts_the_first_death_is_final(tmp_path: Path, start: Start) -> None:
    pids = tmp_path / "pids"
    assert start(f"echo $$ >>{pids}; exit 7", is_up=False).wait(10) == 7
    assert len(pids_in(pids)) == 1


def test_a_stop_reaches_the_whole_group_and_is_no_failure(tmp_path: Path, start: Start) -> None:
    pids = tmp_path / "pids"
    keeper = start(f"sleep 60 & echo $! $$ >{pids}; wait")
    wait_until(lambda: len(pids_in(pids)) == 2)
    keeper.terminate()
    assert keeper.wait(10) == 0
    wait_until(lambda: not any(is_running(pid) for pid in pids_in(pids)))


def test_the_process_dies_with_a_killed_keeper(tmp_path: Path, start: Start) -> None:
    pids = tmp_path / "pids"
    keeper = start(f"echo $$ >>{pids}; exec sleep 60")
    wait_until(lambda: len(pids_in(pids)) == 1)
    keeper.kill()
    wait_until(lambda: not is_running(pids_in(pids)[0]))


def test_it_waits_for_its_stores(tmp_path: Path, start: Start) -> None:
    pids, stores = tmp_path / "pids", tmp_path / "stores"
    start(f"echo $$ >>{pids}; exec sleep 60", "--after", str(stores))
    time.sleep(0.5)
    assert pids_in(pids) == []
    stores.touch()
    wait_until(lambda: len(pids_in(pids)) == 1)


def test_a_stop_while_it_waits_ends_it(tmp_path: Path, start: Start) -> None:
    pids = tmp_path / "pids"
    keeper = start(f"echo $$ >>{pids}", "--after", str(tmp_path / "never"))
    time.sleep(0.5)
    keeper.terminate()
    assert keeper.wait(5) == 0
    assert pids_in(pids) == []
