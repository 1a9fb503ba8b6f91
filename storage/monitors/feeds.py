"""The feeds collection: one counter a project. Who holds its lease numbers the project's changes, and the
number moves in the transaction that writes them: so numbers have no gaps and rise as commits do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase


@dataclass(frozen=True, slots=True)
class FeedLease:
    """`token` grows with each lease: a later one fences this one off."""

    project_id: str
    token: int


class Feeds:
    def __init__(self, database: MongoDatabase) -> None:
        self._feeds = database["feeds"]

    def claim(self, project_id: str, *, seconds: float) -> FeedLease | None:
        """None while another holds it."""
        now = utc_now()
        try:
            document = self._feeds.find_one_and_update(
                {"_id": project_id, "until": {"$lt": now}},
                {
                    "$set": {"until": now + timedelta(seconds=seconds)},
                    "$inc": {"token": 1},
                    "$setOnInsert": {"seq": 0},
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None
        # `upsert` gives a document in either case.
        return FeedLease(project_id, document["token"]) if document else None

    def with_changes(self, project_ids: Sequence[str]) -> list[str]:
        """Those of the projects that have ever had a change."""
        query = {"_id": {"$in": list(project_ids)}, "seq": {"$gt": 0}}
        return [document["_id"] for document in self._feeds.find(query, {"_id": 1})]

    def release(self, lease: FeedLease) -> None:
        self._feeds.update_one(
            {"_id": lease.project_id, "token": lease.token},
            {"$set": {"until": utc_now() - timedelta(milliseconds=1)}},
        )

    def advance(self, lease: FeedLease, count: int, session: ClientSession) -> int | None:
        """The first of `count` new numbers; None when the lease is lost. Written also for none: it is the
        fence."""
        document = self._feeds.find_one_and_update(
            {"_id": lease.project_id, "token": lease.token},
            {"$inc": {"seq": count, "writes": 1}},
            return_document=ReturnDocument.BEFORE,
            session=session,
        )
        return int(document["seq"]) + 1 if document else None

    def last(self, project_id: str) -> int:
        """The number of the latest change; 0 before the first."""
        document = self._feeds.find_one({"_id": project_id}, {"seq": 1})
        return int(document["seq"]) if document else 0

    def delete(self, project_id: str, session: ClientSession) -> None:
        self._feeds.delete_one({"_id": project_id}, session=session)
