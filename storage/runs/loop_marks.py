"""When each loop of a worker last did its step, and how much memory that worker holds. Marks of workers
that have ended go after a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase


@dataclass(frozen=True, slots=True)
class LoopMark:
    """`worker`: host and process. `age_seconds`: since its last step that succeeded."""

    worker: str
    loop: str
    age_seconds: float
    resident_bytes: int


class LoopMarks:
    def __init__(self, database: MongoDatabase) -> None:
        # Nothing waits for these to be safe.
        self._marks = database.get_collection(
            "loop_marks", write_concern=WriteConcern(w=1), read_concern=ReadConcern("local")
        )

    def mark(self, worker: str, loop: str, *, resident_bytes: int) -> None:
        """The loop has done its step, now, by MongoDB's clock."""
        values: dict[str, Any] = {
            "worker": worker,
            "loop": loop,
            "residentBytes": resident_bytes,
            "at": "$$NOW",
        }
        self._marks.update_one({"_id": f"{worker} {loop}"}, [{"$set": values}], upsert=True)

    def get_all(self) -> list[LoopMark]:
        now = utc_now()
        return [
            LoopMark(
                document["worker"],
                document["loop"],
                max(0.0, (now - document["at"]).total_seconds()),
                document["residentBytes"],
            )
            for document in self._marks.find().sort("_id", 1)
        ]
