"""`make vendor`: the files of other projects that the console serves, as npm gives their packages out.

A file is written only where it has the sha256 of vendor.json.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / "control_api" / "console" / "assets"


def main() -> int:
    listed = json.loads((ASSETS / "vendor.json").read_text())["files"]
    with tempfile.TemporaryDirectory() as folder:
        for entry in listed:
            content = _content(Path(folder), entry["package"], entry["path"])
            found = hashlib.sha256(content).hexdigest()
            if found != entry["sha256"]:
                print(f"{entry['package']} {entry['path']} has sha256 {found}", file=sys.stderr)
                return 1
            (ASSETS / "vendor" / entry["file"]).write_bytes(content)
            print(f"{entry['file']}: {entry['package']} {entry['path']}")
    return 0


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
