"""How a job went: its moments in order, what ended when, and which fields its rows have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import exactly, key_range
from storage.base.records import Job, TargetStatus
from storage.runs.runs import Loss

MAX_MOMENTS = 1_000
_MAX_REDELIVERED = 100
_PLAIN_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")
_EVER_SETTLED = [TargetStatus.SUCCESS.value, TargetStatus.FAILED.value]
# What a field that was not found may look like.
_EMPTY: list[Any] = [None, "", []]


@dataclass(frozen=True, slots=True)
class Moment:
    """`event` is for programs, `text` for people."""

    at: datetime
    event: str
    text: str


@dataclass(slots=True)
class Cell:
    """How many targets ended in a span of time that begins at `at`."""

    at: datetime
    ended: Counter[TargetStatus] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Filled:
    """In how many of the `rows` that were looked at each path has a value."""

    rows: int
    counts: Sequence[int]


class JobProgress:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database

    def moments(self, job: Job) -> list[Moment]:
        """In order of time; the first MAX_MOMENTS."""
        parts = (self._job(job), self._run(job), self._events(job.id), self._changes(job.id))
        found = [moment for part in parts for moment in part]
        return sorted(found, key=lambda moment: moment.at)[:MAX_MOMENTS]

    def ended(self, job_id: str, cells: Sequence[Cell], *, width_ms: int) -> None:
        """Count the job's ended targets into the cells, each `width_ms` long; what lies outside of all of
        them goes into the nearest."""
        if not cells:
            return
        place = {
            "$floor": {"$divide": [{"$subtract": ["$endedAt", cells[0].at]}, width_ms]},
        }
        groups = self._database["targets"].aggregate(
            [
                {"$match": {"_id": key_range(job_id), "status": {"$in": _EVER_SETTLED}}},
                {"$match": {"endedAt": {"$type": "date"}}},
                {"$group": {"_id": {"place": place, "status": "$status"}, "n": {"$sum": 1}}},
            ]
        )
        for group in groups:
            index = min(len(cells) - 1, max(0, int(group["_id"]["place"])))
            cells[index].ended[TargetStatus(group["_id"]["status"])] += group["n"]

    def filled(self, job_id: str, paths: Sequence[Sequence[str]], *, limit: int) -> Filled:
        """Of the job's first `limit` rows."""
        sums = {
            f"n{number}": {"$sum": {"$cond": [{"$in": [_value(path), _EMPTY]}, 0, 1]}}
            for number, path in enumerate(paths)
        }
        stages: list[Document] = [
            {"$match": {"_id": key_range(job_id)}},
            {"$sort": {"_id": 1}},
            {"$limit": limit},
            {"$group": {"_id": None, "rows": {"$sum": 1}, **sums}},
        ]
        for group in self._database["results"].aggregate(stages):
            return Filled(group["rows"], [group[f"n{number}"] for number in range(len(paths))])
        return Filled(0, [0] * len(paths))

    def _job(self, job: Job) -> Iterator[Moment]:
        document = self._database["jobs"].find_one({"_id": job.id}, {"fedAt": 1}) or {}
        total = f"{job.counts.total} target{'' if job.counts.total == 1 else 's'}"
        yield Moment(job.created_at, "created", f"the job was created with {total}")
        if fed_at := document.get("fedAt"):
            yield Moment(fed_at, "fed", "its first targets were handed to the crawlers")
        if job.started_at:
            yield Moment(job.started_at, "started", "a crawler began with its first target")
        if first := self._first_row(job.id):
            yield Moment(first, "first_row", "its first rows were stored")
        yield from self._redelivered(job.id)
        if job.completed_at:
            counts = job.counts
            text = (
                f"the job ended as {job.status.value}: {counts.success} targets succeeded,"
                f" {counts.failed} failed, {counts.cancelled} were cancelled;"
                f" {job.result_count} rows"
            )
            yield Moment(job.completed_at, "ended", text)

    def _first_row(self, job_id: str) -> datetime | None:
        found = self._database["targets"].aggregate(
            [
                {"$match": {"_id": key_range(job_id), "rowCount": {"$gt": 0}}},
                {"$group": {"_id": None, "at": {"$min": "$endedAt"}}},
            ]
        )
        return next((group["at"] for group in found), None)

    def _redelivered(self, job_id: str) -> Iterator[Moment]:
        """The first of them; each ended after another crawler had taken it up."""
        query = {"_id": key_range(job_id), "leases": {"$gt": 1}, "endedAt": {"$type": "date"}}
        for target in self._database["targets"].find(query).limit(_MAX_REDELIVERED):
            lost = target["leases"] - 1
            text = f"target {target['value'][:100]!r} ended after {lost} of its crawlers were lost"
            yield Moment(target["endedAt"], "redelivered", text)

    def _run(self, job: Job) -> Iterator[Moment]:
        run = self._database["runs"].find_one({"_id": job.id})
        if run is None:
            return
        if at := run.get("claimedAt"):
            yield Moment(at, "claimed", f"its process runs on node {run['node']}")
        for entry in run["losses"]:
            loss = Loss(**entry)
            if loss.at is not None:
                yield Moment(loss.at, "attempt_lost", f"an attempt was taken back: {loss}")
        if at := run["cancelRequestedAt"]:
            yield Moment(at, "fenced", "from here on it can write no row")

    def _events(self, job_id: str) -> Iterator[Moment]:
        for event in self._database["outbox"].find({"jobId": exactly(job_id)}):
            if event["dispatchedAt"]:
                text = f"the event {event['type']} was handed to the project's webhooks"
                yield Moment(event["dispatchedAt"], "webhooks_told", text)
            for delivery in self._database["deliveries"].find({"eventId": event["_id"]}):
                for attempt in delivery["attempts"]:
                    answer = attempt["status"] or attempt["error"]
                    text = f"webhook {delivery['webhookId']} answered {answer}"
                    yield Moment(attempt["at"], "webhook_tried", text)

    def _changes(self, job_id: str) -> Iterator[Moment]:
        """Who cancelled it is in the audit trail; a job of the pool is fenced by its very end."""
        query = {"entityId": job_id, "action": "job.cancelled"}
        for entry in self._database["audit"].find(query):
            who = entry.get("userName") or entry.get("userEmail") or "somebody"
            yield Moment(entry["createdAt"], "cancelled", f"{who} cancelled the job")


def _value(path: Sequence[str]) -> Document:
    """The field as an expression, whatever characters its name has; null where it is missing."""
    found: Document | str = "$row"
    if all(_PLAIN_NAME.match(name) for name in path):
        # The same, and several times as fast.
        return {"$ifNull": [".".join(("$row", *path)), None]}
    for name in path:
        found = {"$getField": {"field": {"$literal": name}, "input": found}}
    return {"$ifNull": [found, None]}
