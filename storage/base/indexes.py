"""The indexes that the queries stand on. Made by a command, checked when a process starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from storage.base.connections import MongoDatabase

_DAY_SECONDS = 24 * 60 * 60
# Of the ends of jobs and their deliveries to webhooks.
EVENTS_KEPT_DAYS = 30
_MEANINGFUL_OPTIONS = ("partialFilterExpression", "sparse", "expireAfterSeconds")

INDEXES: dict[str, list[IndexModel]] = {
    "jobs": [
        IndexModel([("organizationId", ASCENDING), ("_id", DESCENDING)], name="by_organization"),
        IndexModel([("projectId", ASCENDING), ("_id", DESCENDING)], name="by_project"),
        IndexModel([("organizationId", 1), ("kind", 1), ("_id", -1)], name="by_kind"),
        IndexModel([("organizationId", 1), ("status", 1), ("_id", -1)], name="by_status"),
        IndexModel(
            [("spider", 1), ("organizationId", 1), ("priority", -1), ("_id", 1)],
            name="to_feed",
            partialFilterExpression={"feedable": True},
        ),
        IndexModel(
            [("status", ASCENDING)],
            name="open",
            partialFilterExpression={"status": {"$in": ["queued", "running"]}},
        ),
        IndexModel(
            [("hasOpenTargets", 1)],
            name="to_close",
            partialFilterExpression={"hasOpenTargets": True},
        ),
        IndexModel([("scheduleId", 1), ("_id", -1)], name="by_schedule", sparse=True),
        IndexModel([("completedAt", 1)], name="ended"),
    ],
    "targets": [
        IndexModel([("jobId", 1), ("status", 1), ("_id", 1)], name="by_job_and_status"),
        IndexModel(
            [("jobId", 1), ("key", 1)],
            name="once_per_job",
            unique=True,
            partialFilterExpression={"key": {"$type": "string"}},
        ),
    ],
    "results": [
        IndexModel([("jobId", 1)], name="by_hand", partialFilterExpression={"jobId": None}),
    ],
    "late_writes": [
        IndexModel([("at", 1)], name="expiry", expireAfterSeconds=EVENTS_KEPT_DAYS * _DAY_SECONDS),
    ],
    "loop_marks": [IndexModel([("at", 1)], name="expiry", expireAfterSeconds=_DAY_SECONDS)],
    "outbox": [
        # One terminal event per job; events of monitors have none.
        IndexModel(
            [("jobId", 1)],
            name="once_per_job",
            unique=True,
            partialFilterExpression={"jobId": {"$type": "string"}},
        ),
        IndexModel([("dispatchedAt", 1), ("_id", 1)], name="to_dispatch"),
        # An event that is not dispatched yet has no date, and stays.
        IndexModel(
            [("dispatchedAt", 1)], name="expiry", expireAfterSeconds=EVENTS_KEPT_DAYS * _DAY_SECONDS
        ),
    ],
    "ledger": [
        IndexModel([("organizationId", 1), ("_id", 1)], name="by_organization"),
        # A job's money moves once in each direction.
        IndexModel(
            [("jobId", 1), ("kind", 1)],
            name="once_per_job",
            unique=True,
            partialFilterExpression={"jobId": {"$type": "string"}},
        ),
    ],
    "users": [
        IndexModel([("emailKey", 1)], name="email", unique=True),
        IndexModel(
            [("usernameKey", 1)],
            name="username",
            unique=True,
            partialFilterExpression={"usernameKey": {"$type": "string"}},
        ),
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "projects": [
        IndexModel([("organizationId", 1), ("_id", 1)], name="by_organization"),
        IndexModel(
            [("organizationId", 1), ("isDefault", 1)],
            name="one_default",
            unique=True,
            partialFilterExpression={"isDefault": True},
        ),
    ],
    "usage": [
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "idempotency": [
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "api_keys": [
        IndexModel([("keyHash", 1)], name="key", unique=True),
        IndexModel([("projectId", 1), ("_id", -1)], name="by_project"),
        IndexModel([("organizationId", 1), ("_id", -1)], name="by_organization"),
    ],
    "invitations": [
        IndexModel([("organizationId", 1), ("_id", -1)], name="by_organization"),
        IndexModel([("tokenHash", 1)], name="token", unique=True),
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
    ],
    "handoffs": [
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
    ],
    "console_sessions": [
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
        IndexModel([("userId", 1), ("seenAt", -1)], name="by_user"),
    ],
    "removals": [
        IndexModel([("kind", 1), ("_id", 1)], name="by_kind"),
    ],
    "categories": [
        IndexModel(
            [("marketplace", 1), ("slug", 1), ("name", 1), ("_id", 1)], name="by_marketplace"
        ),
    ],
    "outcomes": [
        # Those of all time have no hour, and stay.
        IndexModel([("hour", 1)], name="expiry", expireAfterSeconds=8 * _DAY_SECONDS),
    ],
    "field_failures": [],
    "saved_pages": [
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
        # With the bytes: what each organization holds is read from the index alone.
        IndexModel([("organizationId", 1), ("fetchedAt", 1), ("bytes", 1)], name="by_age"),
    ],
    "page_counts": [],
    "operator_settings": [],
    "referral_links": [
        IndexModel([("userId", 1)], name="one_per_user", unique=True),
    ],
    "referrals": [
        IndexModel([("referrerId", 1), ("_id", -1)], name="by_referrer"),
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "commissions": [
        IndexModel([("referrerId", 1), ("_id", -1)], name="by_referrer"),
    ],
    "schedules": [
        IndexModel([("projectId", 1), ("_id", -1)], name="by_project"),
        IndexModel([("organizationId", 1), ("_id", -1)], name="by_organization"),
        IndexModel([("nextRunAt", 1)], name="due", partialFilterExpression={"enabled": True}),
        IndexModel(
            [("queuedSlotAt", 1)],
            name="waiting",
            partialFilterExpression={"queuedSlotAt": {"$type": "date"}},
        ),
    ],
    "spiders": [
        # Deployed spiders belong to the organization None.
        IndexModel([("organizationId", 1), ("name", 1)], name="one_of_a_name", unique=True),
        IndexModel([("repoPath", 1)], name="by_file"),
    ],
    "runs": [
        IndexModel(
            [("state", 1), ("cancelRequestedAt", 1)],
            name="begun",
            partialFilterExpression={"isOpen": True},
        ),
        IndexModel(
            [("organizationId", 1), ("priority", -1), ("_id", 1)],
            name="waiting",
            partialFilterExpression={"state": "waiting"},
        ),
    ],
    "run_logs": [],
    "nodes": [],
    "proxies": [
        IndexModel([("url", 1)], name="once", unique=True),
    ],
    "slots": [
        IndexModel([("recordedAt", 1)], name="expiry", expireAfterSeconds=90 * _DAY_SECONDS),
    ],
    "webhooks": [
        IndexModel([("projectId", 1), ("_id", -1)], name="by_project"),
    ],
    "deliveries": [
        # An event goes to an endpoint once.
        IndexModel([("eventId", 1), ("webhookId", 1)], name="one_per_endpoint", unique=True),
        IndexModel([("webhookId", 1), ("_id", -1)], name="by_webhook"),
        IndexModel(
            [("nextAttemptAt", 1)],
            name="due",
            partialFilterExpression={"status": "pending"},
        ),
        IndexModel(
            [("createdAt", 1)], name="expiry", expireAfterSeconds=EVENTS_KEPT_DAYS * _DAY_SECONDS
        ),
    ],
    "monitors": [
        IndexModel([("projectId", 1), ("_id", -1)], name="by_project"),
    ],
    "watches": [
        IndexModel([("monitorId", 1), ("lastOkAt", 1)], name="by_freshness"),
        IndexModel([("projectId", 1), ("value", 1)], name="by_value"),
    ],
    "chunks": [
        IndexModel([("end", 1)], name="ended"),
    ],
    "receipts": [
        IndexModel([("projectId", 1), ("_id", 1)], name="by_project"),
        IndexModel([("jobId", 1), ("_id", 1)], name="by_job"),
    ],
    "feeds": [],
    "observation_counts": [],
    "changes": [
        IndexModel([("watchId", 1), ("_id", 1)], name="by_watch"),
        IndexModel([("recordedAt", 1)], name="expiry", expireAfterSeconds=90 * _DAY_SECONDS),
    ],
    "rounds": [
        IndexModel([("monitorId", 1), ("_id", -1)], name="by_monitor"),
    ],
    "alerts": [
        IndexModel([("monitorId", 1), ("_id", 1)], name="by_monitor"),
        IndexModel([("projectId", 1), ("_id", -1)], name="by_project"),
    ],
    "firings": [
        IndexModel([("watchId", 1)], name="by_watch"),
        IndexModel([("recordedAt", 1)], name="expiry", expireAfterSeconds=90 * _DAY_SECONDS),
    ],
    "audit": [
        IndexModel([("organizationId", 1), ("createdAt", -1), ("_id", -1)], name="by_time"),
        IndexModel([("entityId", 1)], name="by_entity"),
    ],
}


def create_indexes(database: MongoDatabase) -> None:
    """Make what is missing; harmless to repeat."""
    for collection, models in INDEXES.items():
        if models:
            database[collection].create_indexes(models)


def wrong_indexes(database: MongoDatabase) -> list[str]:
    """Names (`collection.index`) of indexes that have our name, and other keys or options."""
    wrong = []
    for collection, models in INDEXES.items():
        present = {index["name"]: index for index in database[collection].list_indexes()}
        for model in models:
            name = model.document["name"]
            if name in present and _meaning(present[name]) != _meaning(model.document):
                wrong.append(f"{collection}.{name}")
    return wrong


def _meaning(index: Mapping[str, Any]) -> dict[str, Any]:
    """The keys in their order, and the options that change what is stored or refused."""
    options = {name: index.get(name) for name in _MEANINGFUL_OPTIONS}
    return {"key": list(index["key"].items()), **options, "unique": bool(index.get("unique"))}


def missing_indexes(database: MongoDatabase) -> list[str]:
    """Names (`collection.index`) of indexes that are not there."""
    missing = []
    for collection, models in INDEXES.items():
        present = set(database[collection].index_information())
        names = (model.document["name"] for model in models)
        missing += [f"{collection}.{name}" for name in names if name not in present]
    return missing
