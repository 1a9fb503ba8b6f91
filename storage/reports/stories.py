"""What became of a job, in order of time, from every collection that knows of it. For the operator's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import exactly, key_range, target_id
from storage.runs.runs import Loss

# Of targets that did not succeed; the counts tell how many there are.
MAX_TARGETS = 50


class NoSuchStory(LookupError):
    """No job of that id, or no such target in it; the message names it."""


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    text: str


class Stories:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database

    def tell(self, job_id: str, target: str | None = None) -> list[Line]:
        """`job_id`: or the id of the request that made the job. `target`: its text as it was sent or is shown, or its number from 0. Raises NoSuchStory."""
        jobs = self._database["jobs"]
        job = jobs.find_one({"_id": job_id}) or jobs.find_one({"requestId": job_id})
        if job is None:
            raise NoSuchStory(f"no job {job_id}, and no request of that id made one")
        job_id = job["_id"]
        targets = self._targets(job, target)
        parts = (
            _job_lines(job),
            targets,
            self._audit(job_id),
            self._runs(job),
            self._events(job_id),
        )
        return sorted((line for part in parts for line in part), key=lambda line: line.at)

    def _targets(self, job: Document, wanted: str | None) -> list[Line]:
        query: Document = {"_id": key_range(job["_id"])}
        if wanted is None:
            query["status"] = {"$nin": ["success", "pending"]}
        elif wanted.isdigit() and len(wanted) < 7:
            query["_id"] = target_id(job["_id"], int(wanted))
        else:
            query["$or"] = [{"value": wanted}, {"sent": wanted}]
        found = list(self._database["targets"].find(query).sort("_id", 1).limit(MAX_TARGETS))
        if wanted is not None and not found:
            raise NoSuchStory(f"no target {wanted!r} in job {job['_id']}")
        return [_target_line(job, document) for document in found]

    def _audit(self, job_id: str) -> Iterator[Line]:
        for entry in self._database["audit"].find({"entityId": job_id}):
            who = entry.get("userEmail") or entry["userId"] or "a schedule"
            yield Line(entry["createdAt"], f"audit: {entry['action']} by {who} from {entry['ip']}")

    def _runs(self, job: Document) -> Iterator[Line]:
        run = self._database["runs"].find_one({"_id": job["_id"]})
        if run is None:
            return
        at = job["completedAt"] or job["updatedAt"]
        for loss in run.get("losses") or ():
            yield Line(at, f"run: an attempt was taken back: {Loss(**loss)}")
        node, attempt, state = run.get("node"), run.get("attempt"), run.get("state")
        yield Line(
            at, f"run: attempt {attempt} on node {node}: {state}, version {run.get('version')}"
        )

    def _events(self, job_id: str) -> Iterator[Line]:
        for event in self._database["outbox"].find({"jobId": exactly(job_id)}):
            yield Line(event["createdAt"], f"event: {event['type']} (evt {event['_id']})")
            if event["dispatchedAt"]:
                yield Line(event["dispatchedAt"], "event: handed on to the project's webhooks")
        for delivery in self._database["deliveries"].find({"jobId": job_id}):
            for attempt in delivery["attempts"]:
                answer = attempt.get("status") or attempt.get("error")
                text = f"webhook {delivery['webhookId']}: {answer} after {attempt['durationMs']} ms"
                yield Line(attempt["at"], text)


def _job_lines(job: Document) -> Iterator[Line]:
    total = job["counts"]["total"]
    yield Line(
        job["createdAt"],
        f"request {job.get('requestId') or 'unknown'}: made job {job['_id']}"
        f" ({job['kind']}, {total} targets, {job['priority']} priority) of organization"
        f" {job['organizationId']}, project {job['projectId']}",
    )
    if job["startedAt"]:
        yield Line(
            job["startedAt"], f"crawl: the first target was taken by a {job['spider']} crawler"
        )
    if job["completedAt"]:
        counts = ", ".join(f"{number} {name}" for name, number in job["counts"].items() if number)
        yield Line(
            job["completedAt"], f"job: {job['status']} ({counts}), {job['resultCount']} rows"
        )


def _target_line(job: Document, target: Document) -> Line:
    place = f"target {target['_id']} {target['value'][:200]!r}"
    at = target.get("endedAt") or job["completedAt"] or job["updatedAt"]
    error = target.get("failure")
    reason = f": {error['code']}, {error['message']}" if error else ""
    text = f"{place}: {target['status']}{reason}, {target.get('rowCount', 0)} rows"
    if target.get("token"):
        text += f", lease {target['token']}"
    return Line(at, text)
