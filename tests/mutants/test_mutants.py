"""A table of faults: each can still be put in, and each is found by the tests of its module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
# Far above what a file of tests takes; a fault may make it wait for ever.
MAX_SECONDS = 240


def name_of(mutant: Mutant) -> str:
    return f"{Path(mutant.module).name}: {mutant.fault}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_the_fault_can_still_be_put_in(mutant: Mutant) -> None:
    source = (ROOT / mutant.module).read_text(encoding="utf-8")
    assert mutant.before in source
    assert mutant.before != mutant.after
    assert (ROOT / mutant.tests).is_file()


def test_the_table_holds_thirty_faults_and_each_once() -> None:
    assert len({name_of(mutant) for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tree as git knows it, in a place of its own."""
    folder = tmp_path_factory.mktemp("mutants") / "tree"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    yield folder
    shutil.rmtree(folder)


def fails(folder: Path, tests: str) -> bool:
    """Whether a test fails; not whether there is none, or pytest itself breaks."""
    # Of this run of pytest: its workers and options are not the inner one's.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
        tests,
    ]
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=MAX_SECONDS
    )
    assert done.returncode in (0, 1), done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.returncode == 1


@pytest.mark.chaos
@pytest.mark.parametrize("tests", sorted({mutant.tests for mutant in MUTANTS}))
def test_without_a_fault_the_tests_pass(copy: Path, tests: str) -> None:
    assert not fails(copy, tests)


@pytest.mark.chaos
@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_the_tests_of_the_module_find_the_fault(copy: Path, mutant: Mutant) -> None:
    file = copy / mutant.module
    source = file.read_text(encoding="utf-8")
    file.write_text(source.replace(mutant.before, mutant.after, 1), encoding="utf-8")
    try:
        assert fails(copy, mutant.tests)
    finally:
        file.write_text(source, encoding="utf-8")
