from __future__ import annotations

import pytest

from control_api.services.one_by_one import OneByOne
from storage.base.away import StorageAway


def test_what_breaks_keeps_nothing_from_being_done_and_is_raised_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[int] = []
    each = OneByOne()
    for number in range(4):
        with each.apart(f"number {number}"):
            if number in (1, 2):
                raise ValueError(f"no {number}")
            done.append(number)
    assert done == [0, 3]
    with pytest.raises(ValueError, match="no 1"):
        each.raise_first()
    assert "number 1 broke" in caplog.text
    assert "ValueError: no 2" in caplog.text


def test_a_store_that_is_away_ends_the_step_at_once() -> None:
    each = OneByOne()
    with pytest.raises(StorageAway), each.apart("this"):
        raise StorageAway("away")
    each.raise_first()
