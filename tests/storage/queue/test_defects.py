from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from storage.base.connections import connect_redis
from storage.queue.defects import Defects
from tests.stores import Store


@pytest.fixture
def stranger(store: Store) -> Iterator[Defects]:
    """Of a Redis user who may do nothing but connect."""
    store.redis.acl_setuser("stranger", enabled=True, passwords=["+word"], commands=["+ping"])
    place = store.config.redis_url.removeprefix("redis://")
    config = replace(store.config, redis_url=f"redis://stranger:word@{place}")
    with connect_redis(config) as client:
        yield Defects(client)
    store.redis.acl_deluser("stranger")


def test_the_counts_of_all_processes_are_one_number_a_place(store: Store) -> None:
    assert Defects(store.redis).get_all() == {}
    for _ in range(2):
        defects = Defects(store.redis)
        defects.count("feeder")
        defects.count("webhooks")
        defects.count("feeder")
    assert Defects(store.redis).get_all() == {"feeder": 4, "webhooks": 2}


def test_what_redis_refuses_is_counted_with_the_next_one(
    store: Store, stranger: Defects, caplog: pytest.LogCaptureFixture
) -> None:
    stranger.count("feeder")
    stranger.count("feeder")
    assert "Defects are not counted yet" in caplog.text
    assert Defects(store.redis).get_all() == {}
    store.redis.acl_setuser("stranger", enabled=True, commands=["+@all"], keys=["*"])
    stranger.count("api")
    assert Defects(store.redis).get_all() == {"feeder": 2, "api": 1}
