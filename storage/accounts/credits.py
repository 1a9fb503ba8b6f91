"""Credits: a balance on the organization, and an append-only ledger that recomputes to it.

balance = what can still be reserved; reserved = what open jobs hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import exactly, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What it added to the balance and to what open jobs hold."""

    id: str
    kind: str
    balance: int
    reserved: int
    job_id: str | None
    reason: str | None
    created_at: datetime


class Credits:
    def __init__(self, database: MongoDatabase) -> None:
        self._organizations = database["organizations"]
        self._ledger = database["ledger"]

    def grant(
        self, organization_id: str, amount: int, *, reason: str, session: ClientSession
    ) -> None:
        """Add credits outside of any job."""
        self._move(organization_id, balance=amount, reserved=0, session=session)
        self._write(
            organization_id, "grant", balance=amount, reserved=0, reason=reason, session=session
        )

    def withdraw(
        self, organization_id: str, amount: int, *, reason: str, session: ClientSession
    ) -> bool:
        """Take credits back; False when the balance is too low (nothing is written then)."""
        done = self._organizations.update_one(
            {"_id": organization_id, "creditBalance": {"$gte": amount}},
            {"$inc": {"creditBalance": -amount}},
            session=session,
        )
        if done.modified_count == 0:
            return False
        self._write(
            organization_id, "grant", balance=-amount, reserved=0, reason=reason, session=session
        )
        return True

    def reserve(
        self, organization_id: str, amount: int, *, job_id: str, session: ClientSession
    ) -> bool:
        """Hold credits for a job; False when the balance is too low (nothing is written then)."""
        if amount == 0:
            return True
        done = self._organizations.update_one(
            {"_id": organization_id, "creditBalance": {"$gte": amount}},
            {"$inc": {"creditBalance": -amount, "creditReserved": amount}},
            session=session,
        )
        if done.modified_count == 0:
            return False
        self._write(
            organization_id,
            "reserve",
            balance=-amount,
            reserved=amount,
            job_id=job_id,
            session=session,
        )
        return True

    def settle(
        self,
        organization_id: str,
        *,
        job_id: str,
        reserved: int,
        charged: int,
        session: ClientSession,
    ) -> None:
        """Charge what succeeded out of a job's reservation and give the rest back."""
        if reserved == 0:
            return
        released = reserved - charged
        self._move(organization_id, balance=released, reserved=-reserved, session=session)
        self._write(
            organization_id, "charge", balance=0, reserved=-charged, job_id=job_id, session=session
        )
        self._write(
            organization_id,
            "release",
            balance=released,
            reserved=-released,
            job_id=job_id,
            session=session,
        )

    def get_balance(self, organization_id: str) -> tuple[int, int]:
        """(balance, reserved)."""
        document = self._organizations.find_one({"_id": organization_id})
        if document is None:
            raise LookupError(f"no organization {organization_id}")
        return document["creditBalance"], document["creditReserved"]

    def recompute(self, organization_id: str) -> tuple[int, int]:
        """(balance, reserved) as the ledger's entries add up."""
        groups = self._ledger.aggregate(
            [
                {"$match": {"organizationId": organization_id}},
                {
                    "$group": {
                        "_id": None,
                        "balance": {"$sum": "$balance"},
                        "reserved": {"$sum": "$reserved"},
                    }
                },
            ]
        )
        for group in groups:
            return group["balance"], group["reserved"]
        return 0, 0

    def list_before(
        self, organization_id: str, *, limit: int, before: str | None, job_id: str | None
    ) -> tuple[list[LedgerEntry], int]:
        """Entries that are older than the entry `before`, newest first, and how many there are in all."""
        query: Document = {"organizationId": organization_id}
        if job_id is not None:
            query["jobId"] = exactly(job_id)
        total = self._ledger.count_documents(query)
        if before is not None:
            query["_id"] = {"$lt": before}
        found = self._ledger.find(query).sort("_id", -1).limit(limit)
        return [_entry_from_document(document) for document in found], total

    def charged_by_month(self, organization_id: str, since: datetime) -> dict[str, int]:
        """Credits that ended jobs cost, by month (`2026-11`), in UTC."""
        groups = self._ledger.aggregate(
            [
                {"$match": {"organizationId": organization_id, "kind": "charge"}},
                {"$match": {"createdAt": {"$gte": since}}},
                {
                    "$group": {
                        "_id": {"$dateToString": {"format": "%Y-%m", "date": "$createdAt"}},
                        "reserved": {"$sum": "$reserved"},
                    }
                },
            ]
        )
        return {group["_id"]: -group["reserved"] for group in groups}

    def _move(
        self, organization_id: str, *, balance: int, reserved: int, session: ClientSession
    ) -> None:
        self._organizations.update_one(
            {"_id": organization_id},
            {"$inc": {"creditBalance": balance, "creditReserved": reserved}},
            session=session,
        )

    def _write(
        self,
        organization_id: str,
        kind: str,
        *,
        balance: int,
        reserved: int,
        session: ClientSession,
        job_id: str | None = None,
        reason: str | None = None,
    ) -> None:
        self._ledger.insert_one(
            {
                "_id": new_id(),
                "organizationId": organization_id,
                "kind": kind,
                "balance": balance,
                "reserved": reserved,
                "jobId": job_id,
                "reason": reason,
                "createdAt": utc_now(),
            },
            session=session,
        )


def _entry_from_document(document: Document) -> LedgerEntry:
    return LedgerEntry(
        id=document["_id"],
        kind=document["kind"],
        balance=document["balance"],
        reserved=document["reserved"],
        job_id=document["jobId"],
        reason=document["reason"],
        created_at=document["createdAt"],
    )
