from __future__ import annotations

from control_api.azscraper.schemas.files import FileQuery
from control_api.azscraper.schemas.monitors.watches import HistoryChoice, WatchChoice


class WatchesExportQuery(WatchChoice, FileQuery):
    """Which watches, and how the file of them is written."""


class HistoryExportQuery(HistoryChoice, FileQuery):
    """Which part of the history, and how the file of it is written."""
