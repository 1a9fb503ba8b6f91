from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class PageRow:
    """What a page job's own selectors found; no match is None."""

    url: str
    data: dict[str, str | list[str] | None] = field(default_factory=dict)
    depth: int = 0
    engine: str | None = None
    scrapedAt: datetime | None = None
    jobId: str | None = None
