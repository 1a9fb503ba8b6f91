"""A folder holds what a reader takes in at a glance."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
MAX_FILES = 20
# One file a decision, numbered; the index beside them is how they are read.
GROWS_BY_DESIGN = {"docs/decisions"}


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
