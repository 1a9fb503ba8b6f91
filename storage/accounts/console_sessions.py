"""The console_sessions collection: who is signed in with which browser. Tokens are stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
# A read of a page writes to the database no more often than this.
TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """`generation` is the user's token generation at the sign-in: a change of password ends it.

    `id` is the hash of the token, and no secret.
    """

    id: str
    user_id: str
    generation: int
    address: str | None
    browser: str
    created_at: datetime
    seen_at: datetime


class ConsoleSessions:
    def __init__(self, database: MongoDatabase) -> None:
        self._sessions = database["console_sessions"]

    def insert(self, user_id: str, generation: int, *, address: str | None, browser: str) -> str:
        """The token, which is not stored."""
        token = secrets.token_urlsafe(32)
        now = utc_now()
        self._sessions.insert_one(
            {
                "_id": _hash(token),
                "userId": user_id,
                "generation": generation,
                "address": address,
                "browser": browser,
                "createdAt": now,
                "seenAt": now,
                "expiresAt": now + IDLE,
            }
        )
        return token

    def find(self, token: str) -> ConsoleSession | None:
        """None when unknown, ended, idle for too long or too old. MongoDB removes late: we look."""
        now = utc_now()
        document = self._sessions.find_one({"_id": _hash(token), "expiresAt": {"$gt": now}})
        if document is None:
            return None
        if now - document["seenAt"] > TOUCH_AFTER:
            self._touch(document, now)
        return _session_from_document(document)

    def list_of_user(self, user_id: str, generation: int) -> list[ConsoleSession]:
        """Those that hold; the latest seen first."""
        query = {"userId": user_id, "generation": generation, "expiresAt": {"$gt": utc_now()}}
        found = self._sessions.find(query).sort("seenAt", -1).limit(100)
        return [_session_from_document(document) for document in found]

    def remove(self, token: str) -> None:
        self._sessions.delete_one({"_id": _hash(token)})

    def remove_of_user(self, user_id: str, session_id: str) -> bool:
        removed = self._sessions.delete_one({"_id": session_id, "userId": user_id})
        return removed.deleted_count == 1

    def _touch(self, document: Document, now: datetime) -> None:
        expires_at = min(now + IDLE, document["createdAt"] + ABSOLUTE)
        self._sessions.update_one(
            {"_id": document["_id"]}, {"$set": {"seenAt": now, "expiresAt": expires_at}}
        )


def _session_from_document(document: Document) -> ConsoleSession:
    return ConsoleSession(
        id=document["_id"],
        user_id=document["userId"],
        generation=document["generation"],
        address=document["address"],
        browser=document["browser"],
        created_at=document["createdAt"],
        seen_at=document["seenAt"],
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
