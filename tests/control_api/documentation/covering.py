"""An answer beside the documented one."""

from __future__ import annotations

from typing import Any


def assert_covers(answer: Any, documented: Any, place: str) -> None:
    """Every documented key is there, with a value of the same kind."""
    if isinstance(documented, dict):
        assert isinstance(answer, dict), place
        for key, value in documented.items():
            assert key in answer, f"{place}.{key} is missing"
            assert_covers(answer[key], value, f"{place}.{key}")
    elif isinstance(documented, list):
        assert isinstance(answer, list), place
        for value in documented[:1]:
            for entry in answer[:1]:
                assert_covers(entry, value, f"{place}[]")
    elif isinstance(documented, bool) or documented is None:
        assert isinstance(answer, bool | None), place
    elif isinstance(documented, int | float):
        assert isinstance(answer, int | float), place
    else:
        assert isinstance(answer, str), f"{place}: {answer!r}"
