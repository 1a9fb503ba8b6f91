import os
import platform
from pathlib import Path

import pytest

from deploy.embedded.errors import StackError
from deploy.embedded.servers.binaries import require_platform, version_of
from deploy.embedded.servers.mongod import mongod_binary


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("library", "package"), [("libcurl.so.4", "libcurl4"), ("libssl.so.3", "libssl3")]
)
def test_a_missing_library_is_named_with_its_debian_package(
    tmp_path: Path, library: str, package: str
) -> None:
    words = f"mongod: error while loading shared libraries: {library}: cannot open shared object"
    binary = program(tmp_path / "mongod", f"echo '{words} file' >&2; exit 127")
    with pytest.raises(StackError, match=f"mongod needs {library}: install {package}"):
        version_of(binary)


def test_a_libc_that_is_too_old_is_named(tmp_path: Path) -> None:
    words = "/lib/libc.so.6: version `GLIBC_2.34' not found (required by ./mongod)"
    binary = program(tmp_path / "mongod", f'echo "{words.replace("`", chr(92) + "`")}" >&2; exit 1')
    with pytest.raises(StackError, match=r"mongod needs GLIBC_2\.34"):
        version_of(binary)


def test_a_binary_of_another_machine_is_one_line(tmp_path: Path) -> None:
    binary = tmp_path / "mongod"
    binary.write_bytes(b"\x7fELF of another machine")
    binary.chmod(0o755)
    with pytest.raises(StackError, match="cannot be run") as caught:
        version_of(binary)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("system", "machine"), [("Darwin", "arm64"), ("Linux", "aarch64"), ("Windows", "AMD64")]
)
def test_a_platform_without_a_wheel_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(StackError, match=f"this is {system} {machine}: set MONGODB_URI"):
        require_platform("MongoDB", "MONGODB_URI")


def test_a_recent_mongod_on_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = program(tmp_path / "mongod", "echo 'db version v7.0.14'")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert mongod_binary() == binary


def test_an_old_mongod_on_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "mongod", "echo 'db version v4.4.29'")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert mongod_binary().parent != tmp_path
