"""The runs collection: one document per spider job, whoever runs it at the moment.

`attempt` is the fencing token: it grows with each dispatch, and whatever a process writes carries the
attempt that it claimed. Ages are told by counting beats, never by a clock: nodes' clocks may be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range
from storage.base.records import PRIORITY_RANK, Job

_CLEAR_BATCH = 2_000
_CANCELLED_BATCH = 1_000
DISPATCH_PREFIX = "run-"
# The code of a run whose process was told to stop: it did nothing wrong, and is run again.
INTERRUPTED = "INTERRUPTED"


class RunState(StrEnum):
    """waiting → dispatched → running → ended → closed; an attempt that was lost goes back to waiting,
    by way of clearing where it had claimed its job."""

    WAITING = "waiting"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    CLEARING = "clearing"
    ENDED = "ended"
    CLOSED = "closed"


IN_HANDS = (RunState.DISPATCHED, RunState.RUNNING)
_BEGUN = [state.value for state in (*IN_HANDS, RunState.CLEARING, RunState.ENDED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How a run ended: well, or with a code. `reason` is the one that Scrapy gives."""

    is_well: bool
    reason: str
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Why an attempt on a node was taken back."""

    code: str
    node: str
    reason: str
    # None: of before it was noted.
    at: datetime | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.code}: {self.node}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`losses`: the attempts that were taken back, the latest one last."""

    job_id: str
    organization_id: str | None
    spider: str
    state: RunState
    attempt: int
    dispatch_id: str | None
    node: str | None
    beats: int
    items: int
    sessions: Sequence[str]
    version: str | None
    losses: Sequence[Loss]
    refused_by: Sequence[str]
    cancel_requested_at: datetime | None
    outcome: RunOutcome | None
    stats: Mapping[str, Any]
    # Of the node's processors, as the process saw it: waiting and running tasks per core.
    load: float | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.cancel_requested_at is not None


