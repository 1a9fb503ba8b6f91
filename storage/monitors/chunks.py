"""The chunks collection: full pieces of the history of watches. A piece never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from storage.base.codec import Codec
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range

_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChunk:
    """`fields`: by name, seconds since `start` (`t`) and stored values (`v`). `orders`: of a list, who stood
    where, by the numbers of `names`; `labels`: what people know them by. `currency`: of all amounts."""

    watch_id: str
    start: datetime
    end: datetime
    checks: Sequence[int]
    fields: Mapping[str, Mapping[str, Sequence[Any]]]
    names: Sequence[str] = ()
    labels: Sequence[str | None] = ()
    orders: Sequence[bytes] = ()
    currency: str | None = None


_CODEC = Codec(StoredChunk)
_OF_LISTS = frozenset({"names", "labels", "orders"})


class Chunks:
    def __init__(self, database: MongoDatabase) -> None:
        self._chunks = database["chunks"]

    def insert(self, chunks: Sequence[StoredChunk], session: ClientSession) -> None:
        if chunks:
            documents = [{"_id": _key(one), **_document(one)} for one in chunks]
            self._chunks.insert_many(documents, session=session)

    def of_watch(
        self, watch_id: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[StoredChunk]:
        """In order; those that have a check within the time."""
        query: Document = {"_id": key_range(watch_id)}
        if since is not None:
            query["end"] = {"$gte": since}
        if until is not None:
            query["start"] = {"$lte": until}
        for document in self._chunks.find(query).sort("_id", 1):
            yield _CODEC.record(document)

    def remove_ended_before(self, moment: datetime) -> int:
        """One batch; how many."""
        found = self._chunks.find({"end": {"$lt": moment}}, {"_id": 1}).limit(_BATCH)
        ids = [document["_id"] for document in found]
        if ids:
            self._chunks.delete_many({"_id": {"$in": ids}})
        return len(ids)


def _document(chunk: StoredChunk) -> Document:
    """Of a product without the parts that lists alone have."""
    found = _CODEC.document(chunk)
    return {name: one for name, one in found.items() if name not in _OF_LISTS or one}


def _key(chunk: StoredChunk) -> str:
    return f"{chunk.watch_id}:{int(chunk.start.timestamp()):010d}"
