"""The idempotency collection: which job a client's `Idempotency-Key` made. Kept for 24 hours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """`fingerprint` tells whether a later request asks for the same."""

    fingerprint: str
    job_id: str


class KeyInUse(Exception):
    """A request with the same key was committed meanwhile. Trying again finds its answer."""


class IdempotencyKeys:
    def __init__(self, database: MongoDatabase) -> None:
        self._keys = database["idempotency"]

    def find(
        self, organization_id: str, key: str, session: ClientSession | None = None
    ) -> KeyUse | None:
        # The TTL monitor runs once a minute only, so age is asked for here.
        query = {
            "_id": _key_id(organization_id, key),
            "expiresAt": {"$gt": utc_now()},
        }
        document = self._keys.find_one(query, session=session)
        return KeyUse(document["fingerprint"], document["jobId"]) if document else None

    def insert(
        self, organization_id: str, key: str, use: KeyUse, *, session: ClientSession
    ) -> None:
        now = utc_now()
        key_id = _key_id(organization_id, key)
        try:
            self._keys.delete_one({"_id": key_id, "expiresAt": {"$lte": now}}, session=session)
            self._keys.insert_one(
                {
                    "_id": key_id,
                    "organizationId": organization_id,
                    "fingerprint": use.fingerprint,
                    "jobId": use.job_id,
                    "createdAt": now,
                    "expiresAt": now + KEPT_FOR,
                },
                session=session,
            )
        except DuplicateKeyError as error:
            raise KeyInUse(key) from error


def _key_id(organization_id: str, key: str) -> str:
    """Keys are the client's text of any length; per organization, so tenants cannot probe each other."""
    return f"{organization_id}:{hashlib.sha256(key.encode()).hexdigest()}"
