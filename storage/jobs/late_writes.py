"""Ends of targets that came too late: of a cancelled job, of a lost lease, or told a second time. They wrote
nothing; here stands what they brought. Kept for 30 days."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pymongo import UpdateOne
from pymongo.write_concern import WriteConcern

from storage.base.connections import MongoDatabase
from storage.base.records import TargetEnd


class LateWrites:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._writes = database.get_collection("late_writes", write_concern=WriteConcern(w=1))

    def note(self, ends: Sequence[TargetEnd], settled: Collection[str]) -> None:
        """Those of `ends` that were not settled. The key is the target with its lease: each counts once."""
        known = set(settled)
        late = [end for end in ends if end.job_id is not None and end.id not in known]
        if late:
            self._writes.bulk_write(
                [
                    UpdateOne(
                        {"_id": f"{end.id}:{end.token}"},
                        {
                            "$setOnInsert": {"jobId": end.job_id, "rows": len(end.rows)},
                            "$currentDate": {"at": True},
                        },
                        upsert=True,
                    )
                    for end in late
                ],
                ordered=False,
            )
