"""How a job grows by the targets that its own targets find: each once, and no more than its limit.

Used within the transaction that settles the finders. Exact without a lock of its own: that transaction
writes to the job document as well, so of two that would add the same target, one is repeated and finds
it there.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.client_session import ClientSession

from storage.base.connections import Document, MongoDatabase
from storage.base.records import FoundTarget, NewTarget, TargetEnd
from storage.jobs.targets import target_document

_KEYS_A_QUERY = 2_000


class Growth:
    def __init__(self, database: MongoDatabase) -> None:
        self._targets = database["targets"]

    def find_unknown(
        self, job_id: str, ends: Sequence[TargetEnd], session: ClientSession
    ) -> list[FoundTarget]:
        """What the ends have found and what is no target of the job yet, in their order."""
        found = {new.key: new for end in reversed(ends) for new in reversed(end.discovered)}
        known = self._known_keys(job_id, list(found), session)
        return [new for key, new in reversed(found.items()) if key not in known]

    def add(self, before: Document, fresh: Sequence[FoundTarget], session: ClientSession) -> int:
        """Insert as many as `grown_by` has counted; `before` is the job as it was until then."""
        first = before["counts"]["total"]
        room = max(0, (before["targetLimit"] or 0) - first)
        targets = [
            target_document(before["_id"], first + step, _new_target(before, new))
            for step, new in enumerate(fresh[:room])
        ]
        if targets:
            self._targets.insert_many(targets, session=session)
        return len(targets)

    def _known_keys(self, job_id: str, keys: list[str], session: ClientSession) -> set[str]:
        """Which of the keys are targets of the job. In parts, for a command has its largest size."""
        known: set[str] = set()
        for start in range(0, len(keys), _KEYS_A_QUERY):
            query = {"jobId": job_id, "key": {"$in": keys[start : start + _KEYS_A_QUERY]}}
            found = self._targets.find(query, {"key": 1}, session=session)
            known.update(document["key"] for document in found)
        return known


def grown_by(found: int) -> Document:
    """An expression on the job document: how many of `found` targets it still takes."""
    room = {"$subtract": [{"$ifNull": ["$targetLimit", 0]}, "$counts.total"]}
    return {"$max": [0, {"$min": [found, room]}]}


def _new_target(job: Document, found: FoundTarget) -> NewTarget:
    """It is paced with the job's others of its marketplace."""
    return NewTarget(
        found.value or found.url,
        found.url,
        found.marketplace or job["marketplaces"][0],
        found.params,
        found.key,
    )
