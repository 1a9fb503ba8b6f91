"""Pictures of this process, the least recently asked for going first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from control_api.services.pictures.addresses import PictureAddress
from control_api.services.pictures.kinds import Picture

# What was not to be had is asked for again after so long.
RETRY_SECONDS = 60.0
# Key, entry and bookkeeping of a picture beside its bytes.
_ENTRY_BYTES = 500


class PictureCache:
    """`max_bytes` of pictures; that there is none is remembered as well."""

    def __init__(self, max_bytes: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = Lock()
        self._bytes = 0
        self._kept: OrderedDict[PictureAddress, tuple[Picture | None, float]] = OrderedDict()

    def find(self, address: PictureAddress) -> tuple[Picture | None] | None:
        """The picture, or that there is none; None: nobody asked for it yet, or long ago."""
        with self._lock:
            found = self._kept.get(address)
            if found is None:
                return None
            picture, until = found
            if picture is None and self._clock() >= until:
                self._remove(address)
                return None
            self._kept.move_to_end(address)
            return (picture,)

    def keep(self, address: PictureAddress, picture: Picture | None) -> None:
        with self._lock:
            self._remove(address)
            self._kept[address] = picture, self._clock() + RETRY_SECONDS
            self._bytes += _size(picture)
            while self._bytes > self._max_bytes and self._kept:
                self._remove(next(iter(self._kept)))

    def _remove(self, address: PictureAddress) -> None:
        found = self._kept.pop(address, None)
        if found is not None:
            self._bytes -= _size(found[0])


def _size(picture: Picture | None) -> int:
    return _ENTRY_BYTES + (len(picture.data) if picture else 0)
