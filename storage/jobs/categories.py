"""Categories of stores that pages of lists named, whichever job read them: what a store has is nobody's own.

A process that dies between the settlement and this leaves some out; the next page names them again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.records import TargetEnd

_KEY = ("marketplace", "language", "slug", "nodeId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """`path`: its name and those above it, outermost first; None until a page of its own was read."""

    marketplace: str
    language: str | None
    slug: str | None
    node_id: str | None
    name: str
    path: Sequence[str] | None
    seen_at: datetime


class Categories:
    def __init__(self, database: MongoDatabase) -> None:
        self._categories = database["categories"]

    def keep(self, ends: Sequence[TargetEnd], settled: Collection[str]) -> None:
        """Those that the targets named which were settled."""
        known = set(settled)
        found = [one for end in ends if end.id in known for one in end.categories]
        if found:
            now = utc_now()
            self._categories.bulk_write([_write(one, now) for one in found], ordered=True)

    def list_page(
        self, marketplace: str, *, text: str | None, language: str | None, limit: int, offset: int
    ) -> tuple[list[Category], int]:
        """By slug and name. `text`: a part of the name or the slug, or the node."""
        query: Document = {"marketplace": marketplace}
        if language is not None:
            query["language"] = language
        if text is not None:
            part = {"$regex": re.escape(text), "$options": "i"}
            query["$or"] = [{"name": part}, {"slug": part}, {"nodeId": text}]
        found = self._categories.find(query).sort([("slug", 1), ("name", 1), ("_id", 1)])
        listed = [_category(document) for document in found.skip(offset).limit(limit)]
        return listed, self._categories.count_documents(query)


def _write(found: Mapping[str, Any], now: datetime) -> UpdateOne:
    key = {name: found.get(name) for name in _KEY}
    fields = {**key, "name": found["name"], "seenAt": now}
    if found.get("path"):
        # Pages of other categories name it without its path.
        fields["path"] = list(found["path"])
    return UpdateOne(
        {"_id": "|".join(str(part) for part in key.values())}, {"$set": fields}, upsert=True
    )


def _category(document: Document) -> Category:
    return Category(
        marketplace=document["marketplace"],
        language=document["language"],
        slug=document["slug"],
        node_id=document["nodeId"],
        name=document["name"],
        path=document.get("path"),
        seen_at=document["seenAt"],
    )
