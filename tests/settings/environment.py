"""What `current_config` reads, for tests of objects that ask it themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from settings.config import current_config


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables are set meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        current_config.cache_clear()
        try:
            yield
        finally:
            current_config.cache_clear()
