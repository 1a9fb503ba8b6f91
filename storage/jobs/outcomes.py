"""How many targets ended for which reason, over all time. For operators, never for money: a process
that dies between the settlement and this count leaves it a little low."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.connections import MongoDatabase
from storage.base.records import TargetEnd

SUCCESS = "SUCCESS"


class Outcomes:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._outcomes = database.get_collection(
            "outcomes", write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
        )

    def count(self, ends: Sequence[TargetEnd], settled: Collection[str]) -> None:
        """Add those of `ends` that were settled."""
        known = set(settled)
        reasons = Counter(
            end.failure.code if end.failure else SUCCESS for end in ends if end.id in known
        )
        if reasons:
            self._outcomes.bulk_write(
                [
                    UpdateOne({"_id": reason}, {"$inc": {"n": number}}, upsert=True)
                    for reason, number in reasons.items()
                ],
                ordered=False,
            )

    def get_all(self) -> dict[str, int]:
        return {document["_id"]: document["n"] for document in self._outcomes.find()}
