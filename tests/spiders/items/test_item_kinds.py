"""What an own spider may yield: any kind of item, any value in it."""

from __future__ import annotations

import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest
import scrapy
from bson import encode
from bson.codec_options import CodecOptions

from spiders.items.formats.json_text import json_bytes
from spiders.items.formats.plain import MAX_DEPTH, NotAnItem, plain_from_item
from storage.base.connections import CODEC
from tests.spiders.item_kinds import KINDS, plain, values


class Number(IntEnum):
    ONE = 1


class Text(str):
    """As parsers give them: lxml's texts, markupsafe's."""


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_item_gives_the_same_row(kind: str) -> None:
    found = plain_from_item(KINDS[kind](**values(kind)))
    assert json.loads(json_bytes(found)) == plain(kind)
    assert found["price"] == Decimal("19.90"), "stores keep every digit"
    assert list(found) == list(plain(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_items_nest_in_items_of_every_kind(kind: str) -> None:
    inner = KINDS[kind](**values(kind))
    found = plain_from_item({"best": inner, "all": [inner], "by": {"name": (inner,)}})
    row = plain_from_item(inner)
    assert found == {"best": row, "all": [row], "by": {"name": [row]}}


VALUES: list[tuple[Any, Any]] = [
    (0, 0),
    (False, False),
    ("", ""),
    (1.5, 1.5),
    (float("inf"), None),
    (Decimal("NaN"), None),
    (2**63 - 1, 2**63 - 1),
    (2**63, "9223372036854775808"),
    (-(2**70), "-1180591620717411303424"),
    (Decimal("1" * 40), "1" * 40),
    (Fraction(1, 4), 0.25),
    (Number.ONE, 1),
    (Text("text"), "text"),
    (timedelta(minutes=1, milliseconds=500), 60.5),
    (time(7, 30), "07:30:00"),
    # A naive one says nothing about a zone.
    (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05.000"),  # noqa: DTZ001
    (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Path("/a/b"), "/a/b"),
    (deque([1, 2]), [1, 2]),
    ((n for n in (1, 2)), [1, 2]),
    (map(str, (1, 2)), ["1", "2"]),
    ({"a": 1}.keys(), ["a"]),
    (frozenset(), []),
    ({1: "a", None: "b", 2.5: "c"}, {"1": "a", "None": "b", "2.5": "c"}),
    ({"a.b": 1, "$set": 2, "nul\0": 3}, {"a.b": 1, "$set": 2, "nul": 3}),
    ("half a pair: \ud83d", "half a pair: ?"),
    ("whole: 😀", "whole: 😀"),
    (bytearray(b"\xff"), "\ufffd"),
    (memoryview(b"ab"), "ab"),
    (scrapy.Selector(text="<p>a</p>").css("p::text").getall(), ["a"]),
    (complex(1, 2), "(1+2j)"),
    (int, "<class 'int'>"),
]


@pytest.mark.parametrize(("value", "expected"), VALUES, ids=lambda value: type(value).__name__)
def test_any_value_is_what_json_and_mongodb_can_hold(value: Any, expected: Any) -> None:
    row = plain_from_item({"value": value})
    assert row == {"value": expected}
    assert type(row["value"]) is type(expected)
    json_bytes(row)
    options: CodecOptions[dict[str, Any]] = CODEC
    encode({"data": row}, codec_options=options)


def test_a_selector_by_mistake_is_its_html_and_costs_no_row() -> None:
    found = plain_from_item({"title": scrapy.Selector(text="<p>a</p>").css("p")})
    assert found == {"title": ["<p>a</p>"]}


def test_a_circle_is_refused_with_its_reason() -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    with pytest.raises(ValueError, match=f"deeper than {MAX_DEPTH} levels"):
        plain_from_item(circle)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="in a circle"):
        plain_from_item({"list": endless})


def test_an_endless_iterable_ends_with_its_reason() -> None:
    with pytest.raises(ValueError, match="more than 1,000,000 entries"):
        plain_from_item({"numbers": itertools.count()})


@pytest.mark.parametrize("value", ["text", b"bytes", None, 5, ["a"], {"a"}, dict, object()])
def test_what_is_no_item_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(NotAnItem, match=f"not an item: {type(value).__name__}"):
        plain_from_item(value)


@dataclass
class WithSerializer:
    price: Any = field(metadata={"serializer": lambda value: f"{value} €"})
    class_: str = "a"
    name_: str = "b"


def test_a_fields_serializer_is_applied_whatever_the_kind() -> None:
    class Stock(scrapy.Item):
        price = scrapy.Field(serializer=lambda value: f"{value} €")

    @attrs.define
    class Attrs:
        price: Any = attrs.field(metadata={"serializer": lambda value: f"{value} €"})

    assert plain_from_item(Stock(price=5)) == {"price": "5 €"}
    assert plain_from_item(Attrs(5)) == {"price": "5 €"}
    # An attribute named like a keyword loses its underscore, and no other does.
    assert plain_from_item(WithSerializer(5)) == {"price": "5 €", "class": "a", "name_": "b"}


def test_a_stock_item_has_the_fields_that_were_filled() -> None:
    class Stock(scrapy.Item):
        a = scrapy.Field()
        b = scrapy.Field()

    assert plain_from_item(Stock(b=1)) == {"b": 1}
    assert plain_from_item(Stock()) == {}


def test_an_attribute_that_was_never_set_is_null() -> None:
    @dataclass
    class Late:
        a: int
        b: int = field(init=False)

    assert plain_from_item(Late(1)) == {"a": 1, "b": None}
