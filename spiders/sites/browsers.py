"""Whether this machine has what pages with script need: the playwright package and a Chromium. Pure."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(chosen: str = "") -> str | None:
    """Path of the Chromium to use (`chosen`: the operator's own), None when there is none."""
    if find_spec("playwright") is None:
        return None
    for name in (chosen,) if chosen else _NAMES:
        if path := shutil.which(name):
            return path
    return None
