"""The organizations collection: the tenant, its plan and (moved by credits.py alone) its balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    id: str
    name: str
    plan: str
    credit_balance: int
    credit_reserved: int
    created_at: datetime


class Organizations:
    def __init__(self, database: MongoDatabase) -> None:
        self._organizations = database["organizations"]

    def insert(self, name: str, plan: str, *, session: ClientSession) -> Organization:
        document = {
            "_id": new_id(),
            "name": name,
            "plan": plan,
            "creditBalance": 0,
            "creditReserved": 0,
            "createdAt": utc_now(),
        }
        self._organizations.insert_one(document, session=session)
        return _organization_from_document(document)

    def hold(self, organization_id: str, session: ClientSession) -> bool:
        """Keep other changes to the organization's people out until the transaction ends.

        The write makes parallel transactions that hold the organization exclude each other. False
        when there is no such organization.
        """
        done = self._organizations.update_one(
            {"_id": organization_id}, {"$inc": {"holds": 1}}, session=session
        )
        return done.matched_count == 1

    def find(
        self, organization_id: str, session: ClientSession | None = None
    ) -> Organization | None:
        document = self._organizations.find_one({"_id": organization_id}, session=session)
        return _organization_from_document(document) if document else None

    def set_plan(
        self, organization_id: str, plan: str, session: ClientSession | None = None
    ) -> bool:
        """False when there is no such organization."""
        done = self._organizations.update_one(
            {"_id": organization_id}, {"$set": {"plan": plan}}, session=session
        )
        return done.matched_count == 1

    def list_page(self, *, limit: int, offset: int) -> tuple[list[Organization], int]:
        """Organizations, newest first, and how many there are in all."""
        found = self._organizations.find().sort("_id", -1).skip(offset).limit(limit)
        organizations = [_organization_from_document(document) for document in found]
        return organizations, self._organizations.count_documents({})


def _organization_from_document(document: Document) -> Organization:
    return Organization(
        id=document["_id"],
        name=document["name"],
        plan=document["plan"],
        credit_balance=document["creditBalance"],
        credit_reserved=document["creditReserved"],
        created_at=document["createdAt"],
    )
