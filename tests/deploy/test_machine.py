"""What a machine must have, and what the lock files promise about what is installed."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from deploy.embedded.layout import PROJECT_ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*==\s*([^\s;#]+)", re.MULTILINE)


def find_python(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the script where no program is found but those in `tmp_path`."""
    return subprocess.run(
        ["/bin/sh", str(PROJECT_ROOT / "deploy/embedded/find-python.sh")],
        env={"PATH": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(tmp_path: Path, *, fails_at: str) -> None:
    """A Python that runs everything but code with `fails_at` in it."""
    script = tmp_path / "python3"
    script.write_text(f'#!/bin/sh\ncase "$2" in *"{fails_at}"*) exit 1 ;; esac\n')
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("fails_at", "package"),
    [("version_info", "python3"), ("ensurepip", "python3-venv"), ("libcurl", "libcurl4")],
)
def test_what_is_missing_is_one_line_with_the_debian_package(
    tmp_path: Path, fails_at: str, package: str
) -> None:
    fake_python(tmp_path, fails_at=fails_at)
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert re.search(rf"install {package}(\s|$)", done.stderr)


def test_a_platform_without_wheels_is_told_what_to_set(tmp_path: Path) -> None:
    fake_python(tmp_path, fails_at="platform")
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "x86-64 Linux only: set MONGODB_URI and REDIS_URL" in done.stderr
    own = {"MONGODB_URI": "mongodb://db.example/", "REDIS_URL": "redis://cache.example"}
    assert find_python(tmp_path, **own).stdout == "python3\n"


def test_an_openssl_that_is_too_old_is_named(tmp_path: Path) -> None:
    fake_python(tmp_path, fails_at="libssl")
    assert "mongod needs OpenSSL 3" in find_python(tmp_path).stderr


def test_a_machine_with_everything_tells_its_python(tmp_path: Path) -> None:
    fake_python(tmp_path, fails_at="nothing fails")
    done = find_python(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "python3\n", "")


def test_with_a_mongodb_of_ones_own_libcurl_is_not_needed(tmp_path: Path) -> None:
    fake_python(tmp_path, fails_at="libcurl")
    done = find_python(tmp_path, MONGODB_URI="mongodb://db.example/")
    assert (done.returncode, done.stdout) == (0, "python3\n")


LOCK_FILES = (
    "requirements",
    *(f"requirements/{name}" for name in ("embedded", "deploy", "browser", "parquet", "dev")),
)


def pins(name: str) -> dict[str, str]:
    found = _PIN.findall((PROJECT_ROOT / name).read_text())
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def test_the_lock_files_hold_what_the_in_files_ask_for() -> None:
    locked: dict[str, str] = {}
    for name in LOCK_FILES:
        # Each lock file holds only what it adds to the ones before it.
        locked |= pins(f"{name}.txt")
        asked = pins(f"{name}.in")
        assert asked.items() <= locked.items(), f"run `make lock`: {name}.txt is older than its .in"


def test_no_package_is_locked_twice() -> None:
    names = [package for name in LOCK_FILES for package in pins(f"{name}.txt")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_locked_package_has_the_hashes_of_its_files(name: str) -> None:
    """pip checks all of a file's packages as soon as one of them has a hash."""
    text = (PROJECT_ROOT / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_make_target_that_people_use_is_explained() -> None:
    done = subprocess.run(
        ["make", "--silent", "help"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = set(re.findall(r"^\s+make (\S+)\s+\S", done.stdout, re.MULTILINE))
    assert {"install", "demo", "up", "down", "test", "check", "lock", "chaos", "bench"} <= listed
