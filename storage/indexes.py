"""The indexes that the queries stand on. Made by a command, checked when a process starts."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from storage.connections import MongoDatabase

INDEXES: dict[str, list[IndexModel]] = {
    "jobs": [
        IndexModel([("organizationId", ASCENDING), ("_id", DESCENDING)], name="by_organization"),
        IndexModel([("projectId", ASCENDING), ("_id", DESCENDING)], name="by_project"),
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
    "outbox": [
        # One terminal event per job.
        IndexModel([("jobId", 1)], name="one_per_job", unique=True),
        IndexModel([("dispatchedAt", 1), ("_id", 1)], name="to_dispatch"),
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
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "projects": [
        IndexModel([("organizationId", 1), ("_id", 1)], name="by_organization"),
    ],
    "usage": [
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "idempotency": [
        IndexModel([("expiresAt", 1)], name="expiry", expireAfterSeconds=0),
        IndexModel([("organizationId", 1)], name="by_organization"),
    ],
    "audit": [
        IndexModel([("organizationId", 1), ("_id", -1)], name="by_organization"),
    ],
}


def create_indexes(database: MongoDatabase) -> None:
    """Make what is missing; harmless to repeat."""
    for collection, models in INDEXES.items():
        database[collection].create_indexes(models)


def missing_indexes(database: MongoDatabase) -> list[str]:
    """Names (`collection.index`) of indexes that are not there."""
    missing = []
    for collection, models in INDEXES.items():
        present = set(database[collection].index_information())
        names = (model.document["name"] for model in models)
        missing += [f"{collection}.{name}" for name in names if name not in present]
    return missing
