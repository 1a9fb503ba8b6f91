from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class TitleRow:
    asin: str
    title: str | None = None
    letters: int | None = None
    target: str | None = None
