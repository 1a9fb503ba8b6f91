"""What changes in stored data from one release to the next, in order.

`python -m control_api.manage migrate` runs what is pending. A migration can be interrupted at any
point and is then run again from its beginning, so each must leave alone what it has changed already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase
from storage.base.ids import key_range, new_id
from storage.base.indexes import create_indexes
from storage.base.job_head import HEAD_TARGETS, head_of_targets
from storage.base.records import OPEN_TARGET

_COLLECTION = "schema"
_LOCK = "lock"
_LOCK_TIME = timedelta(minutes=10)
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Migration:
    """`number` orders them, and is never used again."""

    number: int
    name: str
    apply: Callable[[MongoDatabase], None]


class MigrationRunning(Exception):
    """Another process migrates this database. What was run before it began stays done."""


def migrate(database: MongoDatabase, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Make missing indexes and run what is pending; the names of what was run.

    Raises MigrationRunning, also when a migration took longer than the lock and another process has
    taken that meanwhile.
    """
    done = []
    with _lock(database) as owner:
        create_indexes(database)
        for migration in pending(database, migrations):
            migration.apply(database)
            # Before it is noted: who has the lock now runs the same migration, and notes it.
            _renew(database, owner)
            database[_COLLECTION].insert_one(
                {"_id": migration.number, "name": migration.name, "doneAt": utc_now()}
            )
            done.append(migration.name)
    return done


def pending(
    database: MongoDatabase, migrations: Sequence[Migration] | None = None
) -> list[Migration]:
    """What was not run on this database yet, in order."""
    known = MIGRATIONS if migrations is None else migrations
    done = {document["_id"] for document in database[_COLLECTION].find({}, {"_id": 1})}
    return [one for one in sorted(known, key=lambda one: one.number) if one.number not in done]


@contextmanager
def _lock(database: MongoDatabase) -> Iterator[str]:
    """Yields the owner, which alone may renew and release it."""
    owner = new_id()
    now = utc_now()
    try:
        database[_COLLECTION].update_one(
            {"_id": _LOCK, "until": {"$lt": now}},
            {"$set": {"owner": owner, "until": now + _LOCK_TIME}},
            upsert=True,
        )
    except DuplicateKeyError as error:
        raise MigrationRunning from error
    try:
        yield owner
    finally:
        database[_COLLECTION].delete_one({"_id": _LOCK, "owner": owner})


def _renew(database: MongoDatabase, owner: str) -> None:
    renewed = database[_COLLECTION].update_one(
        {"_id": _LOCK, "owner": owner}, {"$set": {"until": utc_now() + _LOCK_TIME}}
    )
    if not renewed.matched_count:
        raise MigrationRunning


def _end_keys_of_former_members(database: MongoDatabase) -> None:
    """API keys whose maker was removed from the organization: they open nothing any more."""
    makers = {
        (user["_id"], user["organizationId"])
        for user in database["users"].find({}, {"organizationId": 1})
    }
    dead = [
        key["_id"]
        for key in database["api_keys"].find({}, {"createdBy": 1, "organizationId": 1})
        if (key["createdBy"], key["organizationId"]) not in makers
    ]
    for start in range(0, len(dead), _BATCH):
        database["api_keys"].delete_many({"_id": {"$in": dead[start : start + _BATCH]}})


def _name_targets_in_seeds(database: MongoDatabase) -> None:
    """Rows name their target; a seed of an open job from before does not carry the text."""
    kinds = {"kind": {"$in": ["search", "details"]}, "status": {"$in": ["queued", "running"]}}
    for job in database["jobs"].find(kinds, {"_id": 1}):
        database["targets"].update_many(
            {
                "jobId": job["_id"],
                "status": {"$in": [status.value for status in OPEN_TARGET]},
                "seed.target": {"$exists": False},
            },
            [{"$set": {"seed.target": "$value"}}],
        )


def _show_first_targets_in_jobs(database: MongoDatabase) -> None:
    """Lists of jobs show and search the first targets; a job from before does not carry their texts."""
    for job in database["jobs"].find({"head": {"$exists": False}}, {"_id": 1}):
        query = {"_id": key_range(job["_id"])}
        first = database["targets"].find(query, {"value": 1}).sort("_id", 1).limit(HEAD_TARGETS)
        head = head_of_targets(target["value"] for target in first)
        database["jobs"].update_one({"_id": job["_id"]}, {"$set": {"head": head}})


def _let_events_have_no_job(database: MongoDatabase) -> None:
    """The index of before allows one event without a job; `once_per_job` has taken its place."""
    if "one_per_job" in database["outbox"].index_information():
        database["outbox"].drop_index("one_per_job")


MIGRATIONS = (
    Migration(1, "API keys of former members end", _end_keys_of_former_members),
    Migration(2, "seeds of open jobs name their target", _name_targets_in_seeds),
    Migration(3, "jobs carry the texts of their first targets", _show_first_targets_in_jobs),
    Migration(4, "events may belong to no job", _let_events_have_no_job),
)
