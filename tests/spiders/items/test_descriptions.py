from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import spiders.items.attribute
import spiders.items.media
import spiders.items.money
import spiders.items.offer
import spiders.items.place
import spiders.items.variation
from spiders.commands.column_texts import column_texts
from spiders.items.product import Product
from spiders.items.search import SearchRow
from spiders.types.registry import COLUMNS, DESCRIPTIONS

RECORD_MODULES = (
    spiders.items.attribute, spiders.items.media, spiders.items.money, spiders.items.offer,
    spiders.items.place, spiders.items.variation,
)  # fmt: skip
RECORDS = [
    record
    for module in RECORD_MODULES
    for record in vars(module).values()
    if is_dataclass(record) and isinstance(record, type) and record.__module__ == module.__name__
]
FIELDS_PAGE = Path(__file__).parents[3] / "docs" / "fields.md"


@pytest.mark.parametrize("kind", [Product, SearchRow, *RECORDS], ids=lambda kind: kind.__name__)
def test_every_field_of_a_row_says_what_it_is(kind: type) -> None:
    own = {field.name.rstrip("_") for field in fields(kind)}
    said = DESCRIPTIONS[kind]
    assert not own - set(said)
    assert all(said[name].strip() for name in own)


def test_nothing_is_said_of_a_field_that_is_gone() -> None:
    names = {f.name for kind in (Product, SearchRow) for f in fields(kind)}
    assert not {n for kind in (Product, SearchRow) for n in DESCRIPTIONS[kind]} - names
    for record in RECORDS:
        assert set(DESCRIPTIONS[record]) == {f.name.rstrip("_") for f in fields(record)}


@pytest.mark.parametrize("kind", ["search", "details"])
def test_every_column_has_its_sentence_in_the_docs(kind: str) -> None:
    page = FIELDS_PAGE.read_text(encoding="utf-8")
    texts = column_texts(kind)
    assert list(texts) == list(COLUMNS[kind])
    for column, text in texts.items():
        assert f"| `{column}` | {text} |" in page, (
            "make docs/fields.md anew: its last section says how"
        )


@pytest.mark.parametrize(
    "column", ["price.currency", "offers.from.amount", "deal.endsAt", "coupon.amount.raw"]
)
def test_part_of_a_record_is_told_with_its_field(column: str) -> None:
    text = column_texts("details")[column]
    assert text.startswith(DESCRIPTIONS[Product][column.partition(".")[0]])
    assert ": " in text
