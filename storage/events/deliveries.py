"""The deliveries collection: one event on its way to one endpoint, with each try. Kept for 30 days.

A sender takes a delivery by moving its `nextAttemptAt` past the end of a lease: should it die, the
delivery comes due again by itself. Its result is written under the token of that lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id

MAX_ATTEMPTS_KEPT = 50


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """`body` is what is signed and sent, the same bytes on each try."""

    organization_id: str
    webhook_id: str
    event_id: str
    event_type: str
    body: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One exchange: an answer's status, or the error that left us without one."""

    at: datetime
    duration_ms: int
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`tries` counts since the event came or was asked for again; `attempts` are all, latest last."""

    id: str
    organization_id: str
    webhook_id: str
    event_id: str
    event_type: str
    job_id: str | None
    body: str
    status: DeliveryStatus
    attempts: Sequence[Attempt]
    tries: int
    token: int
    next_attempt_at: datetime | None
    created_at: datetime
    completed_at: datetime | None

    @property
    def message_id(self) -> str:
        """`webhook-id`: the same on each try and at each endpoint, so receivers can tell repeats."""
        return f"msg_{self.event_id}"


class Deliveries:
    def __init__(self, database: MongoDatabase) -> None:
        self._deliveries = database["deliveries"]

    def insert(self, new: NewDelivery, session: ClientSession) -> Delivery:
        """Due at once. A second one for the same event and webhook breaks the unique index."""
        now = utc_now()
        document: Document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "webhookId": new.webhook_id,
            "eventId": new.event_id,
            "eventType": new.event_type,
            "jobId": new.job_id,
            "body": new.body,
            "status": DeliveryStatus.PENDING.value,
            "attempts": [],
            "tries": 0,
            "token": 0,
            "nextAttemptAt": now,
            "createdAt": now,
            "completedAt": None,
        }
        self._deliveries.insert_one(document, session=session)
        return _delivery_from_document(document)

    def claim(
        self,
        now: datetime,
        *,
        lease_seconds: float,
        without_webhooks: Iterable[str] = (),
        without_organizations: Iterable[str] = (),
    ) -> Delivery | None:
        """The delivery that is due longest, for one sender until its lease ends."""
        query: Document = {
            "status": DeliveryStatus.PENDING.value,
            "nextAttemptAt": {"$lte": now},
            "webhookId": {"$nin": list(without_webhooks)},
            "organizationId": {"$nin": list(without_organizations)},
        }
        document = self._deliveries.find_one_and_update(
            query,
            {
                "$set": {"nextAttemptAt": now + timedelta(seconds=lease_seconds)},
                "$inc": {"token": 1},
            },
            sort=[("nextAttemptAt", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return _delivery_from_document(document) if document else None

    def record(
        self,
        delivery: Delivery,
        attempt: Attempt,
        *,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> bool:
        """Write how a try ended; False when the lease was lost to another sender meanwhile."""
        done = self._deliveries.update_one(
            self._held(delivery),
            {
                "$set": _end_fields(status, next_attempt_at),
                "$inc": {"tries": 1},
                "$push": {
                    "attempts": {
                        "$each": [_attempt_document(attempt)],
                        "$slice": -MAX_ATTEMPTS_KEPT,
                    }
                },
            },
        )
        return done.modified_count == 1

    def give_up(self, delivery: Delivery) -> None:
        """End it as failed without a try: there is nobody to send it to any more."""
        fields = _end_fields(DeliveryStatus.FAILED, None)
        self._deliveries.update_one(self._held(delivery), {"$set": fields})

    def send_again(
        self, delivery_id: str, webhook_id: str, session: ClientSession
    ) -> Delivery | None:
        """Make the delivery due now, with all its tries before it; None when there is no such one."""
        document = self._deliveries.find_one_and_update(
            {"_id": delivery_id, "webhookId": webhook_id},
            {
                "$set": {
                    "status": DeliveryStatus.PENDING.value,
                    "tries": 0,
                    "nextAttemptAt": utc_now(),
                    "completedAt": None,
                },
                # A try that runs now cannot end what was asked for after it began.
                "$inc": {"token": 1},
            },
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _delivery_from_document(document) if document else None

    def list_page(
        self, webhook_id: str, *, status: DeliveryStatus | None, limit: int, offset: int
    ) -> tuple[list[Delivery], int]:
        """The webhook's deliveries, newest first, and how many there are in all."""
        query: Document = {"webhookId": webhook_id}
        if status is not None:
            query["status"] = status.value
        found = self._deliveries.find(query).sort("_id", -1).skip(offset).limit(limit)
        deliveries = [_delivery_from_document(document) for document in found]
        return deliveries, self._deliveries.count_documents(query)

    def delete_of_webhook(self, webhook_id: str, session: ClientSession) -> None:
        self._deliveries.delete_many({"webhookId": webhook_id}, session=session)

    def _held(self, delivery: Delivery) -> Document:
        return {
            "_id": delivery.id,
            "token": delivery.token,
            "status": DeliveryStatus.PENDING.value,
        }


def _end_fields(status: DeliveryStatus, next_attempt_at: datetime | None) -> Document:
    is_over = status is not DeliveryStatus.PENDING
    return {
        "status": status.value,
        "nextAttemptAt": next_attempt_at,
        "completedAt": utc_now() if is_over else None,
    }


def _attempt_document(attempt: Attempt) -> Document:
    return {
        "at": attempt.at,
        "durationMs": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
    }


def _delivery_from_document(document: Document) -> Delivery:
    return Delivery(
        id=document["_id"],
        organization_id=document["organizationId"],
        webhook_id=document["webhookId"],
        event_id=document["eventId"],
        event_type=document["eventType"],
        job_id=document["jobId"],
        body=document["body"],
        status=DeliveryStatus(document["status"]),
        attempts=[
            Attempt(
                at=one["at"],
                duration_ms=one["durationMs"],
                status=one["status"],
                error=one["error"],
            )
            for one in document["attempts"]
        ],
        tries=document["tries"],
        token=document["token"],
        next_attempt_at=document["nextAttemptAt"],
        created_at=document["createdAt"],
        completed_at=document["completedAt"],
    )
