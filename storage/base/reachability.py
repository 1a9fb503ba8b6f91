"""Whether the servers answer right now. For readiness: bounded to a second or two."""

from __future__ import annotations

from typing import Any

import pymongo
import redis
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from storage.base.away import StorageAway, kind_of
from storage.base.connections import Document, MongoDatabase
from storage.base.indexes import missing_indexes, wrong_indexes
from storage.base.server_watch import ServerWatch

_PATIENCE_SECONDS = 1.5


class Reachability:
    def __init__(
        self,
        client: MongoClient[Document],
        database: MongoDatabase,
        redis_client: redis.Redis,
        *,
        watch: ServerWatch,
    ) -> None:
        self._watch = watch
        self._client = client
        self._database = database
        self._redis: Any = redis_client
        self._has_indexes = False
        self._wrong: list[str] = []

    def require_mongo(self) -> None:
        """Raises a StorageAway at once when MongoDB is known to be away."""
        self._watch.require()

    def mongo_trouble(self) -> str | None:
        """Why MongoDB cannot be used, or None."""
        try:
            self._watch.require()
            with pymongo.timeout(_PATIENCE_SECONDS):
                self._client.admin.command("ping")
                missing = self._missing_indexes()
                wrong = self._wrong
        except (StorageAway, PyMongoError) as error:
            return f"unreachable ({kind_of(error)})"
        if missing:
            return "indexes are missing; make them with: python -m control_api.manage migrate"
        if wrong:
            return f"the index {wrong[0]} has other keys or options; drop it, then migrate"
        return None

    def redis_trouble(self) -> str | None:
        """Why Redis cannot be used, or None."""
        try:
            self._redis.ping()
        except (StorageAway, redis.RedisError) as error:
            return f"unreachable ({kind_of(error)})"
        return None

    def _missing_indexes(self) -> list[str]:
        # Once they were seen they are not asked for again: readiness is asked for often.
        if self._has_indexes:
            return []
        missing, self._wrong = missing_indexes(self._database), wrong_indexes(self._database)
        self._has_indexes = not missing and not self._wrong
        return missing
