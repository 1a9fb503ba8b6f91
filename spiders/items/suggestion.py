from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class SuggestedDepartment:
    """`alias`: the store's short name, as `config.department` takes it."""

    name: str | None
    alias: str | None


@dataclass(slots=True, kw_only=True)
class SuggestionRow:
    suggestion: str
    position: int | None = None
    type: str | None = None
    departments: list[SuggestedDepartment] | None = None
    prefix: str | None = None
    department: str | None = None

    # The text that was asked for, as the job shows it.
    target: str | None = None
    marketplace: str | None = None
    lang: str | None = None
    sourceUrl: str | None = None
    scrapedAt: datetime | None = None
    parserVersion: str | None = None
    warnings: list[str] = field(default_factory=list)
