"""`manage doctor` and `manage status`, which are one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo.database import Database

from control_api.manage import main
from settings.config import current_config
from storage.base.connections import connect_redis
from storage.queue.fleet_state import FleetState
from tests.control_api.operation.environment import environment

__all__ = ["environment"]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch, mongo_database: Database) -> FleetState:
    """A service in which all is well; the state is the worker's word."""
    monkeypatch.setenv("JWT_SECRET", "0123456789abcdef" * 4)
    monkeypatch.setenv("SCRAPYD_NODES", "http://user:hidden-word@127.0.0.1:6800")
    assert main(["indexes"]) == 0
    redis = connect_redis(current_config())
    redis.flushdb()
    state = FleetState(redis)
    state.note_look(wanted={"site": 2}, living={"site": 2}, nodes=1, node_errors={})
    return state


@pytest.mark.parametrize("command", ["doctor", "status"])
def test_where_all_is_well_each_subject_has_its_line(
    well: FleetState, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main([command]) == 0
    out = capsys.readouterr().out
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", name] for name in ("settings", "mongodb", "redis", "nodes", "crawlers", "jobs")
    ]
    assert "site 2 of 2" in out
    assert "hidden-word" not in out


def test_dead_crawlers_are_wrong(well: FleetState, capsys: pytest.CaptureFixture[str]) -> None:
    well.note_look(wanted={"site": 2}, living={}, nodes=1, node_errors={})
    well.note_death("site", node="a:6800", exit_code=1, reason="no such module")
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "WRONG crawlers  no site crawler lives since" in out
    assert "no such module" in out


def test_a_service_without_a_worker_is_wrong(
    well: FleetState, capsys: pytest.CaptureFixture[str]
) -> None:
    well.clear()
    assert main(["doctor"]) == 1
    assert "WRONG crawlers  no worker has ever looked after them" in capsys.readouterr().out


def test_stores_that_are_away_are_findings_without_a_traceback_or_a_password() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "control_api.manage", "doctor"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "MONGODB_URI": "mongodb://me:hidden-word@127.0.0.1:1/?serverSelectionTimeoutMS=200",
            "REDIS_URL": "redis://:hidden-word@127.0.0.1:1/0",
        },
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 1
    wrong = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("WRONG")}
    assert {"settings", "mongodb", "redis", "nodes", "crawlers", "jobs"} == wrong
    assert "hidden-word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
