"""The webhooks collection: where a project's events go, and the secrets that sign them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.project_lists import newest_documents


@dataclass(frozen=True, slots=True)
class Secret:
    """`expires_at` None: the current one."""

    value: str = field(repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    organization_id: str
    project_id: str
    url: str
    events: Sequence[str]
    enabled: bool
    secret: str = field(repr=False)
    monitor_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`secrets`: the current one first, then those that a rotation left valid for a while.

    `monitor_ids`: whose events it waits for; none: those of all monitors.
    """

    id: str
    organization_id: str
    project_id: str
    url: str
    events: Sequence[str]
    enabled: bool
    disabled_reason: str | None
    secrets: Sequence[Secret]
    created_at: datetime
    updated_at: datetime
    monitor_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What changes; None stays as it is."""

    url: str | None = None
    events: Sequence[str] | None = None
    enabled: bool | None = None
    secrets: Sequence[Secret] | None = None
    monitor_ids: Sequence[str] | None = None


class Webhooks:
    def __init__(self, database: MongoDatabase) -> None:
        self._webhooks = database["webhooks"]

    def insert(self, new: NewWebhook, session: ClientSession) -> Webhook:
        now = utc_now()
        document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "projectId": new.project_id,
            "url": new.url,
            "events": list(new.events),
            "monitorIds": list(new.monitor_ids),
            "enabled": new.enabled,
            "disabledReason": None,
            "secrets": [_secret_document(Secret(new.secret))],
            "createdAt": now,
            "updatedAt": now,
        }
        self._webhooks.insert_one(document, session=session)
        return _webhook_from_document(document)

    def find(
        self,
        webhook_id: str,
        organization_id: str | None = None,
        session: ClientSession | None = None,
    ) -> Webhook | None:
        """The webhook, if it exists and belongs to the organization (None: any organization's)."""
        query: Document = {"_id": webhook_id}
        if organization_id is not None:
            query["organizationId"] = organization_id
        document = self._webhooks.find_one(query, session=session)
        return _webhook_from_document(document) if document else None

    def list_page(
        self, organization_id: str, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[Webhook], int]:
        """The project's webhooks, newest first, and how many there are in all."""
        query = {"projectId": project_id, "organizationId": organization_id}
        found = self._webhooks.find(query).sort("_id", -1).skip(offset).limit(limit)
        webhooks = [_webhook_from_document(document) for document in found]
        return webhooks, self._webhooks.count_documents(query)

    def newest_of(
        self, organization_id: str, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Webhook]:
        """Of these projects together, newest first; `before`: older than the one of this id."""
        found = newest_documents(
            self._webhooks, organization_id, project_ids, limit=limit, before=before
        )
        return [_webhook_from_document(one) for one in found]

    def list_enabled(self, project_ids: Iterable[str]) -> list[Webhook]:
        query = {"projectId": {"$in": sorted(set(project_ids))}, "enabled": True}
        return [_webhook_from_document(document) for document in self._webhooks.find(query)]

    def count_of_project(self, project_id: str, session: ClientSession) -> int:
        return self._webhooks.count_documents({"projectId": project_id}, session=session)

    def ids_of_project(self, project_id: str, session: ClientSession) -> list[str]:
        found = self._webhooks.find({"projectId": project_id}, {"_id": 1}, session=session)
        return [document["_id"] for document in found]

    def update(
        self, webhook_id: str, change: WebhookChange, session: ClientSession
    ) -> Webhook | None:
        fields: Document = {"updatedAt": utc_now()}
        if change.url is not None:
            fields["url"] = change.url
        if change.events is not None:
            fields["events"] = list(change.events)
        if change.monitor_ids is not None:
            fields["monitorIds"] = list(change.monitor_ids)
        if change.enabled is not None:
            fields |= {"enabled": change.enabled, "disabledReason": None}
        if change.secrets is not None:
            fields["secrets"] = [_secret_document(secret) for secret in change.secrets]
        document = self._webhooks.find_one_and_update(
            {"_id": webhook_id},
            {"$set": fields},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _webhook_from_document(document) if document else None

    def disable(self, webhook_id: str, *, reason: str) -> None:
        self._webhooks.update_one(
            {"_id": webhook_id, "enabled": True},
            {"$set": {"enabled": False, "disabledReason": reason, "updatedAt": utc_now()}},
        )

    def delete(self, webhook_id: str, session: ClientSession) -> None:
        self._webhooks.delete_one({"_id": webhook_id}, session=session)


def _secret_document(secret: Secret) -> Document:
    return {"value": secret.value, "expiresAt": secret.expires_at}


def _webhook_from_document(document: Document) -> Webhook:
    return Webhook(
        id=document["_id"],
        organization_id=document["organizationId"],
        project_id=document["projectId"],
        url=document["url"],
        events=document["events"],
        enabled=document["enabled"],
        disabled_reason=document["disabledReason"],
        secrets=[Secret(one["value"], one["expiresAt"]) for one in document["secrets"]],
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        # Webhooks of earlier versions have none.
        monitor_ids=document.get("monitorIds", ()),
    )
