"""A list that is looked at again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from control_api.services.monitors.rules.lists.listed import (
    Listed,
    ListMove,
    ListRules,
    Sighting,
    observe_list,
)
from control_api.services.monitors.rules.lists.listings import Entry, Listing

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
PAUSE = timedelta(hours=1)


def listing(
    text: str, *, is_whole: bool = False, is_partial: bool = False, shows_ads: bool = True
) -> Listing:
    """A letter an entry; with a star before it an advertisement: `a*bc`."""
    entries: list[Entry] = []
    is_ad = False
    for letter in text:
        if letter == "*":
            is_ad = True
            continue
        entries.append(Entry(letter, f"brand {letter}", is_ad))
        is_ad = False
    return Listing(entries=entries, is_whole=is_whole, is_partial=is_partial, shows_ads=shows_ads)


class Follower:
    def __init__(self, top: int | None = 3, items: str = "", **rules: object) -> None:
        self.rules = ListRules(top=top, items=frozenset(items), **rules)  # type: ignore[arg-type]
        self.listed: Listed | None = None
        self.moves: list[ListMove] = []
        self.questioned = 0
        self.looks = 0

    def see(self, seen: Listing | str, *, is_doubtful: bool = False) -> list[ListMove]:
        found = listing(seen) if isinstance(seen, str) else seen
        at = START + PAUSE * self.looks
        sighting = Sighting(at=at, before_at=at - PAUSE, is_doubtful=is_doubtful)
        observed = observe_list(self.listed, found, sighting, self.rules)
        self.listed = observed.listed
        self.moves += observed.moves
        self.questioned += observed.questioned
        self.looks += 1
        return list(observed.moves)

    def see_all(self, looks: Iterable[Listing | str]) -> Follower:
        for one in looks:
            self.see(one)
        return self

    @property
    def told(self) -> list[tuple[str, str, int | None, int | None]]:
        return [(one.move.value, one.item, one.before, one.after) for one in self.moves]
