from collections.abc import Callable

import pytest

from sandbox.goods.catalogue import Catalogue
from sandbox.store import Store
from sandbox.visitors.habits import Habits
from sandbox.visitors.visited_store import VisitedStore
from tests.sandbox.conftest import HOUR, SEED

OpenStore = Callable[..., VisitedStore]


@pytest.fixture(scope="session")
def small_catalogue() -> Catalogue:
    return Catalogue(seed=SEED, products=20_000, max_blocks=0)


@pytest.fixture
def open_store(small_catalogue: Catalogue) -> OpenStore:
    def opened(**habits: object) -> VisitedStore:
        store = Store(small_catalogue, clock=lambda: HOUR * 3600)
        return VisitedStore(store, Habits().changed(habits), seed=SEED)

    return opened
