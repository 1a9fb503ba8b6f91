from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import redis

from storage.base.connections import REQUESTS, connect_redis
from storage.base.redis_breaker import Breaker
from tests.reliability.relay import Relay
from tests.stores import Store


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_a_failure_one_call_a_pause_is_admitted_until_one_works() -> None:
    clock = Clock()
    breaker = Breaker(1.0, clock)
    assert [breaker.admits(), breaker.admits()] == [True, True]
    breaker.failed()
    assert not breaker.admits()
    clock.now += 1.0
    assert [breaker.admits(), breaker.admits()] == [True, False]
    clock.now += 1.0
    assert breaker.admits()
    breaker.worked()
    assert [breaker.admits(), breaker.admits()] == [True, True]


@pytest.fixture
def relay(store: Store) -> Iterator[Relay]:
    with Relay(urlsplit(store.config.redis_url).port or 6379) as relay:
        yield relay


@pytest.mark.parametrize("fault", ["refuse", "drop"])
def test_the_first_call_waits_and_the_next_ones_do_not(
    store: Store, relay: Relay, fault: str
) -> None:
    url = f"redis://127.0.0.1:{relay.port}/0"
    with connect_redis(replace(store.config, redis_url=url), REQUESTS) as client:
        client.set("a", "1")
        getattr(relay, fault)()
        began = time.monotonic()
        with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
            client.get("a")
        assert time.monotonic() - began < 1.0
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(redis.ConnectionError, match="Redis is away"):
                client.pipeline().get("a").execute()
        assert time.monotonic() - began < 0.5
        relay.pass_on()
        time.sleep(1.1)
        assert client.get("a") == "1"
