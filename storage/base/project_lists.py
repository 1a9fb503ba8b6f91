"""What several projects have of one kind, a page at a time, by one question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo.collection import Collection

from storage.base.connections import Document


def newest_documents(
    collection: Collection[Document],
    organization_id: str,
    project_ids: Sequence[str],
    *,
    limit: int,
    before: str | None,
    **more: Any,
) -> list[Document]:
    """Newest first; `before`: older than the one of this id. `more`: what else must hold.

    Served by an index that begins with `projectId` and `_id`.
    """
    query: Document = {"projectId": {"$in": list(project_ids)}, "organizationId": organization_id}
    if before is not None:
        query["_id"] = {"$lt": before}
    return list(collection.find({**query, **more}).sort("_id", -1).limit(limit))
