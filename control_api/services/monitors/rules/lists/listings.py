"""What a page lists in an order: results of a search, places of a best-seller list, offers of a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: an ASIN, or what tells a seller apart. `label`: a brand or a name, for people."""

    key: str
    label: str | None = None
    is_ad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`is_whole`: nothing stands below the last entry. `is_partial`: a page behind the first ones failed.
    `shows_ads`: paid entries were kept. `has_sellers`: they stand there instead of products, and in which
    order says nothing."""

    entries: Sequence[Entry]
    is_whole: bool = False
    is_partial: bool = False
    shows_ads: bool = False
    has_sellers: bool = False

    @property
    def depth(self) -> int:
        """How many entries that are not paid for were read; of what stands below nothing is known."""
        return sum(1 for one in self.entries if not one.is_ad)

    @property
    def places(self) -> dict[str, int]:
        """The first place of each key among the entries that are not paid for, from 1."""
        found: dict[str, int] = {}
        place = 0
        for one in self.entries:
            if not one.is_ad:
                place += 1
                found.setdefault(one.key, place)
        return found

    @property
    def ad_places(self) -> dict[str, int]:
        """The first place of each paid key among all entries, from 1."""
        found: dict[str, int] = {}
        for place, one in enumerate(self.entries, 1):
            if one.is_ad:
                found.setdefault(one.key, place)
        return found

    @property
    def labels(self) -> dict[str, str]:
        return {one.key: one.label for one in reversed(self.entries) if one.label is not None}

    @property
    def names(self) -> list[tuple[str, str | None]]:
        return [(one.key, one.label) for one in self.entries]

    def reaches(self, top: int | None) -> bool:
        """Whether all of the first `top` entries were read; None: all that there are."""
        return self.is_whole or (top is not None and self.depth >= top)
