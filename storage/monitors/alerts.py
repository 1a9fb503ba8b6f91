"""The alerts and firings collections: what a user wants to be told, and when it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.codec import Codec
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range, new_id
from storage.base.project_lists import newest_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """`when`: the condition, as the client sent it. `tags`: only watches that have one of them."""

    organization_id: str
    project_id: str
    monitor_id: str
    name: str
    when: Mapping[str, Any]
    rearm_percent: float = 0
    again_percent: float | None = None
    cooldown_seconds: int = 0
    fire_on_first: bool = True
    tags: Sequence[str] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(NewAlert):
    """`version` grows with a new condition: what watches know of an older one does not count."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """`seq`: the number of the feed's latest change when it fired, with a place behind it. `data`: what the
    event tells of it."""

    id: str
    alert_id: str
    monitor_id: str
    watch_id: str
    at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]


_ALERT = Codec(Alert)
_FIRING = Codec(Firing)


class Alerts:
    def __init__(self, database: MongoDatabase) -> None:
        self._alerts = database["alerts"]

    def insert(self, new: NewAlert, session: ClientSession) -> Alert:
        now = utc_now()
        own = {name: getattr(new, name) for name in NewAlert.__dataclass_fields__}
        alert = Alert(id=new_id(), version=1, created_at=now, updated_at=now, **own)
        self._alerts.insert_one(_ALERT.document(alert), session=session)
        return alert

    def find(
        self, alert_id: str, organization_id: str, session: ClientSession | None = None
    ) -> Alert | None:
        query = {"_id": alert_id, "organizationId": organization_id}
        document = self._alerts.find_one(query, session=session)
        return _ALERT.record(document) if document else None

    def of_monitor(self, monitor_id: str, session: ClientSession | None = None) -> list[Alert]:
        """Oldest first."""
        found = self._alerts.find({"monitorId": monitor_id}, session=session).sort("_id", 1)
        return [_ALERT.record(document) for document in found]

    def newest_of(
        self, organization_id: str, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Alert]:
        """Of these projects together, newest first, older than `before`."""
        found = newest_documents(
            self._alerts, organization_id, project_ids, limit=limit, before=before
        )
        return [_ALERT.record(document) for document in found]

    def update(
        self, alert_id: str, fields: Mapping[str, Any], *, rearms: bool, session: ClientSession
    ) -> Alert | None:
        change: Document = {"$set": {**fields, "updatedAt": utc_now()}}
        if rearms:
            change["$inc"] = {"version": 1}
        document = self._alerts.find_one_and_update(
            {"_id": alert_id}, change, return_document=ReturnDocument.AFTER, session=session
        )
        return _ALERT.record(document) if document else None

    def delete(self, alert_id: str, session: ClientSession) -> None:
        self._alerts.delete_one({"_id": alert_id}, session=session)

    def delete_of_monitor(self, monitor_id: str, session: ClientSession) -> None:
        self._alerts.delete_many({"monitorId": monitor_id}, session=session)


class Firings:
    def __init__(self, database: MongoDatabase) -> None:
        self._firings = database["firings"]

    def insert(self, firings: Sequence[Firing], session: ClientSession) -> None:
        if firings:
            self._firings.insert_many([_FIRING.document(one) for one in firings], session=session)

    def latest_of(self, alert_ids: Sequence[str]) -> dict[str, Firing]:
        """The latest firing of each alert that has fired."""
        found: dict[str, Firing] = {}
        for alert_id in alert_ids:
            for firing in self.list_page(alert_id, limit=1, before=None):
                found[alert_id] = firing
        return found

    def list_page(self, alert_id: str, *, limit: int, before: str | None) -> list[Firing]:
        """Latest first; `before`: the key of the last one seen."""
        keys = key_range(alert_id)
        if before is not None:
            keys["$lt"] = min(keys["$lt"], before)
        found = self._firings.find({"_id": keys}).sort("_id", -1).limit(limit)
        return [_FIRING.record(document) for document in found]
