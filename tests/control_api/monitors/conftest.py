"""Monitors over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.monitors.shop import ASINS, Shop
from tests.stores import Store


@pytest.fixture
def store(config: Config, database: Database, redis_client: Redis) -> Store:
    return Store(config, database, redis_client)


@pytest.fixture
def make_shop(tenant: Tenant, settlement: Settlement, store: Store) -> Callable[..., Shop]:
    def make(*values: str, **more: Any) -> Shop:
        shop = Shop(tenant, settlement, store, **more)
        if values:
            shop.add(*values)
        return shop

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop(*ASINS[:2])
