"""How many targets ended for which reason, over all time and by the hour. For operators, never for money: a process
that dies between the settlement and this count leaves it a little low."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from storage.base.clock import utc_now
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
            hour = utc_now().replace(minute=0, second=0, microsecond=0)
            writes = []
            for reason, number in reasons.items():
                more = {"$inc": {"n": number}}
                writes.append(UpdateOne({"_id": reason}, more, upsert=True))
                of_hour = {**more, "$setOnInsert": {"hour": hour, "reason": reason}}
                key = {"_id": f"{hour:%Y-%m-%dT%H} {reason}"}
                writes.append(UpdateOne(key, of_hour, upsert=True))
            self._outcomes.bulk_write(writes, ordered=False)

    def get_all(self) -> dict[str, int]:
        """Over all time."""
        found = self._outcomes.find({"hour": None})
        return {document["_id"]: document["n"] for document in found}

    def since(self, moment: datetime) -> dict[str, int]:
        """Of the hours that ended after `moment`, the most frequent reason first."""
        sums: Counter[str] = Counter()
        begun = {"hour": {"$gt": moment - timedelta(hours=1)}}
        for document in self._outcomes.find(begun):
            sums[document["reason"]] += document["n"]
        return dict(sums.most_common())
