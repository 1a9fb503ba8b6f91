"""When nothing is crawled, and why: what the worker saw and the nodes told, on a real Redis."""

from __future__ import annotations

import json

import pytest

from control_api.services.operator.crawl_health import START_SECONDS, CrawlHealth
from storage.queue.fleet_state import FleetState
from tests.stores import Store, redis, store, store_config

__all__ = ["redis", "store", "store_config"]


def look(store: Store, *, living: int = 0, nodes: int = 1, wanted: int = 1, **errors: str) -> None:
    FleetState(store.redis).note_look(
        wanted={"site": wanted}, living={"site": living}, nodes=nodes, node_errors=errors
    )


def age(store: Store, seconds: float) -> None:
    """As if everything that was noted had been so much earlier."""
    for name, since in store.redis.hgetall("fleet:absent").items():
        store.redis.hset("fleet:absent", name, float(since) - seconds)


def trouble(store: Store) -> str | None:
    return CrawlHealth(FleetState(store.redis)).trouble()


def test_without_a_worker_nothing_is_said(store: Store) -> None:
    assert trouble(store) is None


def test_crawlers_have_time_to_start(store: Store) -> None:
    look(store)
    assert trouble(store) is None
    age(store, START_SECONDS + 1)
    assert "no site crawler lives since" in str(trouble(store))
    assert "the log of scrapyd" in str(trouble(store))


def test_a_death_is_told_at_once_and_forgotten_with_the_next_living_one(store: Store) -> None:
    look(store)
    FleetState(store.redis).note_death("site", node="a:6800", exit_code=2, reason="no such luck")
    assert "on node a:6800 it ended with 2: no such luck" in str(trouble(store))
    look(store, living=1)
    assert trouble(store) is None
    look(store)
    assert trouble(store) is None, "the next absence has a reason of its own"


def test_the_first_moment_of_an_absence_stays(store: Store) -> None:
    look(store)
    age(store, 100)
    look(store)
    (absence,) = FleetState(store.redis).absences()
    assert 100 <= absence.seconds < 110


def test_a_node_that_does_not_answer_is_the_reason(store: Store) -> None:
    look(store, a="a:6800: ConnectError: refused")
    age(store, START_SECONDS + 1)
    assert "node a:6800: ConnectError: refused" in str(trouble(store))


@pytest.mark.parametrize(("wanted", "said"), [(1, "there is no crawl node"), (0, None)])
def test_a_service_without_nodes_says_so_unless_none_is_wanted(
    store: Store, wanted: int, said: str | None
) -> None:
    look(store, nodes=0, wanted=wanted)
    assert (trouble(store) is None) is (said is None)
    assert (said or "None") in str(trouble(store))


def test_crawlers_that_nobody_wants_are_not_missed(store: Store) -> None:
    look(store, wanted=0)
    age(store, 1_000)
    assert trouble(store) is None


def test_a_worker_that_fell_silent_is_said(store: Store) -> None:
    look(store, living=1)
    seen = json.loads(str(store.redis.get("fleet:state")))
    store.redis.set("fleet:state", json.dumps({**seen, "at": seen["at"] - 60}))
    assert "no worker has looked after the crawlers for 60 s" in str(trouble(store))
