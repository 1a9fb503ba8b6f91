"""`make admin`: who becomes an admin stands in the command, never in the caller's environment."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo.database import Database

from control_api import manage
from deploy.embedded.layout import PROJECT_ROOT
from tests.settings.environment import environment

ONE, OTHER = "one@example.com", "other@example.com"


@pytest.mark.parametrize(
    ("words", "given", "admins", "code"),
    [
        ([], {"EMAIL": OTHER}, set(), 2),
        (["-e"], {"EMAIL": OTHER}, set(), 2),
        ([f"EMAIL={ONE}"], {"EMAIL": OTHER}, {ONE}, 0),
    ],
)
def test_only_the_command_says_who_becomes_an_admin(
    mongodb_uri: str,
    redis_url: str,
    mongo_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    given: dict[str, str],
    admins: set[str],
    code: int,
) -> None:
    # A virtual environment in which everything is installed.
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / ".installed").touch()
    stores = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": mongo_database.name,
        "REDIS_URL": redis_url,
    }
    with environment(stores):
        for email in (ONE, OTHER):
            monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
            assert manage.main(["user", email]) == 0
    done = subprocess.run(
        ["make", "--silent", "admin", f"VENV={tmp_path}", *words],
        cwd=PROJECT_ROOT,
        env={"PATH": os.environ["PATH"], **stores, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    found = mongo_database["users"].find({"isAdmin": True})
    assert {user["email"] for user in found} == admins, done.stdout + done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    assert bool(admins) or "make admin EMAIL=you@example.com" in done.stdout
