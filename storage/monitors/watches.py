"""The watches collection: one document a product that is followed, with what is known of it and the open
piece of its history. Its key begins with its monitor's, so a monitor's watches are a range of keys."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from pymongo import InsertOne, ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.codec import Codec
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range

_BATCH = 1_000
_ASIN = re.compile(r"[A-Z0-9]{10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatch:
    """`value`: the product's number, the keyword, or what else tells it apart within its monitor."""

    value: str
    label: str | None = None
    tags: Sequence[str] = ()
    note: str | None = None
    target: Decimal | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`known`: what the rules of monitors know of it, as they store it. `chunk`: the open piece of its
    history. `alerts`: the state of each alert here, by the alert's id."""

    id: str
    monitor_id: str
    organization_id: str
    project_id: str
    value: str
    label: str | None
    tags: Sequence[str]
    note: str | None
    target: Decimal | None
    enabled: bool
    created_at: datetime
    known: Mapping[str, Any] = field(default_factory=dict)
    chunk: Mapping[str, Any] | None = None
    alerts: Mapping[str, Any] = field(default_factory=dict)
    # Of its first page.
    started_at: datetime | None = None
    last_ok_at: datetime | None = None
    changed_at: datetime | None = None
    is_gone: bool = False

    @property
    def key(self) -> str:
        """What tells it apart among the watches of its monitor."""
        return self.id.removeprefix(f"{self.monitor_id}:")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchMove:
    """What one check changes: fields to set, by their path, and the check to append to the open piece; of a
    list also its order."""

    id: str
    fields: Mapping[str, Any]
    check: int | None = None
    order: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFilter:
    """None asks for all. `stale_before`: no page of its own context since then."""

    tag: str | None = None
    is_gone: bool | None = None
    stale_before: datetime | None = None
    changed_since: datetime | None = None
    enabled: bool | None = None
    # The last check brought no page of its own context.
    has_missed: bool | None = None


_CODEC = Codec(Watch)


def watch_id(monitor_id: str, value: str) -> str:
    """A product's number stands for itself; of a longer text, such as a keyword, its digest does, which
    addresses of pages can hold."""
    if _ASIN.fullmatch(value):
        return f"{monitor_id}:{value}"
    digest = blake2b(value.encode(), digest_size=10).digest()
    return f"{monitor_id}:{base64.b32encode(digest).decode().lower()}"


