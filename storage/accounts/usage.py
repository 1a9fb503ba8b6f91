"""The usage collection: what an organization used of its plan, one document per UTC month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase


@dataclass(frozen=True, slots=True)
class Usage:
    jobs: int = 0
    targets: int = 0
    exports: int = 0


class UsageCounters:
    def __init__(self, database: MongoDatabase) -> None:
        self._usage = database["usage"]

    def add(
        self,
        organization_id: str,
        more: Usage,
        *,
        session: ClientSession,
        at: datetime | None = None,
    ) -> Usage:
        """Count `more` in the month of `at` (default now) and return that month's sums.

        Limits are the caller's: it aborts the transaction when a sum is too high, and the month is
        as before. Parallel callers wait for one another on the month's document.
        """
        document = self._usage.find_one_and_update(
            {"_id": _month_id(organization_id, at or utc_now())},
            {
                "$inc": {"jobs": more.jobs, "targets": more.targets, "exports": more.exports},
                "$setOnInsert": {"organizationId": organization_id},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _usage_from_document(document)

    def get_month(self, organization_id: str, at: datetime | None = None) -> Usage:
        document = self._usage.find_one({"_id": _month_id(organization_id, at or utc_now())})
        return _usage_from_document(document)

    def list_months(self, organization_id: str, months: Iterable[str]) -> dict[str, Usage]:
        """By month, such as `2026-11`; one in which nothing was used is left out."""
        ids = [f"{organization_id}:{month}" for month in months]
        found = self._usage.find({"_id": {"$in": ids}})
        return {
            document["_id"].rpartition(":")[2]: _usage_from_document(document) for document in found
        }


def _month_id(organization_id: str, at: datetime) -> str:
    return f"{organization_id}:{at:%Y-%m}"


def _usage_from_document(document: Document | None) -> Usage:
    if document is None:
        return Usage()
    return Usage(document["jobs"], document["targets"], document["exports"])
