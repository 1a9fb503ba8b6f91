"""Fetches the pictures that our own pages name, and no others: each address carries our signature."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from control_api.gateways.outbound import OutboundAnswer, OutboundError
from control_api.services.errors import NotFound
from control_api.services.pictures.addresses import PictureAddress, address_from_url
from control_api.services.pictures.cache import PictureCache
from control_api.services.pictures.kinds import Picture, picture_from_bytes
from control_api.services.records import CountDefect

log = logging.getLogger(__name__)

FETCH_SECONDS = 5.0
MAX_PICTURE_BYTES = 512 * 1024
_AT_A_TIME = 4
# One more is not waited for: its page shows an empty place.
_MAX_WAITING = 200
_HEADERS = {"Accept": "image/webp,image/png,image/jpeg", "Accept-Encoding": "identity"}


class Client(Protocol):
    """See `control_api.gateways.outbound.Outbound`."""

    def get(self, url: str, headers: Mapping[str, str], *, max_bytes: int) -> OutboundAnswer: ...


@dataclass(frozen=True, slots=True)
class PictureStore:
    """Whom to ask. `origin`: this server stands for all hosts of pictures."""

    client: Client
    origin: str | None = None

    def get(self, address: PictureAddress) -> OutboundAnswer:
        origin = self.origin or f"https://{address.host}"
        return self.client.get(origin + address.path, _HEADERS, max_bytes=MAX_PICTURE_BYTES)


@dataclass(frozen=True, slots=True)
class SignedPicture:
    """An address of a row, with the proof that a page of ours named it."""

    url: str
    marketplace: str
    size: int
    signature: str


class Pictures:
    """`stores`: by marketplace, "" for all that are not named. Where there is none, pages have no pictures."""

    def __init__(
        self,
        key: str,
        stores: Mapping[str, PictureStore | None],
        cache: PictureCache,
        *,
        count_defect: CountDefect,
    ) -> None:
        self._key = hmac.digest(key.encode(), b"pictures of the console", hashlib.sha256)
        self._stores = stores
        self._cache = cache
        self._count_defect = count_defect
        self._lock = Lock()
        self._fetched: dict[tuple[str, PictureAddress], Future[Picture | None]] = {}
        self._threads = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="picture")

    def sign(self, url: Any, marketplace: str | None, size: int) -> SignedPicture | None:
        """None for what is no picture that would be fetched."""
        code = marketplace if marketplace and marketplace in self._stores else ""
        if self._stores.get(code) is None or address_from_url(url, size) is None:
            return None
        return SignedPicture(url, code, size, self._signature(url, code, size))

    def find(self, asked: SignedPicture) -> Picture | Future[Picture | None] | None:
        """The picture, the one that is being fetched, or None where there is none.

        Raises NotFound for an address that no page of ours names.
        """
        store, address = (
            self._stores.get(asked.marketplace),
            address_from_url(asked.url, asked.size),
        )
        signature = self._signature(asked.url, asked.marketplace, asked.size)
        is_ours = hmac.compare_digest(signature.encode(), asked.signature.encode())
        if store is None or address is None or not is_ours:
            raise NotFound("There is no such picture")
        # The practice store has pictures of its own under the same addresses.
        kept = self._cache.find(_at(store, address))
        if kept is not None:
            return kept[0]
        return self._fetch(store, address)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, store: PictureStore, address: PictureAddress) -> Future[Picture | None] | None:
        key = (store.origin or "", address)
        with self._lock:
            running = self._fetched.get(key)
            if running is not None:
                return running
            if len(self._fetched) >= _MAX_WAITING:
                return None
            started = self._threads.submit(self._get, store, address)
            self._fetched[key] = started
        started.add_done_callback(lambda _: self._forget(key))
        return started

    def _forget(self, key: tuple[str, PictureAddress]) -> None:
        with self._lock:
            self._fetched.pop(key, None)

    def _get(self, store: PictureStore, address: PictureAddress) -> Picture | None:
        picture = None
        try:
            answer = store.get(address)
            picture = picture_from_bytes(answer.body) if answer.status == 200 else None
        except OutboundError as error:
            log.info("no picture from %s: %s", address.host, error)
        except Exception:
            # Nobody else would see it.
            log.exception("a picture cannot be fetched")
            self._count_defect("pictures")
        self._cache.keep(_at(store, address), picture)
        return picture

    def _signature(self, url: str, marketplace: str, size: int) -> str:
        said = f"{size}\n{marketplace}\n{url}".encode()
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]


def _at(store: PictureStore, address: PictureAddress) -> PictureAddress:
    return PictureAddress(store.origin or address.host, address.path)
