"""The audit collection: who did what. Append-only; nothing here changes or removes an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAuditEntry:
    organization_id: str
    user_id: str | None
    # As they were at that moment: the account may be gone when somebody reads the entry.
    user_email: str | None = None
    user_name: str | None = None
    action: str
    entity_type: str
    entity_id: str
    entity_name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    ip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    id: str
    organization_id: str
    user_id: str | None
    user_email: str | None
    user_name: str | None
    action: str
    entity_type: str
    entity_id: str
    entity_name: str | None
    metadata: Mapping[str, Any]
    ip: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Entries of `since` up to and with `until`; None asks for all."""

    action: str | None = None
    entity_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


# Ids of two processes are not in order within one second; times are, to the millisecond.
_NEWEST_FIRST = [("createdAt", -1), ("_id", -1)]


class Audit:
    def __init__(self, database: MongoDatabase) -> None:
        self._entries = database["audit"]

    def insert(self, new: NewAuditEntry, session: ClientSession | None = None) -> None:
        self._entries.insert_one(
            {
                "_id": new_id(),
                "organizationId": new.organization_id,
                "userId": new.user_id,
                "userEmail": new.user_email,
                "userName": new.user_name,
                "action": new.action,
                "entityType": new.entity_type,
                "entityId": new.entity_id,
                "entityName": new.entity_name,
                "metadata": dict(new.metadata),
                "ip": new.ip,
                "createdAt": utc_now(),
            },
            session=session,
        )

    def list_page(
        self,
        organization_id: str,
        *,
        limit: int,
        offset: int,
        chosen: AuditFilter | None = None,
    ) -> tuple[list[AuditEntry], int]:
        """Entries, newest first, and how many there are in all."""
        query = {"organizationId": organization_id, **_query_from_filter(chosen or AuditFilter())}
        found = self._entries.find(query).sort(_NEWEST_FIRST).skip(offset).limit(limit)
        entries = [_entry_from_document(document) for document in found]
        return entries, self._entries.count_documents(query)


def _query_from_filter(chosen: AuditFilter) -> Document:
    query: Document = {}
    if chosen.action is not None:
        query["action"] = chosen.action
    if chosen.entity_type is not None:
        query["entityType"] = chosen.entity_type
    moments = {"$gte": chosen.since, "$lte": chosen.until}
    wanted = {key: moment for key, moment in moments.items() if moment is not None}
    if wanted:
        query["createdAt"] = wanted
    return query


def _entry_from_document(document: Document) -> AuditEntry:
    return AuditEntry(
        id=document["_id"],
        organization_id=document["organizationId"],
        user_id=document["userId"],
        user_email=document.get("userEmail"),
        user_name=document.get("userName"),
        action=document["action"],
        entity_type=document["entityType"],
        entity_id=document["entityId"],
        entity_name=document.get("entityName"),
        metadata=document["metadata"],
        ip=document["ip"],
        created_at=document["createdAt"],
    )
