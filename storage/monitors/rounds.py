"""The rounds collection: what each job of a monitor brought. A round has its job's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.codec import Codec
from storage.base.connections import Document, MongoDatabase

RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`checks` by outcome, `changes` by kind. `from_seq` and `to_seq`: its changes in the feed, where it
    has some."""

    id: str
    monitor_id: str
    organization_id: str
    project_id: str
    watches: int
    started_at: datetime
    status: str = RUNNING
    outcome: str | None = None
    ended_at: datetime | None = None
    checks: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    questioned: int = 0
    from_seq: int | None = None
    to_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMove:
    """What one receipt adds to its round."""

    checks: Mapping[str, int]
    reasons: Mapping[str, int]
    changes: Mapping[str, int]
    questioned: int
    first_seq: int
    last_seq: int


_CODEC = Codec(Round)


class Rounds:
    def __init__(self, database: MongoDatabase) -> None:
        self._rounds = database["rounds"]

    def insert(self, new: Round, session: ClientSession) -> None:
        # Nothing is smaller than null: a first number could not take its place.
        document = {
            name: value for name, value in _CODEC.document(new).items() if value is not None
        }
        self._rounds.insert_one(document, session=session)

    def among(self, job_ids: Sequence[str], session: ClientSession) -> set[str]:
        """Which of the jobs are rounds already."""
        found = self._rounds.find({"_id": {"$in": list(job_ids)}}, {"_id": 1}, session=session)
        return {document["_id"] for document in found}

    def add(self, job_id: str, move: RoundMove, session: ClientSession) -> None:
        counts: Document = {"questioned": move.questioned}
        for name in ("checks", "reasons", "changes"):
            counts |= {f"{name}.{key}": count for key, count in getattr(move, name).items()}
        change: Document = {"$inc": counts}
        if move.last_seq >= move.first_seq:
            change |= {"$max": {"toSeq": move.last_seq}, "$min": {"fromSeq": move.first_seq}}
        self._rounds.update_one({"_id": job_id}, change, session=session)

    def end(
        self,
        job_id: str,
        *,
        status: str,
        outcome: str | None,
        ended_at: datetime | None,
        session: ClientSession,
    ) -> Round | None:
        document = self._rounds.find_one_and_update(
            {"_id": job_id},
            {"$set": {"status": status, "outcome": outcome, "endedAt": ended_at}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _CODEC.record(document) if document else None

    def find(self, job_id: str, session: ClientSession | None = None) -> Round | None:
        document = self._rounds.find_one({"_id": job_id}, session=session)
        return _CODEC.record(document) if document else None

    def latest(self, monitor_ids: list[str]) -> dict[str, Round]:
        """The last round of each of the monitors that had one. Of the others MongoDB reads nothing: sorted so,
        and of each group the first, it walks from monitor to monitor in the index."""
        found = self._rounds.aggregate(
            [
                {"$match": {"monitorId": {"$in": monitor_ids}}},
                {"$sort": {"monitorId": 1, "_id": -1}},
                {"$group": {"_id": "$monitorId", "round": {"$first": "$$ROOT"}}},
            ]
        )
        return {group["_id"]: _CODEC.record(group["round"]) for group in found}

    def list_page(self, monitor_id: str, *, limit: int, offset: int) -> tuple[list[Round], int]:
        """Newest first, and how many there are in all."""
        query = {"monitorId": monitor_id}
        found = self._rounds.find(query).sort("_id", -1).skip(offset).limit(limit)
        rounds = [_CODEC.record(document) for document in found]
        return rounds, self._rounds.count_documents(query)

    def delete_of_monitor(self, monitor_id: str, session: ClientSession) -> None:
        self._rounds.delete_many({"monitorId": monitor_id}, session=session)

    def ids_of_monitor(self, monitor_id: str) -> list[str]:
        """Of its jobs, oldest first."""
        found = self._rounds.find({"monitorId": monitor_id}, {"_id": 1}).sort("_id", 1)
        return [document["_id"] for document in found]

    def ids_open_within(self, monitor_id: str, since: datetime, until: datetime) -> list[str]:
        """Of those that were open at some moment of the time, oldest first."""
        query = {
            "monitorId": monitor_id,
            "startedAt": {"$lte": until},
            "$or": [{"endedAt": None}, {"endedAt": {"$gte": since}}],
        }
        found = self._rounds.find(query, {"_id": 1}).sort("_id", 1)
        return [document["_id"] for document in found]

    def within(self, monitor_id: str, since: datetime, until: datetime) -> list[Round]:
        query = {"monitorId": monitor_id, "startedAt": {"$gte": since, "$lte": until}}
        return [_CODEC.record(document) for document in self._rounds.find(query).sort("_id", 1)]
