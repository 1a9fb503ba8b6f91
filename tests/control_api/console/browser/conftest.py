"""A browser with a screen, the server in front of it, and an organization that has something on every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.console.browser.browsing import chromium, served
from tests.control_api.console.conftest import Person
from tests.control_api.console.seeded import Seeded, seed
from tests.control_api.monitors.shop import ASINS, Shop, two
from tests.control_api.monitors.shop import page as page_of
from tests.stores import Store


@pytest.fixture(scope="module")
def browsers() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


@pytest.fixture
def shop(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> Shop:
    """A monitor of which a product has a history."""
    made = Shop(person.tenant, settlement, Store(config, database, redis_client))
    made.add(*ASINS[:2])
    for price in ("24.99", "18.99"):
        made.round(two(page_of(price), page_of()))
    return made
