"""The changes collection: a project's changes in order. A change never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from storage.base.codec import Codec
from storage.base.connections import MongoDatabase
from storage.base.ids import key_range


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange:
    """`before` and `after` as the rules of monitors store values. `item`: who of a list it is about, with the
    `label` that people know it by."""

    project_id: str
    seq: int
    organization_id: str
    monitor_id: str
    watch_id: str
    value: str
    job_id: str
    target: str
    kind: str
    field: str | None
    before: Any
    after: Any
    currency: str | None
    at: datetime
    before_at: datetime | None
    unknown_since: datetime | None
    is_confirmed: bool
    flags: Sequence[str]
    recorded_at: datetime
    item: str | None = None
    label: str | None = None


_CODEC = Codec(StoredChange)


class Changes:
    def __init__(self, database: MongoDatabase) -> None:
        self._changes = database["changes"]

    def insert(self, changes: Sequence[StoredChange], session: ClientSession) -> None:
        if changes:
            documents = [
                {"_id": _key(one.project_id, one.seq), **_CODEC.document(one)} for one in changes
            ]
            self._changes.insert_many(documents, session=session)

    def after(self, project_id: str, seq: int, *, limit: int) -> list[StoredChange]:
        """Those behind the number, in order."""
        keys = {"$gt": _key(project_id, seq), "$lt": key_range(project_id)["$lt"]}
        found = self._changes.find({"_id": keys}).sort("_id", 1).limit(limit)
        return [_CODEC.record(document) for document in found]

    def of_watch(self, watch_id: str, since: datetime) -> list[StoredChange]:
        """In order."""
        query = {"watchId": watch_id, "at": {"$gte": since}}
        return [_CODEC.record(document) for document in self._changes.find(query).sort("_id", 1)]

    def newest(self, project_id: str, *, since: datetime, limit: int) -> list[StoredChange]:
        """Those that were found since then, the latest first."""
        found = self._changes.find({"_id": key_range(project_id)}).sort("_id", -1).limit(limit)
        changes = [_CODEC.record(document) for document in found]
        return [change for change in changes if change.recorded_at >= since]

    def oldest(self, project_id: str) -> int | None:
        """The number of the oldest one that is kept."""
        document = self._changes.find_one(
            {"_id": key_range(project_id)}, {"seq": 1}, sort=[("_id", 1)]
        )
        return int(document["seq"]) if document else None


def _key(project_id: str, seq: int) -> str:
    return f"{project_id}:{seq:012d}"
