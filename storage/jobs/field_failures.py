"""How often a field of a good page could not be read, over all time; told by its rows' warnings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.connections import MongoDatabase
from storage.base.records import TargetEnd

# spiders/pages/guard.py writes these warnings.
_WARNING = re.compile(r"field_failed:([a-zA-Z]{1,40})")


class FieldFailures:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._failures = database.get_collection(
            "field_failures", write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
        )

    def count(self, ends: Sequence[TargetEnd], settled: Collection[str]) -> None:
        """Add those of the rows of `ends` that were settled."""
        known = set(settled)
        fields = Counter(
            match.group(1)
            for end in ends
            if end.id in known
            for row in end.rows
            for warning in row.data.get("warnings") or ()
            if (match := _WARNING.fullmatch(warning))
        )
        if fields:
            self._failures.bulk_write(
                [
                    UpdateOne({"_id": field}, {"$inc": {"n": number}}, upsert=True)
                    for field, number in fields.items()
                ],
                ordered=False,
            )

    def get_all(self) -> dict[str, int]:
        return {document["_id"]: document["n"] for document in self._failures.find()}
