"""The egg, made by scrapyd-client."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.update.errors import DeployError

# What setuptools reads; it leaves its traces where it works, so that is never the project's folder.
_SOURCES = (
    "settings",
    "storage",
    "spiders",
    "pipelines",
    "scrapy.cfg",
    "setup.py",
    "pyproject.toml",
)


def build_egg(root: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="azscraper-egg-") as scratch:
        folder, egg = Path(scratch) / "project", Path(scratch) / "project.egg"
        folder.mkdir()
        for name in _SOURCES:
            _copy(root / name, folder / name)
        done = subprocess.run(
            [sys.executable, "-m", "scrapyd_client.deploy", "--debug", "--build-egg", str(egg)],
            cwd=folder,
            # The same sources must give the same egg, and a zip file's byte code is not used anyway.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": scratch},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
            raise DeployError(f"the egg could not be built: {last}")
        return egg.read_bytes()


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, to)
