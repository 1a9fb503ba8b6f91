"""The saved_pages collection: pages as they were fetched, compressed. Each goes at its end of time, with its job, or
when the pages of all organizations take too much room.

A page is written while its target is crawled, under the token of the lease. It counts only when the
target has ended under that token: pages of a lost lease are never shown, and go in their time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from storage.base.connections import Document, MongoDatabase
from storage.base.ids import key_range, target_id
from storage.base.records import Failure, TargetStatus

_ENDED = [TargetStatus.SUCCESS.value, TargetStatus.FAILED.value]
_NAME = "saved_pages"
# Of one removal, so that it does not hold the server for long.
_BATCH = 200
# Room is made down to this share of the limit, so that it is not made again at once.
_LOW_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """`number`: the page's place among those of its target, from 1. `body` is gzip, `size` its length without.

    `encoding`: the one that it declares. `rows`: page and position of the rows that were read from it. `read_with`: what the crawl knew beside
    the page. `failure`: why the page was no good.
    """

    target_id: str
    job_id: str
    token: int
    number: int
    url: str
    requested_url: str
    status: int
    headers: Mapping[str, str]
    encoding: str | None
    body: bytes = field(repr=False)
    size: int
    fetched_at: datetime
    expires_at: datetime
    engine: str
    place: str | None
    lang: str | None
    parser_version: str
    failure: Failure | None = None
    rows: Sequence[tuple[int, int]] = ()
    read_with: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """As NewPage; `stored_bytes` is the length of its body as it is stored."""

    target_index: int
    number: int
    url: str
    requested_url: str
    status: int
    headers: Mapping[str, str]
    encoding: str | None
    size: int
    stored_bytes: int
    fetched_at: datetime
    expires_at: datetime
    engine: str
    place: str | None
    lang: str | None
    parser_version: str
    failure: Failure | None
    rows: Sequence[tuple[int, int]]
    read_with: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageUse:
    count: int
    stored_bytes: int


class SavedPages:
    def __init__(self, database: MongoDatabase) -> None:
        self._pages = database[_NAME]
        self._database = database
        self._jobs = database["jobs"]

    def keep(self, pages: Sequence[NewPage]) -> int:
        """How many were kept: those of jobs that are still there."""
        owners = self._owners({page.job_id for page in pages})
        wanted = [page for page in pages if page.job_id in owners]
        if not wanted:
            return 0
        writes = []
        for page in wanted:
            document = _document(page, owners[page.job_id])
            writes.append(ReplaceOne({"_id": document["_id"]}, document, upsert=True))
        self._pages.bulk_write(writes, ordered=False)
        # A job's own document goes before what it leaves behind is swept: one that is still there now
        # will be swept later than this.
        gone = owners.keys() - self._owners(owners.keys()).keys()
        for job_id in gone:
            self._pages.delete_many({"_id": key_range(job_id)})
        return sum(page.job_id not in gone for page in wanted)

    def stored_bytes(self) -> int:
        """Of all documents; the server knows it without counting."""
        found = self._database.command("collStats", _NAME)
        return int(found["size"])

    def use(self) -> PageUse:
        found = self._database.command("collStats", _NAME)
        return PageUse(int(found.get("count", 0)), int(found["size"]))

    def list_page(
        self, job_id: str, *, target: int | None = None, limit: int, offset: int = 0
    ) -> list[SavedPage]:
        """In the order of targets, and of pages within one."""
        found = self._pages.aggregate(
            [
                *_shown(job_id if target is None else target_id(job_id, target)),
                {"$sort": {"_id": 1}},
                {"$skip": offset},
                {"$limit": limit},
            ]
        )
        return [_page(document) for document in found]

    def count(self, job_id: str, *, target: int | None = None) -> int:
        scope = job_id if target is None else target_id(job_id, target)
        for found in self._pages.aggregate([*_shown(scope), {"$count": "n"}]):
            return int(found["n"])
        return 0

    def find(self, job_id: str, target: int, number: int | None) -> tuple[SavedPage, bytes] | None:
        """With its body, gzip. `number` None: the last page of the target."""
        last = {"$limit": 1}
        chosen: list[Document] = [{"$match": {"number": number}}] if number is not None else []
        key = target_id(job_id, target)
        found = self._pages.aggregate([*_shown(key), *chosen, {"$sort": {"_id": -1}}, last])
        for document in found:
            stored = self._pages.find_one({"_id": document["_id"]}, {"body": 1})
            if stored is not None:
                return _page(document), bytes(stored["body"])
        return None

    def make_room(self, max_bytes: int) -> int:
        """Remove the oldest pages of whoever has the most, until the limit is kept; how many."""
        excess = self.stored_bytes() - max_bytes
        if excess <= 0:
            return 0
        excess += round(max_bytes * (1 - _LOW_SHARE))
        removed = 0
        held = self._bytes_by_organization()
        while excess > 0 and held:
            owner = max(held, key=lambda one: held[one])
            # Half of it at a time: then the next one may have the most.
            batch = list(self._oldest(owner, min(excess, held[owner] // 2 + 1)))
            if not batch:
                del held[owner]
                continue
            self._pages.delete_many({"_id": {"$in": [found["_id"] for found in batch]}})
            freed = sum(found["bytes"] for found in batch)
            held[owner] -= freed
            excess -= freed
            removed += len(batch)
        return removed

    def _oldest(self, organization_id: str, excess: int) -> Iterator[Document]:
        query = {"organizationId": organization_id}
        found = self._pages.find(query, {"bytes": 1}).sort("fetchedAt", 1).limit(_BATCH)
        for document in found:
            if excess <= 0:
                return
            excess -= document["bytes"]
            yield document

    def _bytes_by_organization(self) -> dict[str, int]:
        groups = self._pages.aggregate(
            [{"$group": {"_id": "$organizationId", "bytes": {"$sum": "$bytes"}}}]
        )
        return {group["_id"]: group["bytes"] for group in groups}

    def _owners(self, job_ids: Iterable[str]) -> dict[str, str]:
        found = self._jobs.find({"_id": {"$in": sorted(job_ids)}}, {"organizationId": 1})
        return {document["_id"]: document["organizationId"] for document in found}


def _shown(scope: str) -> list[Document]:
    """Pages of targets that ended under the token of the page; `scope`: the id of a job or a target."""
    return [
        {"$match": {"_id": key_range(scope)}},
        {"$project": {"body": 0}},
        {
            "$lookup": {
                "from": "targets",
                "localField": "targetId",
                "foreignField": "_id",
                "as": "target",
                "pipeline": [{"$project": {"token": 1, "status": 1}}],
            }
        },
        {"$match": {"target.status": {"$in": _ENDED}}},
        {"$match": {"$expr": {"$eq": ["$token", {"$first": "$target.token"}]}}},
    ]


def _document(page: NewPage, organization_id: str) -> Document:
    failure = page.failure
    return {
        "_id": f"{page.target_id}:{page.token:012d}:{page.number:04d}",
        "organizationId": organization_id,
        "jobId": page.job_id,
        "targetId": page.target_id,
        "token": page.token,
        "number": page.number,
        "url": page.url,
        "requestedUrl": page.requested_url,
        "status": page.status,
        # As pairs: a header's name may be no name of a field.
        "headers": [list(pair) for pair in page.headers.items()],
        "encoding": page.encoding,
        "body": page.body,
        "bytes": len(page.body),
        "size": page.size,
        "fetchedAt": page.fetched_at,
        "expiresAt": page.expires_at,
        "engine": page.engine,
        "place": page.place,
        "lang": page.lang,
        "parserVersion": page.parser_version,
        "failure": {"code": failure.code, "message": failure.message} if failure else None,
        "rows": [list(place) for place in page.rows],
        "readWith": dict(page.read_with),
    }


def _page(document: Document) -> SavedPage:
    failure = document["failure"]
    return SavedPage(
        target_index=int(document["targetId"].rpartition(":")[2]),
        number=document["number"],
        url=document["url"],
        requested_url=document["requestedUrl"],
        status=document["status"],
        headers=dict(document["headers"]),
        encoding=document["encoding"],
        size=document["size"],
        stored_bytes=document["bytes"],
        fetched_at=document["fetchedAt"],
        expires_at=document["expiresAt"],
        engine=document["engine"],
        place=document["place"],
        lang=document["lang"],
        parser_version=document["parserVersion"],
        failure=Failure(failure["code"], failure["message"]) if failure else None,
        rows=[(page, position) for page, position in document["rows"]],
        read_with=document["readWith"],
    )
