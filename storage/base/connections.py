"""How the processes connect. Every write is acknowledged by a majority and journaled: with less,
a killed mongod was measured to lose 74 to 256 acknowledged writes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from decimal import Context, Decimal
from typing import Any

import redis
import redis.asyncio
from bson.codec_options import CodecOptions, TypeCodec, TypeRegistry
from bson.decimal128 import Decimal128
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from settings.config import Config, ConfigError
from settings.secret_texts import without_secrets
from storage.base.away import AwareAsyncRedis, AwareMongoClient, AwareRedis
from storage.base.redis_breaker import GuardedPool

Document = dict[str, Any]
MongoDatabase = Database[Document]

# The layout of IEEE 754 decimal128 with a binary coefficient: sign, 14 bits of exponent, 113 bits.
_COEFFICIENT_BITS = (1 << 113) - 1
_EXPONENT_BIAS = 6176
_MAX_COEFFICIENT = 10**28
_EXACT = Context(prec=28)

_REDIS_OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    # What hands push may be no text at all; it must not break the reading of everything else.
    "encoding_errors": "replace",
    "health_check_interval": 30,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a process waits for a server that does not answer, in seconds.

    MongoDB's monitor notices a silent server within `mongo_heartbeat + mongo_connect`, and then
    ends what waits for it, however long a command may take on a server that works.
    """

    mongo_selection: float
    mongo_connect: float
    mongo_heartbeat: float
    redis_connect: float
    redis_answer: float
    redis_retries: int


# Loops and crawlers have nothing better to do than to wait.
LOOPS = Patience(
    mongo_selection=5.0,
    mongo_connect=5.0,
    mongo_heartbeat=10.0,
    redis_connect=2.0,
    redis_answer=10.0,
    redis_retries=2,
)
# Behind a request somebody waits, and each that waits holds a thread: answered within 3 s.
REQUESTS = Patience(
    mongo_selection=0.5,
    mongo_connect=1.0,
    mongo_heartbeat=0.5,
    redis_connect=0.8,
    redis_answer=0.8,
    redis_retries=0,
)


class DecimalCodec(TypeCodec):
    """Money is a Decimal in the code and a Decimal128 in MongoDB."""

    python_type = Decimal
    bson_type = Decimal128

    def transform_python(self, value: Any) -> Decimal128:
        return Decimal128(value)

    def transform_bson(self, value: Any) -> Decimal:
        return decimal_from_bson(value)


def decimal_from_bson(value: Decimal128) -> Decimal:
    """What `value.to_decimal()` is, in a ninth of its time: an export decodes a price a row."""
    bits = int.from_bytes(value.bid, "little")
    coefficient = bits & _COEFFICIENT_BITS
    if bits >> 125 & 3 == 3 or coefficient >= _MAX_COEFFICIENT:
        # NaN, infinity, or more digits than the arithmetic below keeps.
        decimal: Decimal = value.to_decimal()
        return decimal
    number = _EXACT.scaleb(Decimal(coefficient), (bits >> 113 & 0x3FFF) - _EXPONENT_BIAS)
    return number.copy_negate() if bits >> 127 else number


CODEC: CodecOptions[Document] = CodecOptions(
    tz_aware=True, tzinfo=UTC, type_registry=TypeRegistry([DecimalCodec()])
)


def connect_mongo(config: Config, patience: Patience = LOOPS) -> MongoClient[Document]:
    """A client; it connects lazily, so the start order of the processes does not matter."""
    # At DEBUG the driver logs whole documents: passwords' hashes, credentials of proxies and nodes.
    logging.getLogger("pymongo.command").setLevel(logging.INFO)
    try:
        return _mongo_client(config, patience)
    except (ConfigurationError, ValueError) as error:
        # Without its cause: the driver quotes the address.
        reason = without_secrets(str(error))
        raise ConfigError(f"MONGODB_URI is wrong: {reason}") from None


def _mongo_client(config: Config, patience: Patience) -> MongoClient[Document]:
    return AwareMongoClient(
        config.mongodb_uri,
        serverSelectionTimeoutMS=round(patience.mongo_selection * 1000),
        connectTimeoutMS=round(patience.mongo_connect * 1000),
        heartbeatFrequencyMS=round(patience.mongo_heartbeat * 1000),
        socketTimeoutMS=60_000,
        retryWrites=True,
        appname="azscraper",
    )


def open_database(client: MongoClient[Document], config: Config) -> MongoDatabase:
    return client.get_database(
        config.mongodb_database,
        codec_options=CODEC,
        write_concern=WriteConcern(w="majority", j=True),
        read_concern=ReadConcern("majority"),
    )


def connect_redis(config: Config, patience: Patience = LOOPS) -> redis.Redis:
    """A blocking client for the API and the worker. Raises ConfigError for a wrong option."""
    try:
        pool = GuardedPool.from_url(
            config.redis_url,
            **_REDIS_OPTIONS,
            socket_connect_timeout=patience.redis_connect,
            socket_timeout=patience.redis_answer,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=patience.redis_retries),
        )
    except ValueError as error:
        raise ConfigError(f"REDIS_URL is wrong: {without_secrets(str(error))}") from None
    return AwareRedis.from_pool(pool)


def connect_async_redis(config: Config) -> redis.asyncio.Redis:
    """A client for crawlers: a blocking call with Redis away would stop the reactor for seconds."""
    return AwareAsyncRedis.from_url(
        config.redis_url,
        **_REDIS_OPTIONS,
        socket_connect_timeout=LOOPS.redis_connect,
        socket_timeout=LOOPS.redis_answer,
    )
