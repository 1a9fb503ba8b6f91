"""How many checks, changes and firings there were, over all time. For operators: a process that dies between
a receipt and this count leaves it a little low."""

from __future__ import annotations

from collections.abc import Mapping

from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.connections import MongoDatabase


class ObservationCounts:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._counts = database.get_collection(
            "observation_counts", write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
        )

    def add(self, kind: str, counts: Mapping[str, int]) -> None:
        """`kind`: checks, changes or firings."""
        writes = [
            UpdateOne({"_id": f"{kind} {name}"}, {"$inc": {"n": number}}, upsert=True)
            for name, number in counts.items()
            if number
        ]
        if writes:
            self._counts.bulk_write(writes, ordered=False)

    def get_all(self, kind: str) -> dict[str, int]:
        found = self._counts.find({"_id": {"$gt": f"{kind} ", "$lt": f"{kind}!"}})
        return {document["_id"].partition(" ")[2]: document["n"] for document in found}
