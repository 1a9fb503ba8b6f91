from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Sources:
    """Asks a field's sources in order of trust, and the first that knows wins.

    When explaining, every source is asked and what each said is kept, field by field.
    """

    __slots__ = ("said",)

    def __init__(self, *, explain: bool = False) -> None:
        self.said: dict[str, list[tuple[str, Any]]] | None = {} if explain else None

    def first(self, field: str, *sources: tuple[str, Callable[[], T | None]]) -> T | None:
        return self.first_named(field, *sources)[1]

    def first_named(
        self, field: str, *sources: tuple[str, Callable[[], T | None]]
    ) -> tuple[str | None, T | None]:
        """The winning source's name beside its value."""
        if self.said is None:
            for name, read in sources:
                if (value := read()) is not None:
                    return name, value
            return None, None
        answers = [(name, read()) for name, read in sources]
        self.said[field] = list(answers)
        return next(((name, value) for name, value in answers if value is not None), (None, None))
