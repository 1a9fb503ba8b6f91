from __future__ import annotations

from control_api.azscraper.schemas.files import ColumnFileQuery
from control_api.azscraper.schemas.monitors.watches import HistoryChoice, WatchChoice


class WatchesExportQuery(WatchChoice, ColumnFileQuery):
    """Which watches, and how the file of them is written."""


class HistoryExportQuery(HistoryChoice, ColumnFileQuery):
    """Which part of the history, and how the file of it is written."""
