from __future__ import annotations

from collections.abc import Iterator

import pytest

from settings.config import Config
from storage.base.connections import connect_async_redis
from storage.queue.pace import Pace, PaceRates, PaceUse
from storage.queue.seed_keys import pace_key, pace_used_key
from tests.stores import CrawlerSide, Store


@pytest.fixture
def two_clients(store_config: Config, crawler_side: CrawlerSide) -> Iterator[tuple[Pace, Pace]]:
    clients = [connect_async_redis(store_config) for _ in range(2)]
    yield Pace(clients[0], default_per_minute=60), Pace(clients[1], default_per_minute=60)
    for client in clients:
        crawler_side.run(client.aclose())


def test_the_first_request_goes_at_once_and_the_next_ones_a_second_apart_over_all_crawlers(
    two_clients: tuple[Pace, Pace], crawler_side: CrawlerSide
) -> None:
    one, two = two_clients
    waits = [crawler_side.run(pace.reserve("US")) for pace in (one, two, one, two)]
    assert waits[0] == 0.0
    assert waits[1:] == pytest.approx([1.0, 2.0, 3.0], abs=0.2)


def test_marketplaces_do_not_wait_for_each_other(
    two_clients: tuple[Pace, Pace], crawler_side: CrawlerSide
) -> None:
    one, two = two_clients
    crawler_side.run(one.reserve("US"))
    assert crawler_side.run(two.reserve("DE")) == 0.0


def test_a_rate_that_was_set_counts_from_the_next_request(
    store: Store, two_clients: tuple[Pace, Pace], crawler_side: CrawlerSide
) -> None:
    one, two = two_clients
    PaceRates(store.redis).replace({"US": 600})
    waits = [crawler_side.run(pace.reserve("US")) for pace in (one, two, one)]
    assert waits == pytest.approx([0.0, 0.1, 0.2], abs=0.05)
    PaceRates(store.redis).replace({})
    assert PaceRates(store.redis).get_all() == {}


def test_time_that_went_by_unused_is_not_saved_up(
    store: Store, two_clients: tuple[Pace, Pace], crawler_side: CrawlerSide
) -> None:
    one, two = two_clients
    store.redis.set(pace_key("US"), "1000")
    waits = [crawler_side.run(pace.reserve("US")) for pace in (one, two)]
    assert waits == pytest.approx([0.0, 1.0], abs=0.1)


def test_requests_are_told_by_the_minute_in_which_they_went(
    store: Store, two_clients: tuple[Pace, Pace], crawler_side: CrawlerSide
) -> None:
    """Three requests of one store, of which two are set back by a minute by hand."""
    seconds, _ = store.redis.time()
    minute = seconds // 60
    store.redis.hset(pace_used_key("US"), mapping={str(minute): 1, str(minute - 1): 2})
    found = PaceRates(store.redis).used(["US", "DE"])
    # The minute may end between the two looks at the clock.
    assert found["US"] in (PaceUse(1, 2), PaceUse(0, 1))
    assert found["DE"] == PaceUse(0, 0)
