"""The users collection. A user belongs to one organization and signs in with an e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


class Role(StrEnum):
    MEMBER = "member"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: str
    organization_id: str
    email: str
    name: str | None
    role: Role
    is_admin: bool
    password_hash: str = field(repr=False)
    # Tokens carry the generation they were made in; a change of password starts a new one.
    token_generation: int
    # Somebody else chose the password: nothing but a change of it is allowed.
    must_change_password: bool
    # The account is the person's own: it goes on when its place in this organization ends.
    came_by_invitation: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    organization_id: str
    email: str
    name: str | None
    role: Role
    password_hash: str = field(repr=False)
    # A second name to sign in with, beside the e-mail address.
    username: str | None = None
    must_change_password: bool = False
    came_by_invitation: bool = False


class UsernameTaken(Exception):
    """Another user signs in with this name. Raised by `insert`; nothing is written."""


class EmailTaken(Exception):
    """Another user has this e-mail address. Raised by `insert`; nothing is written."""


class Users:
    def __init__(self, database: MongoDatabase) -> None:
        self._users = database["users"]

    def insert(self, new: NewUser, session: ClientSession) -> User:
        document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "email": new.email,
            "emailKey": email_key(new.email),
            "name": new.name,
            "role": new.role.value,
            "isAdmin": False,
            "passwordHash": new.password_hash,
            "tokenGeneration": 0,
            "mustChangePassword": new.must_change_password,
            "cameByInvitation": new.came_by_invitation,
            "createdAt": utc_now(),
        }
        if new.username is not None:
            document["usernameKey"] = email_key(new.username)
        try:
            self._users.insert_one(document, session=session)
        except DuplicateKeyError as error:
            if "usernameKey" in ((error.details or {}).get("keyPattern") or {}):
                raise UsernameTaken(new.username) from error
            raise EmailTaken(new.email) from error
        return _user_from_document(document)

    def find(self, user_id: str) -> User | None:
        document = self._users.find_one({"_id": user_id})
        return _user_from_document(document) if document else None

    def find_by_email(self, email: str) -> User | None:
        document = self._users.find_one({"emailKey": email_key(email)})
        return _user_from_document(document) if document else None

    def find_by_username(self, username: str) -> User | None:
        document = self._users.find_one({"usernameKey": email_key(username)})
        return _user_from_document(document) if document else None

    def list_of_organization(self, organization_id: str) -> list[User]:
        """Oldest first."""
        found = self._users.find({"organizationId": organization_id}).sort("_id", 1)
        return [_user_from_document(document) for document in found]

    def find_all(self, user_ids: Iterable[str]) -> dict[str, User]:
        found = self._users.find({"_id": {"$in": list(user_ids)}})
        return {document["_id"]: _user_from_document(document) for document in found}

    def change_password(
        self, user: User, password_hash: str, session: ClientSession
    ) -> User | None:
        """The user in a new token generation; None when another change came first."""
        document = self._users.find_one_and_update(
            {"_id": user.id, "tokenGeneration": user.token_generation},
            {
                "$set": {"passwordHash": password_hash, "mustChangePassword": False},
                "$inc": {"tokenGeneration": 1},
            },
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _user_from_document(document) if document else None

    def find_in_organization(
        self, user_id: str, organization_id: str, session: ClientSession
    ) -> User | None:
        query = {"_id": user_id, "organizationId": organization_id}
        document = self._users.find_one(query, session=session)
        return _user_from_document(document) if document else None

    def count_of_organization(
        self, organization_id: str, session: ClientSession
    ) -> dict[Role, int]:
        """How many people the organization has in each role."""
        found = self._users.find({"organizationId": organization_id}, {"role": 1}, session=session)
        counts = dict.fromkeys(Role, 0)
        for document in found:
            counts[Role(document["role"])] += 1
        return counts

    def move(
        self,
        user: User,
        organization_id: str,
        *,
        role: Role,
        by_invitation: bool = False,
        session: ClientSession,
    ) -> User | None:
        """The user in another organization; None when somebody moved or removed the user meanwhile."""
        changes = {
            "organizationId": organization_id,
            "role": role.value,
            "cameByInvitation": by_invitation,
        }
        return self._change(user, changes, session)

    def set_role(self, user: User, role: Role, session: ClientSession) -> User | None:
        """The user in the new role; None when the user left the organization meanwhile."""
        return self._change(user, {"role": role.value}, session)

    def _change(self, user: User, changes: Document, session: ClientSession) -> User | None:
        document = self._users.find_one_and_update(
            {"_id": user.id, "organizationId": user.organization_id},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _user_from_document(document) if document else None

    def remove(self, user_id: str, organization_id: str, session: ClientSession) -> User | None:
        """The user who was removed; None when the organization has no such user."""
        query = {"_id": user_id, "organizationId": organization_id}
        document = self._users.find_one_and_delete(query, session=session)
        return _user_from_document(document) if document else None

    def make_admin(self, user_id: str) -> None:
        self._users.update_one({"_id": user_id}, {"$set": {"isAdmin": True}})


def email_key(email: str) -> str:
    """What makes two addresses the same account."""
    return email.strip().casefold()


def _user_from_document(document: Document) -> User:
    return User(
        id=document["_id"],
        organization_id=document["organizationId"],
        email=document["email"],
        name=document["name"],
        role=Role(document["role"]),
        is_admin=document["isAdmin"],
        password_hash=document["passwordHash"],
        token_generation=document["tokenGeneration"],
        must_change_password=document.get("mustChangePassword", False),
        came_by_invitation=document.get("cameByInvitation", False),
        created_at=document["createdAt"],
    )
