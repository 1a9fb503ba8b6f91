"""The eggs that a node was given: one file a version, which its label names.

The newest is the one that came last, since labels of git have no order; and a label stands for one
code for ever, or the version of a run would say nothing.
"""

from __future__ import annotations

import os
import re
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from io import BytesIO
from pathlib import Path

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ON = ("1", "true", "yes", "on")


class EggError(ValueError):
    """An egg, or its label, cannot be taken or used. Trying again does not help."""


@dataclass(frozen=True, slots=True)
class Egg:
    label: str
    path: Path

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What a Python needs to find the egg's code before any other of the same name."""
        paths = [str(self.path), *filter(None, [environ.get("PYTHONPATH")])]
        return {
            "PYTHONPATH": os.pathsep.join(paths),
            # The folder that scrapyd runs in may hold another version of the project.
            "PYTHONSAFEPATH": "1",
            "SCRAPY_SETTINGS_MODULE": self._settings_module(),
            "VERSION_LABEL": self.label,
        }

    def _settings_module(self) -> str:
        for distribution in distributions(path=[str(self.path)]):
            for entry in distribution.entry_points.select(group="scrapy", name="settings"):
                return str(entry.value)
        raise EggError(f"{self.label} is no Scrapy egg: it has no entry point for its settings")


def takes_eggs(environ: Mapping[str, str]) -> bool:
    """Only where the operator says so: who can send code can do whatever the node can."""
    return environ.get("TAKES_EGGS", "").strip().lower() in _ON


def eggs_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ["STACK_DATA"]) / "scrapyd" / "eggs"


def find_egg(folder: Path, label: str | None = None) -> Egg | None:
    """The egg of that label, or the newest; `folder` holds one project's. Raises EggError."""
    if label is None:
        known = labels(folder)
        return Egg(known[-1], egg_path(folder, known[-1])) if known else None
    path = egg_path(folder, label)
    if not path.exists():
        raise EggError(f"there is no egg {label} here")
    return Egg(label, path)


def add_egg(folder: Path, label: str, content: bytes) -> None:
    """Make it the newest. One that is here already is left as it is: crawlers may be reading it."""
    path = egg_path(folder, label)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_bytes(content)
        draft.replace(path)
    elif _checksums(path.read_bytes()) != _checksums(content):
        raise EggError(f"{label} is here already, with other code: give it a label of its own")
    # Later than all others, even if a clock was set back or two come within one tick of it.
    os.utime(path, ns=(newest := _newest_time(folder), newest))


def labels(folder: Path) -> list[str]:
    """The newest last."""
    paths = sorted(folder.glob("*.egg"), key=lambda path: path.stat().st_mtime_ns)
    return [path.name.removesuffix(".egg") for path in paths]


def egg_path(folder: Path, label: str) -> Path:
    return folder / f"{checked_label(label)}.egg"


def checked_label(label: str) -> str:
    if not _LABEL.fullmatch(label):
        raise EggError(f"{label!r} is no label: letters, digits and . _ - only, at most 100")
    return label


def _newest_time(folder: Path) -> int:
    times = [path.stat().st_mtime_ns for path in folder.glob("*.egg")]
    return max([time.time_ns(), *(one + 1 for one in times)])


def _checksums(content: bytes) -> dict[str, int]:
    with zipfile.ZipFile(BytesIO(content)) as egg:
        return {entry.filename: entry.CRC for entry in egg.infolist()}
