"""A record comes back from its document as it went in, whatever its fields are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from storage.base.codec import Codec, changes_of, document_name


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    id_of_maker: str
    colour: Colour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    id: str
    created_at: datetime
    main_part: Part
    other_parts: Sequence[Part]
    spare_part: Part | None
    note: str | None = None
    tags: Sequence[str] = field(default_factory=list)


WHOLE = Whole(
    id="w1",
    created_at=datetime(2025, 3, 1, tzinfo=UTC),
    main_part=Part(id_of_maker="m1", colour=Colour.RED),
    other_parts=[Part(id_of_maker="m2")],
    spare_part=None,
)
DOCUMENT = {
    "_id": "w1",
    "createdAt": WHOLE.created_at,
    "mainPart": {"idOfMaker": "m1", "colour": "red"},
    "otherParts": [{"idOfMaker": "m2", "colour": None}],
    "sparePart": None,
    "note": None,
    "tags": [],
}
CODEC = Codec(Whole)


def test_names_are_those_of_documents() -> None:
    assert [document_name(name) for name in ("id", "url", "last_run_at")] == [
        "_id",
        "url",
        "lastRunAt",
    ]


def test_a_record_is_written_as_a_document_of_plain_values() -> None:
    document = CODEC.document(WHOLE)
    assert document == DOCUMENT
    assert type(document["mainPart"]["colour"]) is str


def test_a_document_is_read_as_the_record() -> None:
    record = CODEC.record(DOCUMENT)
    assert record == WHOLE
    assert record.main_part.colour is Colour.RED
    spare = {**DOCUMENT, "sparePart": {"idOfMaker": "m3"}}
    assert CODEC.record(spare) == replace(WHOLE, spare_part=Part(id_of_maker="m3"))


def test_what_an_older_document_lacks_has_its_default() -> None:
    older = {name: value for name, value in DOCUMENT.items() if name not in ("note", "tags")}
    assert CODEC.record(older) == WHOLE


def test_other_fields_of_the_document_are_no_concern_of_the_record() -> None:
    assert CODEC.record({**DOCUMENT, "holds": 3}) == WHOLE


def test_a_field_without_a_default_must_be_there() -> None:
    with pytest.raises(KeyError, match="mainPart"):
        CODEC.record({name: DOCUMENT[name] for name in DOCUMENT if name != "mainPart"})


def test_a_change_names_what_is_not_none() -> None:
    assert changes_of(Part(id_of_maker="m4", colour=Colour.RED)) == {
        "idOfMaker": "m4",
        "colour": "red",
    }
    assert changes_of(Part(id_of_maker="m4")) == {"idOfMaker": "m4"}
