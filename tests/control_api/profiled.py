"""Which plans MongoDB chose for what a test asked: a query without an index shows as COLLSCAN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.database import Database


@contextmanager
def profiled(database: Database) -> Iterator[list[dict[str, Any]]]:
    """Filled at the end with MongoDB's notes on each operation within."""
    notes: list[dict[str, Any]] = []
    database.command("profile", 2)
    try:
        yield notes
    finally:
        database.command("profile", 0)
        notes += database["system.profile"].find({"planSummary": {"$exists": True}})
        database.drop_collection("system.profile")


def scans(notes: list[dict[str, Any]]) -> list[str]:
    """The collections that were read from end to end."""
    return sorted({note["ns"] for note in notes if "COLLSCAN" in note["planSummary"]})
