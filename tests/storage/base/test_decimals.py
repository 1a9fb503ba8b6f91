"""Our reading of BSON's decimals beside the driver's own."""

from __future__ import annotations

import random

import pytest
from bson.decimal128 import Decimal128

from storage.base.connections import decimal_from_bson

SPECIAL = [
    "0", "-0", "0.00", "29.90", "-29.90", "1E+2", "1E-6176", "9E+6111", "123456789012345678901234567.8",
    "9999999999999999999999999999", "10000000000000000000000000000",
    "9999999999999999999999999999999999", "NaN", "-NaN", "sNaN", "Infinity", "-Infinity",
]  # fmt: skip


@pytest.mark.parametrize("text", SPECIAL)
def test_a_decimal_is_the_drivers_to_the_last_digit(text: str) -> None:
    stored = Decimal128(text)
    assert decimal_from_bson(stored).as_tuple() == stored.to_decimal().as_tuple()


def test_any_bits_read_as_the_driver_reads_them() -> None:
    dice = random.Random(7)
    for _ in range(20_000):
        stored = Decimal128.from_bid(dice.randbytes(16))
        assert decimal_from_bson(stored).as_tuple() == stored.to_decimal().as_tuple()
