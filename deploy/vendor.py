"""`make vendor`: the files of other projects that the console serves or is tested with, as npm gives their packages out.

A file is written only where it has the sha256 of the vendor.json beside its folder.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
ASSETS = _ROOT / "control_api" / "console" / "assets"
# Of tests alone; no server gives it out.
TEST_ASSETS = _ROOT / "tests" / "control_api" / "console" / "browser"


def main() -> int:
    return 0 if all(map(_fetch, (ASSETS, TEST_ASSETS))) else 1


def _fetch(place: Path) -> bool:
    listed = json.loads((place / "vendor.json").read_text())["files"]
    with tempfile.TemporaryDirectory() as folder:
        for entry in listed:
            content = _content(Path(folder), entry["package"], entry["path"])
            found = hashlib.sha256(content).hexdigest()
            if found != entry["sha256"]:
                print(f"{entry['package']} {entry['path']} has sha256 {found}", file=sys.stderr)
                return False
            (place / "vendor" / entry["file"]).write_bytes(content)
            print(f"{entry['file']}: {entry['package']} {entry['path']}")
    return True


def _content(folder: Path, package: str, path: str) -> bytes:
    packed = subprocess.run(
        ["npm", "pack", "--silent", package],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        member = archive.extractfile(f"package/{path}")
        if member is None:
            raise FileNotFoundError(f"{package} has no {path}")
        return member.read()


if __name__ == "__main__":
    raise SystemExit(main())
