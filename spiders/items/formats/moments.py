"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime


def text_from_instant(instant: datetime) -> str:
    """UTC with milliseconds, as every surface of ours writes time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
