"""Many things in one step, of which one that breaks must not keep the others from being done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storage.base.away import StorageAway

log = logging.getLogger(__name__)


class OneByOne:
    """Logs what breaks with its trace, and raises the first error at the end of the step.

    A store that is away ends the step at once: the others would meet it as well.
    """

    def __init__(self) -> None:
        self._first: Exception | None = None

    @contextmanager
    def apart(self, name: str) -> Iterator[None]:
        try:
            yield
        except StorageAway:
            raise
        except Exception as error:
            log.exception("%s broke", name)
            self._first = self._first or error

    def raise_first(self) -> None:
        """For whoever counts defects, and waits before the next step."""
        if self._first is not None:
            raise self._first
