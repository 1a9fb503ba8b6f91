"""The users collection. A user belongs to one organization and signs in with an e-mail address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.clock import utc_now
from storage.connections import Document, MongoDatabase
from storage.ids import new_id


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
            {"$set": {"passwordHash": password_hash}, "$inc": {"tokenGeneration": 1}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _user_from_document(document) if document else None

    def remove(self, user_id: str, organization_id: str, session: ClientSession) -> bool:
        """False when the organization has no such user."""
        query = {"_id": user_id, "organizationId": organization_id}
        return self._users.delete_one(query, session=session).deleted_count == 1

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
        created_at=document["createdAt"],
    )
