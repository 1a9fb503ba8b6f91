"""The invitations collection: one-time tokens with which a person joins an organization."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.client_session import ClientSession

from storage.accounts.users import Role
from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """`email` None: whoever holds the token may accept."""

    id: str
    organization_id: str
    email: str | None
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime


class Invitations:
    def __init__(self, database: MongoDatabase) -> None:
        self._invitations = database["invitations"]

    def insert(
        self,
        organization_id: str,
        *,
        email: str | None,
        role: Role,
        created_by: str,
        lifetime: timedelta,
        session: ClientSession,
    ) -> tuple[Invitation, str]:
        """The invitation and its token, of which only a hash is stored."""
        token = secrets.token_urlsafe(32)
        now = utc_now()
        document = {
            "_id": new_id(),
            "tokenHash": _hash(token),
            "organizationId": organization_id,
            "email": email,
            "role": role.value,
            "createdBy": created_by,
            "createdAt": now,
            "expiresAt": now + lifetime,
        }
        self._invitations.insert_one(document, session=session)
        return _invitation_from_document(document), token

    def find(self, token: str, session: ClientSession | None = None) -> Invitation | None:
        """None when the token is unknown, used or expired."""
        query = {"tokenHash": _hash(token), "expiresAt": {"$gt": utc_now()}}
        document = self._invitations.find_one(query, session=session)
        return _invitation_from_document(document) if document else None

    def list_of_organization(
        self, organization_id: str, session: ClientSession | None = None
    ) -> list[Invitation]:
        """Invitations that can still be accepted, newest first."""
        query = {"organizationId": organization_id, "expiresAt": {"$gt": utc_now()}}
        found = self._invitations.find(query, session=session).sort("_id", -1)
        return [_invitation_from_document(document) for document in found]

    def remove(
        self, invitation_id: str, organization_id: str, session: ClientSession
    ) -> Invitation | None:
        """The invitation that was removed; None when the organization has no such invitation."""
        query = {"_id": invitation_id, "organizationId": organization_id}
        document = self._invitations.find_one_and_delete(query, session=session)
        return _invitation_from_document(document) if document else None

    def remove_of_organization(self, organization_id: str, session: ClientSession) -> None:
        self._invitations.delete_many({"organizationId": organization_id}, session=session)


def _hash(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


def _invitation_from_document(document: Document) -> Invitation:
    return Invitation(
        id=document["_id"],
        organization_id=document["organizationId"],
        email=document["email"],
        role=Role(document["role"]),
        created_by=document["createdBy"],
        created_at=document["createdAt"],
        expires_at=document["expiresAt"],
    )
