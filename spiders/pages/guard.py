"""One field that cannot be read never costs the row, let alone the page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger(__name__)

# Followed by the field's name. storage/jobs/field_failures.py counts these by field for `/metrics`.
FIELD_FAILED = "field_failed:"


class FieldGuard:
    """Reads fields; one whose reader raises stays null, and `warnings` names it."""

    __slots__ = ("_warnings",)

    # The tests set this, so that a surprise in a reader fails them instead of becoming a null.
    raises: ClassVar[bool] = False

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings

    def read(self, name: str, reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except Exception as error:  # noqa: BLE001 (whatever a page makes a reader raise)
            self._note(name, error)
            return None

    def fill(self, record: Any, readers: Mapping[str, Callable[[S], Any]], source: S) -> None:
        """Set each named attribute of `record` to what its reader makes of `source`."""
        for name, reader in readers.items():
            try:
                value = reader(source)
            except Exception as error:  # noqa: BLE001 (as above)
                self._note(name, error)
            else:
                setattr(record, name, value)

    def _note(self, name: str, error: Exception) -> None:
        if FieldGuard.raises:
            raise error
        logger.warning("The field %s cannot be read", name, exc_info=error)
        self._warnings.append(f"{FIELD_FAILED}{name}")
