"""Every kind of item that Scrapy takes, each with the same values, and what they must become."""

from __future__ import annotations

from collections import OrderedDict, UserDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import attrs
import pydantic
import scrapy

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


class Shade(Enum):
    DARK = "dark"


class StockItem(scrapy.Item):
    title = scrapy.Field()
    price = scrapy.Field()
    tags = scrapy.Field()
    seller = scrapy.Field()
    seen = scrapy.Field()
    day = scrapy.Field()
    shade = scrapy.Field()
    body = scrapy.Field()
    gone = scrapy.Field()
    good = scrapy.Field()
    nothing = scrapy.Field()


@dataclass
class DataItem:
    title: str
    price: Any
    tags: Any
    seller: Any
    seen: Any
    day: Any
    shade: Any
    body: Any
    gone: Any
    good: Any
    nothing: Any


@attrs.define
class AttrsItem:
    title: str
    price: Any
    tags: Any
    seller: Any
    seen: Any
    day: Any
    shade: Any
    body: Any
    gone: Any
    good: Any
    nothing: Any


class PydanticItem(pydantic.BaseModel):
    title: str
    price: Any
    tags: Any
    seller: Any
    seen: Any
    day: Any
    shade: Any
    body: Any
    gone: Any
    good: Any
    nothing: Any


class TupleItem(NamedTuple):
    title: str
    price: Any
    tags: Any
    seller: Any
    seen: Any
    day: Any
    shade: Any
    body: Any
    gone: Any
    good: Any
    nothing: Any


@dataclass(frozen=True)
class Seller:
    name: str
    url: PurePosixPath
    notes: list[str] = field(default_factory=list)


def values(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "price": Decimal("19.90"),
        "tags": {"b", "a"},
        "seller": Seller("Käse & <Co>", PurePosixPath("/shop")),
        "seen": LONG_AGO,
        "day": date(2026, 1, 2),
        "shade": Shade.DARK,
        "body": b"caf\xc3\xa9",
        "gone": float("nan"),
        "good": True,
        "nothing": None,
    }


def plain(title: str) -> dict[str, Any]:
    """In the types of JSON."""
    return {
        "title": title,
        "price": 19.9,
        "tags": ["a", "b"],
        "seller": {"name": "Käse & <Co>", "url": "/shop", "notes": []},
        "seen": "2026-01-02T03:04:05.678Z",
        "day": "2026-01-02",
        "shade": "dark",
        "body": "café",
        "gone": None,
        "good": True,
        "nothing": None,
    }


KINDS: dict[str, Callable[..., Any]] = {
    "dict": dict,
    "ordered dict": OrderedDict,
    "mapping": UserDict,
    "scrapy item": StockItem,
    "dataclass": DataItem,
    "attrs": AttrsItem,
    "pydantic": PydanticItem,
    "named tuple": TupleItem,
}


class KindsSpider(scrapy.Spider):
    """One item of each kind; its title says which."""

    name = "kinds"

    async def start(self) -> AsyncIterator[Any]:
        for kind, make in KINDS.items():
            yield make(**values(kind))
