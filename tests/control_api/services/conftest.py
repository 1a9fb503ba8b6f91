from __future__ import annotations

import pytest

from tests.control_api.services.scheduling import Scheduling
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]


@pytest.fixture
def scheduling(store: Store) -> Scheduling:
    return Scheduling(store)
