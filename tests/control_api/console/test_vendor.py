"""What is served of other projects is what vendor.json says."""

from __future__ import annotations

import hashlib
import json

from deploy.vendor import ASSETS


def test_each_file_is_the_one_that_was_fetched() -> None:
    listed = json.loads((ASSETS / "vendor.json").read_text())["files"]
    for entry in listed:
        content = (ASSETS / "vendor" / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
    found = {path.name for path in (ASSETS / "vendor").iterdir()}
    assert found == {entry["file"] for entry in listed}
    assert any(name.endswith("LICENSE") for name in found)
