"""A folder holds what a reader takes in at a glance."""

from __future__ import annotations

import ast
import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
MAX_FILES = 20
# One file a decision, numbered; the index beside them is how they are read.
GROWS_BY_DESIGN = {"docs/decisions"}
# It looks whether the tables of the tests hold every setting together.
READS_TESTS_BY_DESIGN = {"tests/settings/test_every_setting.py"}


def imported(file: Path) -> set[str]:
    """Dotted names of modules, and of what is taken from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_of_a_test(name: str) -> bool:
    """True for a module `test_*` and what is in it."""
    path = ROOT / Path(*name.split("."))
    places = (path, *path.parents)
    return any(one.name.startswith("test_") and one.with_suffix(".py").exists() for one in places)


def test_no_folder_holds_more_than_twenty_files() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [PurePosixPath(line) for line in listed.stdout.splitlines()]
    counts = Counter(str(file.parent) for file in files if file.name != "__init__.py")
    full = {folder: count for folder, count in counts.items() if count > MAX_FILES}
    assert set(full) <= GROWS_BY_DESIGN, full
    assert counts["control_api/services"] > 0


def test_no_file_imports_from_a_test_module() -> None:
    files = [file for folder in ("tests", "bench") for file in (ROOT / folder).rglob("*.py")]
    found = {
        str(file.relative_to(ROOT)): names
        for file in files
        if (names := {name for name in imported(file) if is_of_a_test(name)})
    }
    assert set(found) == READS_TESTS_BY_DESIGN, found
