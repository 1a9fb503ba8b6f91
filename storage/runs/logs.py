"""The run_logs collection: what a run logged, in chunks of lines. The oldest chunks go when a run's log
grows over its cap; lines keep their numbers, so that a reader sees what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase
from storage.base.ids import key_range

MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogPage:
    """`first`: the number of the first line shown; `total`: how many lines were ever written."""

    lines: Sequence[str]
    first: int
    total: int


class RunLogs:
    def __init__(self, database: MongoDatabase) -> None:
        self._chunks = database["run_logs"]
        self._runs = database["runs"]

    def append(
        self,
        job_id: str,
        lines: Sequence[str],
        *,
        first: int,
        end_bytes: int,
        session: ClientSession,
    ) -> None:
        """Write lines `first`, `first` + 1, …, with which the log is `end_bytes` long in all."""
        self._chunks.insert_one(
            {
                "_id": f"{job_id}:{first:012d}",
                "first": first,
                "end": first + len(lines),
                "endBytes": end_bytes,
                "lines": list(lines),
                "createdAt": utc_now(),
            },
            session=session,
        )
        if end_bytes > MAX_BYTES:
            old = {"_id": key_range(job_id), "endBytes": {"$lte": end_bytes - MAX_BYTES}}
            self._chunks.delete_many(old, session=session)

    def read(self, job_id: str, *, offset: int, limit: int) -> LogPage:
        """Lines from number `offset` on, or from the oldest one that is kept."""
        run = self._runs.find_one({"_id": job_id}, {"logLines": 1})
        query = {"_id": key_range(job_id), "end": {"$gt": offset}}
        lines: list[str] = []
        first = offset
        for chunk in self._chunks.find(query).sort("_id", 1):
            if not lines:
                first = max(offset, chunk["first"])
            lines += chunk["lines"][max(0, first - chunk["first"]) if not lines else 0 :]
            if len(lines) >= limit:
                break
        return LogPage(lines[:limit], first, run["logLines"] if run else 0)
