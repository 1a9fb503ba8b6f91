"""The environment of a process that we start."""

from __future__ import annotations

import os


def direct_mode_environment() -> dict[str, str]:
    """Ours, for Scrapy commands of direct mode: from any folder, whatever project is chosen here."""
    environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": "settings.direct"}
    environment.pop("SCRAPY_PROJECT", None)
    return environment
