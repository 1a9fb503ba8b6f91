"""The crawl process' side of a run. Every write is made under the condition that the run is still ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson.errors import BSONError
from pymongo import MongoClient, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, OperationFailure

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import row_id, target_id
from storage.base.records import OPEN_JOB, StartedTarget
from storage.base.sessions import session_name
from storage.base.transactions import in_transaction
from storage.jobs.settlement import DocumentRefused, Settlement
from storage.runs.logs import RunLogs
from storage.runs.runs import RunOutcome, RunState, outcome_document

_OPEN_JOB = [status.value for status in OPEN_JOB]
_ROWS_PER_PAGE = 100_000
_OBJECT_TOO_LARGE = 10334


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a process holds. `claimant` is a name that only this process knows."""

    job_id: str
    attempt: int
    claimant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRun:
    claim: Claim
    spider: str
    arguments: Mapping[str, str]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beat:
    """What a process learns when it beats: whether the run is still its own, and wanted."""

    is_ours: bool
    is_cancelled: bool = False


class _NotOurs(Exception):
    """The run was taken back or cancelled: the transaction is undone."""


class RunClaims:
    """One thread may use this object: all of its transactions run in `session`."""

    def __init__(
        self, client: MongoClient[Document], database: MongoDatabase, session: ClientSession
    ) -> None:
        self._client = client
        self._session = session
        self._runs = database["runs"]
        self._jobs = database["jobs"]
        self._results = database["results"]
        self._logs = RunLogs(database)
        self._settlement = Settlement(client, database, session)

    def claim(
        self, job_id: str, dispatch_id: str, *, claimant: str, version: str
    ) -> ClaimedRun | None:
        """Take the run that was dispatched under this id; None when somebody has it, or it is over.

        Harmless to repeat by the same claimant, whose first answer may have been lost.
        """
        document = self._runs.find_one_and_update(
            {
                "_id": job_id,
                "dispatchId": dispatch_id,
                "cancelRequestedAt": None,
                "$or": [
                    {"state": RunState.DISPATCHED.value},
                    {"state": RunState.RUNNING.value, "claimant": claimant},
                ],
            },
            {
                "$set": {
                    "state": RunState.RUNNING.value,
                    "claimant": claimant,
                    # Whoever dies within its claim must not hold the job's lock for a minute.
                    "sessions": [session_name(self._session)],
                    "version": version,
                },
                "$currentDate": {"claimedAt": True},
                "$inc": {"beats": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        job = self._jobs.find_one({"_id": job_id, "status": {"$in": _OPEN_JOB}})
        if document is None or job is None:
            return None
        started = StartedTarget(target_id(job_id, 0), job_id, document["attempt"])
        self._settlement.commit([started], [])
        return ClaimedRun(
            claim=Claim(job_id=job_id, attempt=document["attempt"], claimant=claimant),
            spider=document["spider"],
            arguments=job["config"]["arguments"],
            settings=job["config"]["settings"],
        )

    def beat(
        self,
        claim: Claim,
        lines: Sequence[str],
        *,
        sessions: Sequence[str],
        load: float | None = None,
    ) -> Beat:
        """Say that the process lives, with the log lines since the last beat.

        `sessions`: those that it writes in; `load`: of its node, per core.
        """
        fields = {"sessions": list(sessions), "load": load}
        return in_transaction(
            self._client, lambda session: self._beat(claim, lines, fields, session), self._session
        )

    def write_items(self, claim: Claim, first: int, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Store items `first`, `first` + 1, …; False when the run is not ours any more.

        Exact however often it is repeated: the run counts its items, and takes only the next ones.
        Raises DocumentRefused when one of them cannot be stored.
        """
        try:
            in_transaction(
                self._client,
                lambda session: self._write_items(claim, first, rows, session),
                self._session,
            )
        except _NotOurs:
            return self._has_items(claim, first + len(rows))
        except (BSONError, BulkWriteError, ArithmeticError, UnicodeError) as error:
            raise DocumentRefused(str(error)) from error
        except OperationFailure as error:
            if error.code == _OBJECT_TOO_LARGE:
                raise DocumentRefused(str(error)) from error
            raise
        return True

    def end(
        self, claim: Claim, outcome: RunOutcome, *, stats: Mapping[str, Any], lines: Sequence[str]
    ) -> bool:
        """End the run; False when it is not ours any more."""

        def work(session: ClientSession) -> bool:
            fields = {
                "state": RunState.ENDED.value,
                "outcome": outcome_document(outcome),
                "stats": dict(stats),
            }
            document = self._runs.find_one_and_update(
                {**_ours(claim), "cancelRequestedAt": None},
                {"$set": fields},
                session=session,
            )
            if document is not None:
                self._write_log(claim, lines, session)
            return document is not None

        return in_transaction(self._client, work, self._session)

    def _beat(
        self, claim: Claim, lines: Sequence[str], fields: Document, session: ClientSession
    ) -> Beat:
        document = self._runs.find_one_and_update(
            _ours(claim),
            {"$inc": {"beats": 1}, "$set": fields},
            session=session,
        )
        if document is None:
            return Beat(is_ours=False)
        if document["cancelRequestedAt"] is not None:
            return Beat(is_ours=True, is_cancelled=True)
        self._write_log(claim, lines, session)
        return Beat(is_ours=True)

    def _write_items(
        self,
        claim: Claim,
        first: int,
        rows: Sequence[Mapping[str, Any]],
        session: ClientSession,
    ) -> None:
        run = self._runs.update_one(
            {**_ours(claim), "items": first, "cancelRequestedAt": None},
            {"$inc": {"items": len(rows)}},
            session=session,
        )
        job = self._jobs.update_one(
            {"_id": claim.job_id, "status": {"$in": _OPEN_JOB}},
            # MongoDB's clock, for this machine's may be wrong.
            {"$inc": {"resultCount": len(rows)}, "$currentDate": {"updatedAt": True}},
            session=session,
        )
        if run.matched_count == 0 or job.matched_count == 0:
            raise _NotOurs
        target = target_id(claim.job_id, 0)
        self._results.insert_many(
            [
                {"_id": _row_id(target, first + step), "jobId": claim.job_id, "row": dict(row)}
                for step, row in enumerate(rows)
            ],
            session=session,
        )

    def _has_items(self, claim: Claim, count: int) -> bool:
        """A commit whose answer was lost has written them already."""
        query = {**_ours(claim), "items": count, "cancelRequestedAt": None}
        return self._runs.find_one(query, {"_id": 1}) is not None

    def _write_log(self, claim: Claim, lines: Sequence[str], session: ClientSession) -> None:
        if not lines:
            return
        size = sum(len(line.encode(errors="replace")) for line in lines)
        before = self._runs.find_one_and_update(
            {"_id": claim.job_id},
            {"$inc": {"logLines": len(lines), "logBytes": size}},
            session=session,
        )
        assert before is not None
        self._logs.append(
            claim.job_id,
            lines,
            first=before["logLines"],
            end_bytes=before["logBytes"] + size,
            session=session,
        )


def _ours(claim: Claim) -> Document:
    return {
        "_id": claim.job_id,
        "attempt": claim.attempt,
        "claimant": claim.claimant,
        "state": RunState.RUNNING.value,
    }


def _row_id(target: str, number: int) -> str:
    return row_id(target, 1 + number // _ROWS_PER_PAGE, number % _ROWS_PER_PAGE)
