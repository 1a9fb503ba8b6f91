"""What a version is called: in the node's list, in each run and in the registry of spiders."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.scrapyd.eggs import EggError, checked_label
from deploy.update.errors import UsageError

_DESCRIBE = ["git", "describe", "--tags", "--always", "--dirty"]


def version_label(environ: Mapping[str, str], root: Path) -> str:
    """VERSION_LABEL, else what git says of the folder."""
    given = environ.get("VERSION_LABEL", "").strip()
    try:
        return checked_label(given or _from_git(root))
    except EggError as error:
        raise UsageError(f"VERSION_LABEL is wrong: {error}") from error


def _from_git(root: Path) -> str:
    try:
        done = subprocess.run(_DESCRIBE, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError("git does not know this folder's version: set VERSION_LABEL") from error
    return done.stdout.strip()
