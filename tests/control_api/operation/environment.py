"""The environment that an operator's command reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pymongo.database import Database

from settings.config import current_config


@pytest.fixture(autouse=True)
def environment(
    monkeypatch: pytest.MonkeyPatch, mongodb_uri: str, redis_url: str, mongo_database: Database
) -> Iterator[None]:
    monkeypatch.setenv("MONGODB_URI", mongodb_uri)
    monkeypatch.setenv("MONGODB_DATABASE", mongo_database.name)
    monkeypatch.setenv("REDIS_URL", redis_url)
    current_config.cache_clear()
    yield
    current_config.cache_clear()
