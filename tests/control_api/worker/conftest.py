from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from control_api.worker.feeder import Feeder
from control_api.worker.reconciler import Reconciler
from storage.base.sessions import kill_session
from storage.queue.crawlers import CrawlerRegistry
from tests.stores import (
    Store,
    crawler_side,
    database,
    indexed_database,
    redis,
    store,
    store_config,
)

__all__ = ["crawler_side", "database", "indexed_database", "redis", "store", "store_config"]

MakeFeeder = Callable[..., Feeder]


@pytest.fixture
def make_feeder(store: Store) -> MakeFeeder:
    def make(
        *,
        window: int = 1000,
        max_leases: int = 10_000,
        rates: Mapping[str, float] | None = None,
    ) -> Feeder:
        return Feeder(
            store.jobs,
            store.targets,
            store.queue,
            window=window,
            max_leases=max_leases,
            rates=lambda: rates or {},
            count_crawlers=CrawlerRegistry(store.redis).count,
        )

    return make


@pytest.fixture
def reconciler(store: Store) -> Reconciler:
    return Reconciler(
        store.jobs,
        store.targets,
        store.queue,
        store.settlement,
        registry=CrawlerRegistry(store.redis),
        kill_session=partial(kill_session, store.database.client),
        silence_seconds=0.2,
        pause_seconds=0.25,
    )
