"""What is kept of other projects is what vendor.json says, with its licence beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from deploy.vendor import ASSETS, TEST_ASSETS


@pytest.mark.parametrize("place", [ASSETS, TEST_ASSETS])
def test_each_file_is_the_one_that_was_fetched(place: Path) -> None:
    listed = json.loads((place / "vendor.json").read_text())["files"]
    for entry in listed:
        content = (place / "vendor" / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
    found = {path.name for path in (place / "vendor").iterdir()}
    assert found == {entry["file"] for entry in listed}
    licensed = {entry["package"] for entry in listed if "LICENSE" in entry["path"]}
    assert licensed == {entry["package"] for entry in listed}
