"""What the keeper asks of a node, given who beats and what scrapyd says."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict
from urllib.parse import urlsplit

import pytest

from control_api.gateways.scrapyd import PoolNode, Scrapyd
from control_api.worker.fleet import START_SECONDS, UNLISTED_SECONDS, Fleet
from deploy.embedded.ports import free_port
from settings.config import ScrapydNode
from storage.base.records import Seed
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.queue.fleet import FleetMemory
from storage.queue.fleet_state import FleetState
from storage.queue.seed_keys import CRAWLER_BEATS, CRAWLERS, CRAWLERS_TO_RETIRE
from storage.queue.seed_queue import SeedQueue
from tests.control_api.gateways.node import Node, running_node
from tests.stores import Store

SILENCE_SECONDS = 15.0

MakeFleet = Callable[..., Fleet]


@pytest.fixture
def node() -> Iterator[Node]:
    with running_node() as node:
        yield node


@pytest.fixture
def make_fleet(store: Store) -> Iterator[MakeFleet]:
    with ExitStack() as opened:
        yield lambda *nodes, **options: build_fleet(store, opened, *nodes, **options)


def build_fleet(
    store: Store,
    opened: ExitStack,
    *nodes: ScrapydNode,
    wanted: dict[str, int],
    timeout: float = 1.0,
    on_demand: tuple[str, ...] = (),
) -> Fleet:
    clients = [Scrapyd(node, timeout_seconds=timeout) for node in nodes]
    pool_nodes = [PoolNode(opened.enter_context(closing(client))) for client in clients]
    fleet = Fleet(
        lambda: pool_nodes,
        CrawlerRegistry(store.redis),
        FleetMemory(store.redis),
        FleetState(store.redis),
        wanted=wanted,
        silence_seconds=SILENCE_SECONDS,
        on_demand=on_demand,
        has_work=SeedQueue(store.redis, ["amazon_detail"]).has_seeds,
    )
    opened.callback(fleet.stop)
    return fleet


def beat(store: Store, node: Node, owner: str, *, started_at: float = 0.0, age: float = 0) -> None:
    """A crawler that beat this many seconds ago."""
    name = urlsplit(node.url).netloc
    crawler = Crawler(owner, "amazon_detail", name, 1, started_at, "1")
    store.redis.hset(CRAWLERS, owner, json.dumps(asdict(crawler)))
    store.redis.zadd(CRAWLER_BEATS, {owner: time.time() - age})


def age_dispatches(store: Store, seconds: float) -> None:
    """As if every process had been asked for this much earlier."""
    for key in store.redis.keys("fleet:*:dispatched"):
        for job_id, text in store.redis.hgetall(key).items():
            spider, _, asked_at = text.partition("|")
            store.redis.hset(key, job_id, f"{spider}|{float(asked_at) - seconds}")


def test_missing_crawlers_are_asked_for_once(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_search": 1, "amazon_detail": 2})
    for _ in range(3):
        fleet.step()
    spiders = sorted(form["spider"] for form in node.scheduled)
    assert spiders == ["amazon_detail", "amazon_detail", "amazon_search"]
    assert len({form["jobid"] for form in node.scheduled}) == 3


def test_a_crawler_on_demand_is_started_by_the_first_seed_and_stays(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    state = FleetState(store.redis)
    queue = SeedQueue(store.redis, ["amazon_detail"])
    fleet = make_fleet(node.config, wanted={"amazon_detail": 2}, on_demand=("amazon_detail",))
    fleet.step()
    assert node.scheduled == []
    assert state.absences() == [], "none is missed before there is work"
    queue.push("amazon_detail", [Seed("t:1", "US", "o", "{}")])
    fleet.step()
    fleet.step()
    assert len(node.scheduled) == 2
    assert [absence.spider for absence in state.absences()] == ["amazon_detail"]
    store.redis.flushdb()
    beat(store, node, "a")
    fleet.step()
    assert not store.redis.smembers(CRAWLERS_TO_RETIRE)
    look = state.find_look()
    assert look is not None and look.wanted == {"amazon_detail": 1}


def test_crawlers_that_beat_are_enough(store: Store, node: Node, make_fleet: MakeFleet) -> None:
    beat(store, node, "a")
    beat(store, node, "b")
    make_fleet(node.config, wanted={"amazon_detail": 2}).step()
    assert node.scheduled == []


def test_a_silent_crawler_is_replaced(store: Store, node: Node, make_fleet: MakeFleet) -> None:
    beat(store, node, "a", age=SILENCE_SECONDS + 1)
    make_fleet(node.config, wanted={"amazon_detail": 1}).step()
    assert len(node.scheduled) == 1


def test_a_crawler_that_scrapyd_saw_end_is_replaced_before_it_is_silent(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    beat(store, node, "a")
    node.jobs = {"finished": ["a"]}
    make_fleet(node.config, wanted={"amazon_detail": 1}).step()
    assert len(node.scheduled) == 1


def test_a_start_that_scrapyd_agreed_to_and_that_never_came_is_asked_for_again(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    fleet.step()
    node.forgets = True
    age_dispatches(store, UNLISTED_SECONDS - 1)
    fleet.step()
    assert len(node.scheduled) == 1
    age_dispatches(store, 2)
    fleet.step()
    assert len(node.scheduled) == 2


def test_a_start_that_scrapyd_still_lists_is_given_more_time(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    fleet.step()
    age_dispatches(store, START_SECONDS - 5)
    fleet.step()
    assert len(node.scheduled) == 1
    age_dispatches(store, 6)
    fleet.step()
    assert len(node.scheduled) == 2


def test_a_start_that_ended_at_once_is_asked_for_again_at_once(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    fleet.step()
    node.jobs = {"finished": [node.scheduled[0]["jobid"]]}
    fleet.step()
    assert len(node.scheduled) == 2


def test_a_process_that_beats_is_no_longer_on_its_way(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    fleet.step()
    beat(store, node, node.scheduled[0]["jobid"])
    fleet.step()
    assert FleetMemory(store.redis).dispatched(node.config.name) == {}
    assert len(node.scheduled) == 1


def test_the_newest_crawlers_retire_when_there_are_too_many(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    for owner, started_at in [("old", 1.0), ("newest", 3.0), ("newer", 2.0)]:
        beat(store, node, owner, started_at=started_at)
    make_fleet(node.config, wanted={"amazon_detail": 1}).step()
    assert store.redis.smembers(CRAWLERS_TO_RETIRE) == {"newer", "newest"}


def test_a_node_that_refuses_or_is_away_does_not_keep_the_next_from_being_served(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    away = ScrapydNode(f"http://127.0.0.1:{free_port()}")
    with running_node() as refusing:
        refusing.error = "no such project"
        make_fleet(away, refusing.config, node.config, wanted={"amazon_detail": 1}).step()
    assert len(node.scheduled) == 1


def test_a_node_that_comes_back_is_served(store: Store, node: Node, make_fleet: MakeFleet) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    node.html = True
    fleet.step()
    node.html = False
    fleet.step()
    assert len(node.scheduled) == 1


def test_a_refused_start_is_tried_again_before_its_time_to_start_is_over(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    fleet = make_fleet(node.config, wanted={"amazon_detail": 1})
    node.error = "not now"
    fleet.step()
    node.error = None
    fleet.step()
    assert len(node.scheduled) == 1


def test_crawlers_of_another_node_do_not_count(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    with running_node() as other:
        beat(store, other, "a")
        make_fleet(node.config, other.config, wanted={"amazon_detail": 1}).step()
        assert (len(node.scheduled), len(other.scheduled)) == (1, 0)


def test_of_two_workers_one_keeps_the_fleet(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    first = make_fleet(node.config, wanted={"amazon_detail": 1})
    second = make_fleet(node.config, wanted={"amazon_detail": 3})
    first.step()
    second.step()
    assert len(node.scheduled) == 1
    first.stop()
    second.step()
    assert len(node.scheduled) == 3


@pytest.mark.parametrize("late", [FleetMemory.hold, FleetMemory.let_go])
def test_a_worker_that_lost_the_fleet_neither_renews_nor_releases_it(
    store: Store, late: Callable[[FleetMemory], object]
) -> None:
    gone, following = FleetMemory(store.redis, lock_seconds=0.05), FleetMemory(store.redis)
    assert gone.hold()
    assert not following.hold()
    time.sleep(0.1)
    assert following.hold()
    token = store.redis.get("fleet:keeper")
    store.redis.pexpire("fleet:keeper", 5_000)
    assert not late(gone)
    assert store.redis.get("fleet:keeper") == token
    assert 0 < store.redis.pttl("fleet:keeper") <= 5_000
    assert not gone.hold()
    assert following.hold()


def test_the_one_that_keeps_the_fleet_renews_its_time(store: Store) -> None:
    memory = FleetMemory(store.redis, lock_seconds=60)
    assert memory.hold()
    store.redis.pexpire("fleet:keeper", 5_000)
    assert memory.hold()
    assert store.redis.pttl("fleet:keeper") > 50_000


def test_silent_nodes_hold_up_neither_the_others_nor_the_lock(
    store: Store, node: Node, make_fleet: MakeFleet
) -> None:
    """Three nodes that take the connection and never answer."""
    with ExitStack() as opened:
        silent = [
            opened.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in "abc"
        ]
        configs = [ScrapydNode(f"http://127.0.0.1:{one.getsockname()[1]}") for one in silent]
        fleet = make_fleet(*configs, node.config, wanted={"amazon_detail": 1}, timeout=30.0)
        began = time.monotonic()
        fleet.step()
        fleet.step()
        assert time.monotonic() - began < 3
        assert len(node.scheduled) == 1
        beat(store, node, node.scheduled[0]["jobid"])
        node.scheduled.clear()
        store.redis.delete(CRAWLER_BEATS)
        node.jobs = {"finished": []}
        age_dispatches(store, START_SECONDS + 1)
        fleet.step()
        assert len(node.scheduled) == 1
        assert store.redis.pttl("fleet:keeper") > 8_000
        for one in silent:
            one.close()
