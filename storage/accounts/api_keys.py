"""The api_keys collection. A key is stored as its hash: who reads the database cannot use it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.project_lists import newest_documents

# A key of one project, and one that stands for its user.
KEY_PREFIX = "az_"
USER_KEY_PREFIX = "st_"
KEY_PREFIXES = (KEY_PREFIX, USER_KEY_PREFIX)
_HINT_CHARACTERS = 4
# A busy key would write at each request; to the minute is exact enough for people.
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`hint` is the end of the key, so that its owner can tell it from others. `project_id` None: it
    stands for the user who made it, in all projects."""

    id: str
    organization_id: str
    project_id: str | None
    name: str
    hint: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None


class ApiKeys:
    def __init__(self, database: MongoDatabase) -> None:
        self._keys = database["api_keys"]

    def insert(
        self,
        organization_id: str,
        project_id: str | None,
        *,
        name: str,
        created_by: str,
        session: ClientSession,
    ) -> tuple[ApiKey, str]:
        """The new key and its secret text, which nobody can read again."""
        prefix = USER_KEY_PREFIX if project_id is None else KEY_PREFIX
        text = prefix + secrets.token_urlsafe(32)
        document = {
            "_id": new_id(),
            "keyHash": _hash(text),
            "organizationId": organization_id,
            "projectId": project_id,
            "name": name,
            "hint": text[-_HINT_CHARACTERS:],
            "createdBy": created_by,
            "createdAt": utc_now(),
            "lastUsedAt": None,
        }
        self._keys.insert_one(document, session=session)
        return _key_from_document(document), text

    def use(self, text: str) -> ApiKey | None:
        """The key that `text` is, noted as used; None when there is no such key (any more)."""
        document = self._keys.find_one({"keyHash": _hash(text)})
        if document is None:
            return None
        key = _key_from_document(document)
        now = utc_now()
        if key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY:
            self._keys.update_one({"_id": key.id}, {"$set": {"lastUsedAt": now}})
        return key

    def list_of_project(self, project_id: str, organization_id: str) -> list[ApiKey]:
        query = {"projectId": project_id, "organizationId": organization_id}
        return [_key_from_document(found) for found in self._keys.find(query).sort("_id", -1)]

    def newest_of(
        self, organization_id: str, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[ApiKey]:
        """Of these projects together, newest first; `before`: older than the one of this id."""
        found = newest_documents(
            self._keys, organization_id, project_ids, limit=limit, before=before
        )
        return [_key_from_document(one) for one in found]

    def list_of_user(self, user_id: str) -> list[ApiKey]:
        query = {"projectId": None, "createdBy": user_id}
        return [_key_from_document(found) for found in self._keys.find(query).sort("_id", -1)]

    def remove_of_user(self, key_id: str, user_id: str, session: ClientSession) -> ApiKey | None:
        """The key that was removed; None when the user has no such key."""
        query = {"_id": key_id, "projectId": None, "createdBy": user_id}
        return self._remove_one(query, session)

    def rename(
        self, key_id: str, project_id: str, *, name: str, session: ClientSession
    ) -> ApiKey | None:
        """The key under its new name; None when the project has no such key."""
        document = self._keys.find_one_and_update(
            {"_id": key_id, "projectId": project_id},
            {"$set": {"name": name}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _key_from_document(document) if document else None

    def remove(self, key_id: str, project_id: str, session: ClientSession) -> ApiKey | None:
        """The key that was removed; None when the project has no such key."""
        return self._remove_one({"_id": key_id, "projectId": project_id}, session)

    def list_of_organization(self, organization_id: str) -> list[ApiKey]:
        """All keys of the organization, of projects and of users, newest first."""
        found = self._keys.find({"organizationId": organization_id}).sort("_id", -1)
        return [_key_from_document(document) for document in found]

    def remove_of_organization(
        self, key_id: str, organization_id: str, session: ClientSession
    ) -> ApiKey | None:
        """The key that was removed; None when the organization has no such key."""
        query = {"_id": key_id, "organizationId": organization_id}
        return self._remove_one(query, session)

    def remove_of_creator(self, user_id: str, organization_id: str, session: ClientSession) -> int:
        """Remove every key that the user made in the organization; how many there were."""
        query = {"organizationId": organization_id, "createdBy": user_id}
        return self._keys.delete_many(query, session=session).deleted_count

    def remove_of_project(self, project_id: str, session: ClientSession) -> None:
        self._keys.delete_many({"projectId": project_id}, session=session)

    def _remove_one(self, query: Document, session: ClientSession) -> ApiKey | None:
        document = self._keys.find_one_and_delete(query, session=session)
        return _key_from_document(document) if document else None


def _hash(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode()).hexdigest()


def _key_from_document(document: Document) -> ApiKey:
    return ApiKey(
        id=document["_id"],
        organization_id=document["organizationId"],
        project_id=document["projectId"],
        name=document["name"],
        hint=document["hint"],
        created_by=document["createdBy"],
        created_at=document["createdAt"],
        last_used_at=document["lastUsedAt"],
    )
