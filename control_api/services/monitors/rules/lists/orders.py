"""The order of a list as the history keeps it: a number for each entry instead of its name.

A piece of history has each name once. An order is bytes: the number of the check within its piece, flags, and
an entry after another, twice the name's number and one more where it is paid for. All are LEB128 numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from control_api.services.monitors.rules.lists.listings import Entry, Listing

_WHOLE, _PARTIAL, _ADS = 1, 2, 4
_LOW, _MORE = 0x7F, 0x80


@dataclass(frozen=True, slots=True)
class Names:
    """Of one piece: who stood on the list, in the order of their first entries."""

    keys: Sequence[str] = ()
    labels: Sequence[str | None] = ()

    def followed_by(self, listing: Listing) -> Names:
        known = set(self.keys)
        labels = listing.labels
        fresh = [
            key for key in dict.fromkeys(one.key for one in listing.entries) if key not in known
        ]
        if not fresh:
            return self
        return Names([*self.keys, *fresh], [*self.labels, *(labels.get(key) for key in fresh)])


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """`check`: which check of the piece it is, from 0."""

    check: int
    listing: Listing


def packed(listing: Listing, names: Names, check: int) -> bytes:
    number_of: Mapping[str, int] = {key: number for number, key in enumerate(names.keys)}
    flags = _WHOLE * listing.is_whole | _PARTIAL * listing.is_partial | _ADS * listing.shows_ads
    numbers = [check, flags, *(2 * number_of[one.key] + one.is_ad for one in listing.entries)]
    return b"".join(map(_leb128, numbers))


def unpacked(order: bytes, names: Names) -> OrderSeen:
    numbers = _numbers(order)
    check, flags = next(numbers), next(numbers)
    entries = [
        Entry(names.keys[number // 2], names.labels[number // 2], number % 2 == 1)
        for number in numbers
    ]
    listing = Listing(
        entries=entries,
        is_whole=bool(flags & _WHOLE),
        is_partial=bool(flags & _PARTIAL),
        shows_ads=bool(flags & _ADS),
    )
    return OrderSeen(check, listing)


def _leb128(number: int) -> bytes:
    found = bytearray()
    while number > _LOW:
        found.append(number & _LOW | _MORE)
        number >>= 7
    found.append(number)
    return bytes(found)


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & _LOW) << shift
        shift += 7
        if not byte & _MORE:
            yield number
            number = shift = 0
