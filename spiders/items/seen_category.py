from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class SeenCategory:
    """A category that a page of a list names. `path` is that of the page's own category alone."""

    marketplace: str
    language: str | None
    slug: str | None
    nodeId: str | None
    name: str
    path: list[str] | None = None
