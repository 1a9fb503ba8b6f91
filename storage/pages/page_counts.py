"""What became of pages that were to be kept, over all time. For operators: a crawler that is killed leaves it a little
low."""

from __future__ import annotations

from collections.abc import Mapping

from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.connections import MongoDatabase


class PageCounts:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._counts = database.get_collection(
            "page_counts", write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
        )

    def add(self, counts: Mapping[str, int]) -> None:
        writes = [
            UpdateOne({"_id": name}, {"$inc": {"n": number}}, upsert=True)
            for name, number in counts.items()
            if number
        ]
        if writes:
            self._counts.bulk_write(writes, ordered=False)

    def get_all(self) -> dict[str, int]:
        return {document["_id"]: document["n"] for document in self._counts.find()}
