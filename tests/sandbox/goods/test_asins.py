import re

from hypothesis import given
from hypothesis import strategies as st

from sandbox.goods.asins import AsinCode


@given(st.integers(0, 10_000), st.integers(0, 36**8 - 1))
def test_every_number_has_its_own_well_formed_asin(seed: int, number: int) -> None:
    code = AsinCode(seed)
    asin = code.asin(number)
    assert re.fullmatch(r"B0[0-9A-Z]{8}", asin)
    assert code.find_number(asin) == number


def test_malformed_asins_stand_for_nothing() -> None:
    code = AsinCode(1)
    for text in ("", "B0", "b000000000", "2205057332", "B000000000\n", "B0ÄÄÄÄÄÄÄÄ"):
        assert code.find_number(text) is None


def test_seeds_give_different_catalogues() -> None:
    first, second = AsinCode(1), AsinCode(2)
    assert not {first.asin(n) for n in range(1000)} & {second.asin(n) for n in range(1000)}
