"""How the processes connect. Every write is acknowledged by a majority and journaled: with less,
a killed mongod was measured to lose 74 to 256 acknowledged writes."""

from __future__ import annotations

import logging
from datetime import UTC
from decimal import Context, Decimal
from typing import Any

import redis
import redis.asyncio
from bson.codec_options import CodecOptions, TypeCodec, TypeRegistry
from bson.decimal128 import Decimal128
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from settings.config import Config

Document = dict[str, Any]
MongoDatabase = Database[Document]

# What callers may catch when a server is away, without knowing the drivers.
StorageUnavailable = (PyMongoError, redis.RedisError)
# Only those errors that pass when the server is back; anything else is a defect of ours.
StorageAway = (ConnectionFailure, redis.ConnectionError, redis.TimeoutError)

# The layout of IEEE 754 decimal128 with a binary coefficient: sign, 14 bits of exponent, 113 bits.
_COEFFICIENT_BITS = (1 << 113) - 1
_EXPONENT_BIAS = 6176
_LONGEST_COEFFICIENT = 10**28
_EXACT = Context(prec=28)

_REDIS_OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    # What hands push may be no text at all; it must not break the reading of everything else.
    "encoding_errors": "replace",
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "health_check_interval": 30,
}


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
    if bits >> 125 & 3 == 3 or coefficient >= _LONGEST_COEFFICIENT:
        # NaN, infinity, or more digits than the arithmetic below keeps.
        decimal: Decimal = value.to_decimal()
        return decimal
    number = _EXACT.scaleb(Decimal(coefficient), (bits >> 113 & 0x3FFF) - _EXPONENT_BIAS)
    return number.copy_negate() if bits >> 127 else number


CODEC: CodecOptions[Document] = CodecOptions(
    tz_aware=True, tzinfo=UTC, type_registry=TypeRegistry([DecimalCodec()])
)


def connect_mongo(config: Config) -> MongoClient[Document]:
    """A client; it connects lazily, so the start order of the processes does not matter."""
    # At DEBUG the driver logs whole documents: passwords' hashes, credentials of proxies and nodes.
    logging.getLogger("pymongo.command").setLevel(logging.INFO)
    return MongoClient(
        config.mongodb_uri,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
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


def connect_redis(config: Config) -> redis.Redis:
    """A blocking client for the API and the worker."""
    return redis.Redis.from_url(
        config.redis_url,
        **_REDIS_OPTIONS,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=2),
    )


def connect_async_redis(config: Config) -> redis.asyncio.Redis:
    """A client for crawlers: a blocking call with Redis away would stop the reactor for seconds."""
    return redis.asyncio.Redis.from_url(config.redis_url, **_REDIS_OPTIONS)
