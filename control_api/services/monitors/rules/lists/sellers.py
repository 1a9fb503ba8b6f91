"""Which sellers are the same: a page shows the id of one, or its name alone, and both in two checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from control_api.services.monitors.rules.lists.listed import Listed
from control_api.services.monitors.rules.lists.listings import Entry, Listing

Names = Iterable[tuple[str, str | None]]


def with_known_sellers(listing: Listing, listed: Listed | None) -> tuple[Listing, Listed | None]:
    """What the page and what is known of the watch, each with the ids that the other one has."""
    if listed is None:
        return with_ids(listing, ()), None
    known = [(key, member.label) for key, member in listed.members.items()]
    found = with_ids(listing, known)
    shown = {entry.key for entry in found.entries}
    ids = {name: key for name, key in _ids(listing.names).items() if name not in shown}
    return found, _renamed(listed, ids)


def with_ids(listing: Listing, known: Names) -> Listing:
    """Who shows a name alone is who else has that name, where there is one."""
    ids = _ids([*listing.names, *known])
    entries = [replace(one, key=ids.get(one.key, one.key)) for one in listing.entries]
    # One seller, of whom one offer shows the id and another one does not.
    return replace(listing, entries=list(_each_once(entries)))


def _ids(named: Names) -> Mapping[str, str]:
    """By name. A name that two sellers have tells none."""
    found: dict[str, set[str]] = {}
    for key, name in named:
        if name is not None and key != name:
            found.setdefault(name, set()).add(key)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _each_once(entries: Iterable[Entry]) -> Iterable[Entry]:
    first: dict[str, Entry] = {}
    for one in entries:
        first.setdefault(one.key, one)
    return first.values()


def _renamed(listed: Listed, ids: Mapping[str, str]) -> Listed:
    ids = {name: key for name, key in ids.items() if name in listed.members}
    ids = {name: key for name, key in ids.items() if key not in listed.members}
    if not ids:
        return listed
    top = listed.top
    return replace(
        listed,
        members={ids.get(key, key): one for key, one in listed.members.items()},
        top=frozenset(ids.get(key, key) for key in top) if top is not None else None,
        unseen=frozenset(ids.get(key, key) for key in listed.unseen),
        told={ids.get(key, key): place for key, place in listed.told.items()},
        doubts=[replace(one, item=ids.get(one.item, one.item)) for one in listed.doubts],
    )
