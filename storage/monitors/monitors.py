"""The monitors collection: which lists are followed, and by what rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.codec import Codec
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.project_lists import newest_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRules:
    """`fields` None: all. `context`: what a watch's context is pinned to; None: its first page says.

    Of lists: `top_n`, how many places are followed (None: as many as the type follows); `asins`, whose moves
    of at least `min_move` places are told.
    """

    fields: Sequence[str] | None = None
    loud: Sequence[str] = ()
    confirm: int = 1
    question: bool = True
    context_by: Sequence[str] = ("currency",)
    context: Mapping[str, Any] | None = None
    top_n: int | None = None
    asins: Sequence[str] = ()
    min_move: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """`watch_count` moves with the watches: who adds some writes here, so that a limit holds."""

    id: str
    organization_id: str
    project_id: str
    name: str
    kind: str
    config: Mapping[str, Any]
    rules: MonitorRules
    schedule_id: str | None
    enabled: bool
    watch_count: int
    created_by: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMonitor:
    organization_id: str
    project_id: str
    name: str
    kind: str
    config: Mapping[str, Any]
    rules: MonitorRules
    enabled: bool
    created_by: str | None


_CODEC = Codec(Monitor)
_RULES = Codec(MonitorRules)


class Monitors:
    def __init__(self, database: MongoDatabase) -> None:
        self._monitors = database["monitors"]

    def insert(self, new: NewMonitor, session: ClientSession) -> Monitor:
        now = utc_now()
        monitor = Monitor(
            id=new_id(),
            organization_id=new.organization_id,
            project_id=new.project_id,
            name=new.name,
            kind=new.kind,
            config=new.config,
            rules=new.rules,
            schedule_id=None,
            enabled=new.enabled,
            watch_count=0,
            created_by=new.created_by,
            created_at=now,
            updated_at=now,
        )
        self._monitors.insert_one(_CODEC.document(monitor), session=session)
        return monitor

    def find(
        self,
        monitor_id: str,
        organization_id: str | None = None,
        session: ClientSession | None = None,
    ) -> Monitor | None:
        """The monitor, if it exists and belongs to the organization (None: any organization's)."""
        query: Document = {"_id": monitor_id}
        if organization_id is not None:
            query["organizationId"] = organization_id
        document = self._monitors.find_one(query, session=session)
        return _CODEC.record(document) if document else None

    def list_page(
        self, organization_id: str, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[Monitor], int]:
        """The project's monitors, newest first, and how many there are in all."""
        query = {"projectId": project_id, "organizationId": organization_id}
        found = self._monitors.find(query).sort("_id", -1).skip(offset).limit(limit)
        monitors = [_CODEC.record(document) for document in found]
        return monitors, self._monitors.count_documents(query)

    def newest_of(
        self, organization_id: str, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Monitor]:
        """Of these projects together, newest first; `before`: older than the one of this id."""
        found = newest_documents(
            self._monitors, organization_id, project_ids, limit=limit, before=before
        )
        return [_CODEC.record(one) for one in found]

    def names_of(self, monitor_ids: Iterable[str]) -> dict[str, str]:
        """Of those that there are, by id."""
        found = self._monitors.find({"_id": {"$in": list(monitor_ids)}}, {"name": 1})
        return {document["_id"]: document["name"] for document in found}

    def ids_of_project(self, project_id: str, session: ClientSession) -> list[str]:
        found = self._monitors.find({"projectId": project_id}, {"_id": 1}, session=session)
        return [document["_id"] for document in found]

    def update(
        self, monitor_id: str, changes: Mapping[str, Any], session: ClientSession
    ) -> Monitor | None:
        """`changes`: by the record's own names, `rules` as a record."""
        fields: Document = {
            _NAMES[name]: _RULES.document(value) if name == "rules" else value
            for name, value in changes.items()
        }
        document = self._monitors.find_one_and_update(
            {"_id": monitor_id},
            {"$set": {**fields, "updatedAt": utc_now()}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _CODEC.record(document) if document else None

    def add_watches(self, monitor_id: str, step: int, session: ClientSession) -> Monitor | None:
        """Move its count; None when it is gone. Two that add at once exclude each other."""
        document = self._monitors.find_one_and_update(
            {"_id": monitor_id},
            {"$inc": {"watchCount": step}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _CODEC.record(document) if document else None

    def hold(self, monitor_id: str, session: ClientSession) -> bool:
        """Keep others that hold it, and its removal, waiting until the transaction ends; False when it is
        gone. The count moves, since an update that changes nothing excludes nobody."""
        done = self._monitors.update_one(
            {"_id": monitor_id}, {"$inc": {"holds": 1}}, session=session
        )
        return done.matched_count == 1

    def delete(self, monitor_id: str, session: ClientSession) -> None:
        self._monitors.delete_one({"_id": monitor_id}, session=session)


_NAMES = {
    "name": "name",
    "config": "config",
    "rules": "rules",
    "enabled": "enabled",
    "schedule_id": "scheduleId",
}
