"""Which columns a table shows before anybody chooses: of every type those that say what a row is about."""

from __future__ import annotations

import pytest

from control_api.console.jobs.cells import chosen_columns
from spiders.types.registry import COLUMNS

# By type, what a person looks for first.
_LOOKED_FOR = {
    "search": {"asin", "title", "price", "rank"},
    "details": {"asin", "title", "price", "availability"},
    "offers": {"asin", "price", "shippingPrice", "condition", "seller.name"},
    "seller": {"sellerId", "name", "rating", "positivePercent"},
    "suggestions": {"suggestion", "position", "target"},
    "bestsellers": {"rank", "asin", "title", "price"},
}


def test_no_type_is_forgotten() -> None:
    assert _LOOKED_FOR.keys() == COLUMNS.keys()


@pytest.mark.parametrize("kind", _LOOKED_FOR)
def test_the_first_columns_of_a_type_say_what_its_rows_are_about(kind: str) -> None:
    paths = {
        tuple(name.split(".")[:-1]) if name.endswith((".amount", ".currency", ".raw")) else tuple(name.split("."))
        for name in COLUMNS[kind]
    }  # fmt: skip
    chosen = {".".join(path) for path in chosen_columns(sorted(paths), [])}
    assert chosen >= _LOOKED_FOR[kind]
