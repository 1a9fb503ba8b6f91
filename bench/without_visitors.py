"""What visitors.py compares with: settings.pool as if there were no visitors."""

from __future__ import annotations

from settings.pool import *  # noqa: F403
from settings.pool import DOWNLOADER_MIDDLEWARES

DOWNLOADER_MIDDLEWARES = {
    name: place
    for name, place in DOWNLOADER_MIDDLEWARES.items()
    if not name.startswith("spiders.visitors.")
}
