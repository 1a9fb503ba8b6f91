"""The results collection, read side. Rows are written in settlement.py alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.base.connections import MongoDatabase
from storage.base.ids import key_range, target_id
from storage.base.records import Row

_EXPORT_BATCH = 500


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Products without a price, since they are not delivered to the place shown; `place`: the commonest."""

    count: int
    place: str


class Results:
    def __init__(self, database: MongoDatabase) -> None:
        self._results = database["results"]

    def list_page(
        self, job_id: str, *, limit: int, offset: int = 0, after: str | None = None
    ) -> list[Row]:
        """Rows in order (target, page, position); `after` is the key of the last row seen. Here, in `walk`
        and in `count` a target's id stands for a job's where its rows alone are meant.

        Paging by `after` costs the same at any depth; `offset` walks the index.
        """
        keys = key_range(job_id)
        if after is not None:
            keys["$gt"] = max(keys["$gt"], after)
        found = self._results.find({"_id": keys}).sort("_id", 1).skip(offset).limit(limit)
        return [Row(document["_id"], document["row"]) for document in found]

    def walk(
        self, job_id: str, start: str | None = None, *, is_backwards: bool = False
    ) -> Iterator[Row]:
        """Rows behind the key `start`, or backwards those before it, a batch at a time."""
        keys = key_range(job_id)
        if start is not None:
            end = "$lt" if is_backwards else "$gt"
            keys[end] = (min if is_backwards else max)(keys[end], start)
        found = self._results.find({"_id": keys}).sort("_id", -1 if is_backwards else 1)
        for document in found.batch_size(_EXPORT_BATCH):
            yield Row(document["_id"], document["row"])

    def find(self, key: str) -> Row | None:
        document = self._results.find_one({"_id": key})
        return Row(document["_id"], document["row"]) if document else None

    def among(self, keys: Sequence[str]) -> list[Row]:
        """The rows of these keys that are there, in order."""
        found = self._results.find({"_id": {"$in": list(keys)}}).sort("_id", 1)
        return [Row(document["_id"], document["row"]) for document in found]

    def iterate(self, job_id: str) -> Iterator[Row]:
        """Every row of the job, in order, a batch at a time."""
        found = self._results.find({"_id": key_range(job_id)}).sort("_id", 1)
        for document in found.batch_size(_EXPORT_BATCH):
            yield Row(document["_id"], document["row"])

    def of_targets(
        self, job_id: str, indexes: Sequence[int], fields: Sequence[str]
    ) -> Iterator[Row]:
        """The named fields of the rows of some targets, in the order of the job's rows."""
        ranges = [
            {"_id": {"$gte": target_id(job_id, first), "$lt": target_id(job_id, end)}}
            for first, end in _runs(indexes)
        ]
        if not ranges:
            return
        chosen = {f"row.{name}": 1 for name in fields}
        found = self._results.find({"$or": ranges}, chosen).sort("_id", 1)
        for document in found.batch_size(_EXPORT_BATCH):
            yield Row(document["_id"], document.get("row", {}))

    def first_of_targets(self, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
        """The named fields of the first row of each of these targets, by the target's id."""
        if not ids:
            return {}
        chosen = {f"row.{name}": 1 for name in fields}
        query = {"$or": [{"_id": key_range(target)} for target in ids]}
        rows: dict[str, Row] = {}
        for document in self._results.find(query, chosen).sort("_id", 1):
            row = Row(document["_id"], document.get("row", {}))
            rows.setdefault(row.key.rsplit(":", 2)[0], row)
        return rows

    def count(self, job_id: str) -> int:
        return self._results.count_documents({"_id": key_range(job_id)})

    def count_undelivered(self, job_id: str) -> Undelivered:
        """Of rows for which no place was asked."""
        groups = list(
            self._results.aggregate(
                [
                    {
                        "$match": {
                            "_id": key_range(job_id),
                            "row.price": None,
                            "row.buyboxState": "location_blocked",
                            "row.deliverToAsked": None,
                        }
                    },
                    {"$group": {"_id": "$row.deliverTo", "count": {"$sum": 1}}},
                    {"$sort": {"count": -1}},
                ]
            )
        )
        if not groups:
            return Undelivered(0, "")
        place = str(groups[0]["_id"] or "the place of the exit")
        return Undelivered(sum(group["count"] for group in groups), place)


def _runs(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other, as (first, end): neighbours are one range of the index."""
    first = end = -1
    for index in sorted(indexes):
        if index != end:
            if end > first:
                yield first, end
            first = index
        end = index + 1
    if end > first:
        yield first, end
