from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Image:
    """`variant` is Amazon's slot: MAIN, PT01, …"""

    url: str
    hiRes: str | None
    variant: str | None


@dataclass(slots=True)
class Video:
    url: str
    title: str | None
