"""The handoffs collection: tokens that carry a login from one page to another, once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase

LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Handoff:
    """`generation` is the user's token generation when it was made: a change of password ends it."""

    user_id: str
    generation: int


class Handoffs:
    def __init__(self, database: MongoDatabase) -> None:
        self._handoffs = database["handoffs"]

    def insert(self, handoff: Handoff) -> tuple[str, datetime]:
        """The token, which is not stored, and when it expires."""
        token = secrets.token_urlsafe(32)
        expires_at = utc_now() + LIFETIME
        self._handoffs.insert_one(
            {
                "_id": _hash(token),
                "userId": handoff.user_id,
                "generation": handoff.generation,
                "expiresAt": expires_at,
            }
        )
        return token, expires_at

    def find(self, token: str) -> Handoff | None:
        """What the token stands for; it can still be used."""
        document = self._handoffs.find_one({"_id": _hash(token), "expiresAt": {"$gt": utc_now()}})
        return Handoff(document["userId"], document["generation"]) if document else None

    def consume(self, token: str) -> Handoff | None:
        """What the token stands for, to one caller only; None when unknown, used or expired."""
        document = self._handoffs.find_one_and_delete(
            {"_id": _hash(token), "expiresAt": {"$gt": utc_now()}}
        )
        return Handoff(document["userId"], document["generation"]) if document else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
