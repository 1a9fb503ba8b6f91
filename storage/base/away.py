"""StorageAway: MongoDB or Redis cannot answer now, and may answer the same call later.

The clients of connections.py raise it in place of the drivers' errors. Whatever else a driver raises
is a defect of ours or of the set-up (no rights, a wrong command, a duplicate key that nobody expected):
waiting does not heal it, so nobody may catch it to try again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
import redis.asyncio
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
)

_LABELS = (
    "RetryableWriteError",
    "TransientTransactionError",
    "UnknownTransactionCommitResult",
)
# MongoDB's error codes for a server that starts, stops, elects a primary or is overloaded.
_PASSING_CODES = frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        24,  # LockTimeout
        50,  # MaxTimeMSExpired
        64,  # WriteConcernTimeout
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        112,  # WriteConflict
        189,  # PrimarySteppedDown
        262,  # ExceededTimeLimit
        9001,  # SocketException
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11602,  # InterruptedDueToReplStateChange
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
    }
)
# AuthenticationError is a ConnectionError to redis-py, but waiting gives nobody a password.
_REDIS_DEFECTS = (redis.AuthenticationError, redis.exceptions.AuthorizationError)
_REDIS_PASSING = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.MasterDownError,
    redis.exceptions.TryAgainError,
)
# Errors that have no class in redis-py, by the first word of the reply: what follows it differs
# between Redis and Valkey. A script of another takes long; a snapshot failed; there are too few
# replicas; the primary that was waited at has become a replica.
_REDIS_PASSING_CODES = frozenset({"BUSY", "MISCONF", "NOREPLICAS", "UNBLOCKED"})

# redis-py puts the command of a pipeline that failed before the reply; the async one adds brackets.
_OF_PIPELINE = " of pipeline caused error: "


class StorageAway(Exception):
    """`kind`: the driver's name of the error; None where we found out without the driver."""

    kind: str | None = None


def is_defect(error: BaseException) -> bool:
    """Whether a driver raised it, and waiting does not heal it."""
    is_of_driver = isinstance(error, PyMongoError | redis.RedisError)
    return is_of_driver and not isinstance(error, StorageAway)


class MongoAway(StorageAway, AutoReconnect):
    """Still an error of the driver, for those parts of the driver that it passes through."""


class RedisAway(StorageAway, redis.ConnectionError):
    pass


class AwareMongoClient(MongoClient[dict[str, Any]]):
    """Each command passes through the one method below, where the driver has done its own retries.

    Within a transaction the driver's errors pass unchanged: they tell it whether to repeat the
    transaction. `in_transaction` translates what is left.
    """

    def _retry_internal(self, func: Any, session: Any, *args: Any, **options: Any) -> Any:
        if session is not None and session.in_transaction:
            return super()._retry_internal(func, session, *args, **options)
        with mongo_errors():
            return super()._retry_internal(func, session, *args, **options)


class AwareRedis(redis.Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        with redis_errors():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Any:
        pool, callbacks = self.connection_pool, self.response_callbacks
        return _AwarePipeline(pool, callbacks, transaction, shard_hint)


class _AwarePipeline(redis.client.Pipeline):
    def execute(self, raise_on_error: bool = True) -> list[Any]:
        with redis_errors():
            return super().execute(raise_on_error)


class AwareAsyncRedis(redis.asyncio.Redis):
    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with redis_errors():
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Any:
        pool, callbacks = self.connection_pool, self.response_callbacks
        return _AwareAsyncPipeline(pool, callbacks, transaction, shard_hint)


class _AwareAsyncPipeline(redis.asyncio.client.Pipeline):
    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        with redis_errors():
            return await super().execute(raise_on_error)


def kind_of(error: Exception) -> str:
    """A short name of the trouble, for logs and answers."""
    return getattr(error, "kind", None) or type(error).__name__


@contextmanager
def mongo_errors() -> Iterator[None]:
    """Raises MongoAway for an error of pymongo that waiting can heal; others pass unchanged."""
    try:
        yield
    except StorageAway:
        raise
    except PyMongoError as error:
        if _is_mongo_away(error):
            raise _with_kind(MongoAway(str(error)), error) from error
        raise


@contextmanager
def redis_errors() -> Iterator[None]:
    """Raises RedisAway for an error of redis-py that waiting can heal; others pass unchanged."""
    try:
        yield
    except StorageAway:
        raise
    except redis.RedisError as error:
        if _is_redis_away(error):
            raise _with_kind(RedisAway(str(error)), error) from error
        raise


def _with_kind(away: StorageAway, error: Exception) -> StorageAway:
    away.kind = type(error).__name__
    return away


def _is_mongo_away(error: BaseException | None) -> bool:
    if isinstance(error, ConnectionFailure):
        return True
    if not isinstance(error, PyMongoError):
        return False
    if any(error.has_error_label(label) for label in _LABELS):
        return True
    if isinstance(error, BulkWriteError):
        return _is_late_acknowledgement(error)
    return isinstance(error, OperationFailure) and error.code in _PASSING_CODES


def _is_late_acknowledgement(error: BulkWriteError) -> bool:
    """Every document was written, and the majority has not said so in time."""
    details = error.details or {}
    late = details.get("writeConcernErrors") or ()
    return (
        bool(late)
        and not details.get("writeErrors")
        and all(one.get("code") in _PASSING_CODES for one in late)
    )


def _is_redis_away(error: redis.RedisError) -> bool:
    if isinstance(error, _REDIS_DEFECTS):
        return False
    return isinstance(error, _REDIS_PASSING) or _code_of(error) in _REDIS_PASSING_CODES


def _code_of(error: redis.RedisError) -> str:
    """The first word of the reply."""
    _, _, of_pipeline = str(error).rpartition(_OF_PIPELINE)
    return of_pipeline.lstrip("('\"").partition(" ")[0]