class Watches:
    def __init__(self, database: MongoDatabase) -> None:
        self._watches = database["watches"]

    def known_among(
        self, monitor_id: str, values: Iterable[str], session: ClientSession
    ) -> set[str]:
        """Which of the values the monitor has already."""
        ids = [watch_id(monitor_id, value) for value in values]
        found = self._watches.find({"_id": {"$in": ids}}, {"value": 1}, session=session)
        return {document["value"] for document in found}

    def insert(
        self,
        news: Sequence[NewWatch],
        *,
        monitor_id: str,
        organization_id: str,
        project_id: str,
        session: ClientSession,
    ) -> None:
        now = utc_now()
        writes = [
            InsertOne(
                _CODEC.document(
                    Watch(
                        id=watch_id(monitor_id, new.value),
                        monitor_id=monitor_id,
                        organization_id=organization_id,
                        project_id=project_id,
                        value=new.value,
                        label=new.label,
                        tags=new.tags,
                        note=new.note,
                        target=new.target,
                        enabled=new.enabled,
                        created_at=now,
                    )
                )
            )
            for new in news
        ]
        for start in range(0, len(writes), _BATCH):
            self._watches.bulk_write(writes[start : start + _BATCH], session=session)

    def find(
        self, watch_id_: str, organization_id: str, session: ClientSession | None = None
    ) -> Watch | None:
        query = {"_id": watch_id_, "organizationId": organization_id}
        document = self._watches.find_one(query, session=session)
        return _CODEC.record(document) if document else None

    def among(self, ids: Iterable[str], session: ClientSession | None = None) -> dict[str, Watch]:
        found = self._watches.find({"_id": {"$in": list(ids)}}, session=session)
        return {document["_id"]: _CODEC.record(document) for document in found}

    def shown_among(self, ids: Iterable[str], organization_id: str) -> list[Watch]:
        """Those of the organization, without the open piece of their history."""
        query = {"_id": {"$in": list(ids)}, "organizationId": organization_id}
        return [_CODEC.record(document) for document in self._watches.find(query, {"chunk": 0})]

    def of_value(self, project_ids: Sequence[str], value: str) -> list[Watch]:
        """Of all monitors of these projects."""
        query = {"projectId": {"$in": list(project_ids)}, "value": value}
        found = self._watches.find(query, {"chunk": 0}).sort("_id", 1)
        return [_CODEC.record(document) for document in found]

    def list_page(
        self,
        monitor_id: str,
        chosen: WatchFilter,
        *,
        limit: int,
        after: str | None = None,
        has_chunk: bool = False,
    ) -> list[Watch]:
        """In the order of their keys; `after`: the key of the last one seen. `has_chunk`: with the open
        piece of their history."""
        query = _query(monitor_id, chosen)
        if after is not None:
            query["_id"]["$gt"] = max(query["_id"]["$gt"], after)
        parts = None if has_chunk else {"chunk": 0}
        found = self._watches.find(query, parts).sort("_id", 1).limit(limit)
        return [_CODEC.record(document) for document in found]

    def iterate(self, monitor_id: str, chosen: WatchFilter | None = None) -> Iterator[Watch]:
        """Every watch of the monitor with the open piece of its history, a batch at a time."""
        found = self._watches.find(_query(monitor_id, chosen or WatchFilter())).sort("_id", 1)
        for document in found:
            yield _CODEC.record(document)

    def values(self, monitor_id: str, chosen: WatchFilter) -> list[str]:
        found = self._watches.find(_query(monitor_id, chosen), {"value": 1}).sort("_id", 1)
        return [document["value"] for document in found]

    def last_good_pages(self, monitor_id: str) -> list[datetime | None]:
        """Of each watch that is enabled; None: it had none."""
        found = self._watches.find(
            _query(monitor_id, WatchFilter(enabled=True)), {"lastOkAt": 1, "_id": 0}
        )
        return [document.get("lastOkAt") for document in found]

    def count(self, monitor_id: str, chosen: WatchFilter) -> int:
        return self._watches.count_documents(_query(monitor_id, chosen))

    def update(
        self, watch_id_: str, fields: Mapping[str, Any], session: ClientSession
    ) -> Watch | None:
        document = self._watches.find_one_and_update(
            {"_id": watch_id_},
            {"$set": dict(fields)},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _CODEC.record(document) if document else None

    def set_many(
        self, monitor_id: str, changes: Mapping[str, Mapping[str, Any]], session: ClientSession
    ) -> None:
        """`changes`: the fields to set, by the watch's value."""
        writes = [
            UpdateOne({"_id": watch_id(monitor_id, value)}, {"$set": dict(fields)})
            for value, fields in changes.items()
            if fields
        ]
        for start in range(0, len(writes), _BATCH):
            self._watches.bulk_write(writes[start : start + _BATCH], session=session)

    def disable_but(self, monitor_id: str, values: Sequence[str], session: ClientSession) -> int:
        """Switch off every watch of the monitor that is not among `values`; how many."""
        query = {"_id": key_range(monitor_id), "value": {"$nin": list(values)}, "enabled": True}
        done = self._watches.update_many(query, {"$set": {"enabled": False}}, session=session)
        return done.modified_count

    def move(self, moves: Sequence[WatchMove], session: ClientSession) -> None:
        writes = []
        for one in moves:
            change: Document = {"$set": dict(one.fields)} if one.fields else {}
            if one.check is not None:
                change["$push"] = {"chunk.checks": one.check}
                if one.order is not None:
                    change["$push"]["chunk.orders"] = one.order
            if change:
                writes.append(UpdateOne({"_id": one.id}, change))
        if writes:
            self._watches.bulk_write(writes, ordered=False, session=session)

    def delete(self, watch_id_: str, session: ClientSession) -> bool:
        return self._watches.delete_one({"_id": watch_id_}, session=session).deleted_count == 1


def _query(monitor_id: str, chosen: WatchFilter) -> Document:
    query: Document = {"_id": dict(key_range(monitor_id))}
    if chosen.tag is not None:
        query["tags"] = chosen.tag
    if chosen.is_gone is not None:
        query["isGone"] = chosen.is_gone
    if chosen.enabled is not None:
        query["enabled"] = chosen.enabled
    if chosen.has_missed:
        query["known.missed"] = {"$gt": 0}
    if chosen.changed_since is not None:
        query["changedAt"] = {"$gte": chosen.changed_since}
    if chosen.stale_before is not None:
        query |= {
            "monitorId": monitor_id,
            "$or": [{"lastOkAt": None}, {"lastOkAt": {"$lt": chosen.stale_before}}],
        }
    return query