class Runs:
    def __init__(self, database: MongoDatabase) -> None:
        self._runs = database["runs"]
        self._jobs = database["jobs"]
        self._results = database["results"]

    def insert(self, job: Job, session: ClientSession) -> None:
        document = {
            "_id": job.id,
            "organizationId": job.organization_id,
            "priority": PRIORITY_RANK[job.priority],
            "spider": job.spider,
            "state": RunState.WAITING.value,
            "isOpen": True,
            "attempt": 0,
            "dispatchId": None,
            "node": None,
            "claimant": None,
            "sessions": [],
            "version": None,
            "beats": 0,
            "items": 0,
            "logBytes": 0,
            "logLines": 0,
            "losses": [],
            "refusedBy": [],
            "cancelRequestedAt": None,
            "outcome": None,
            "stats": {},
            "createdAt": utc_now(),
        }
        self._runs.insert_one(document, session=session)

    def find(self, job_id: str) -> Run | None:
        document = self._runs.find_one({"_id": job_id})
        return run_from_document(document) if document else None

    def find_many(self, job_ids: Sequence[str]) -> dict[str, Run]:
        found = self._runs.find({"_id": {"$in": list(job_ids)}})
        return {document["_id"]: run_from_document(document) for document in found}

    def list_begun(self) -> list[Run]:
        """Open runs that do not simply wait: as many as the nodes have slots, and a few more."""
        begun = {"isOpen": True, "state": {"$in": _BEGUN}}
        found = list(self._runs.find(begun))
        cancelled = {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}
        waiting = {"isOpen": True, "state": RunState.WAITING.value, "cancelRequestedAt": cancelled}
        found += self._runs.find(waiting).limit(_CANCELLED_BATCH)
        return [run_from_document(document) for document in found]

    def organizations_waiting(self) -> list[str | None]:
        """Who has runs that wait, in a stable order; None: runs of before they were noted."""
        groups = self._runs.aggregate(
            [
                {"$match": {"state": RunState.WAITING.value}},
                {"$group": {"_id": "$organizationId"}},
            ]
        )
        return sorted((group["_id"] for group in groups), key=lambda name: name or "")

    def first_waiting(self, organization_id: str | None, *, limit: int) -> list[Run]:
        """The organization's next runs: priority, then age."""
        waiting = {"state": RunState.WAITING.value, "organizationId": organization_id}
        found = self._runs.find(waiting).sort([("priority", -1), ("_id", 1)]).limit(limit)
        return [run_from_document(document) for document in found]

    def dispatch(self, run: Run, node: str) -> Run | None:
        """Give the run to a node, under an id that was never used; None when it does not wait (any more)."""
        attempt = run.attempt + 1
        return self._move(
            {"_id": run.job_id, "state": RunState.WAITING.value, "attempt": run.attempt}
            | {"cancelRequestedAt": None},
            {
                "state": RunState.DISPATCHED.value,
                "attempt": attempt,
                "dispatchId": f"{DISPATCH_PREFIX}{run.job_id}-{attempt}",
                "node": node,
                "claimant": None,
                "sessions": [],
            },
        )

    def undo_dispatch(self, run: Run, *, reason: str) -> Run | None:
        """The node refused: nothing was started, and that is no attempt's loss."""
        return self._move(
            self._held(run, RunState.DISPATCHED),
            {"state": RunState.WAITING.value, "node": None},
            push={"refusedBy": f"{run.node}: {reason}"[:300]},
        )

    def take_back(self, run: Run, loss: Loss) -> Run | None:
        """Fence the attempt off: nothing can be written under it any more."""
        return self._move(
            self._held(run, *IN_HANDS),
            {"state": RunState.CLEARING.value, "outcome": None},
            push={"losses": asdict(replace(loss, at=loss.at or utc_now()))},
        )

    def take_back_interrupted(self, run: Run) -> Run | None:
        """The process was told to stop, and said so: its node is being restarted or drained."""
        query = {
            "_id": run.job_id,
            "attempt": run.attempt,
            "state": RunState.ENDED.value,
            "cancelRequestedAt": None,
        }
        fields = {"state": RunState.CLEARING.value, "outcome": None}
        return self._move(query, fields)

    def clear(self, run: Run) -> Run | None:
        """Remove what the lost attempt stored, and let the run wait for its next one."""
        keys = {"_id": key_range(run.job_id)}
        while found := [
            document["_id"]
            for document in self._results.find(keys, {"_id": 1}).sort("_id", 1).limit(_CLEAR_BATCH)
        ]:
            self._results.delete_many({"_id": {"$gte": found[0], "$lte": found[-1]}})
        self._jobs.update_one({"_id": run.job_id}, {"$set": {"resultCount": 0}})
        return self._move(
            {"_id": run.job_id, "attempt": run.attempt, "state": RunState.CLEARING.value},
            {"state": RunState.WAITING.value, "items": 0, "node": None},
        )

    def end(self, run: Run, outcome: RunOutcome) -> Run | None:
        """The worker's own judgement of a run that said nothing."""
        states = [RunState.WAITING, RunState.CLEARING, *IN_HANDS]
        fields = {"state": RunState.ENDED.value, "outcome": outcome_document(outcome)}
        return self._move(self._held(run, *states), fields)

    def request_cancel(self, job_id: str) -> Run | None:
        """Fence the run: from now on it writes nothing. None when it has ended.

        That it was interrupted is no last outcome: it would be run again.
        """
        query = {
            "_id": job_id,
            "cancelRequestedAt": None,
            "$or": [
                {"state": {"$nin": [RunState.ENDED.value, RunState.CLOSED.value]}},
                {"state": RunState.ENDED.value, "outcome.code": INTERRUPTED},
            ],
        }
        return self._move(query, {"cancelRequestedAt": utc_now()})

    def close(self, run: Run) -> None:
        """Its job has ended, and so has its process."""
        self._runs.update_one(
            {"_id": run.job_id, "attempt": run.attempt},
            {"$set": {"state": RunState.CLOSED.value, "isOpen": False}},
        )

    def _held(self, run: Run, *states: RunState) -> Document:
        return {
            "_id": run.job_id,
            "attempt": run.attempt,
            "state": {"$in": [state.value for state in states]},
        }

    def _move(
        self, query: Document, fields: Document, *, push: Mapping[str, Any] | None = None
    ) -> Run | None:
        change: Document = {"$set": fields}
        if push:
            change["$push"] = {
                name: {"$each": [entry], "$slice": -20} for name, entry in push.items()
            }
        document = self._runs.find_one_and_update(
            query, change, return_document=ReturnDocument.AFTER
        )
        return run_from_document(document) if document else None


def outcome_document(outcome: RunOutcome) -> Document:
    return {
        "isWell": outcome.is_well,
        "reason": outcome.reason,
        "code": outcome.code,
        "message": outcome.message,
    }


def run_from_document(document: Document) -> Run:
    outcome = document["outcome"]
    return Run(
        job_id=document["_id"],
        organization_id=document.get("organizationId"),
        spider=document["spider"],
        state=RunState(document["state"]),
        attempt=document["attempt"],
        dispatch_id=document["dispatchId"],
        node=document["node"],
        beats=document["beats"],
        items=document["items"],
        sessions=document["sessions"],
        version=document["version"],
        losses=[Loss(**loss) for loss in document["losses"]],
        refused_by=document["refusedBy"],
        cancel_requested_at=document["cancelRequestedAt"],
        outcome=RunOutcome(
            is_well=outcome["isWell"],
            reason=outcome["reason"],
            code=outcome["code"],
            message=outcome["message"],
        )
        if outcome
        else None,
        stats=document["stats"],
        load=document.get("load"),
    )
