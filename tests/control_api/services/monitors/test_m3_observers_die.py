"""M3 and M5: observers that race, are killed, and are stopped past their leases at random: each change is in
the feed once, without a gap, in the order of the looks, and all of it is what the rows say."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from control_api.services.monitors.looks import LookReader
from control_api.services.monitors.recomputing import Recomputed, RecomputeStores, Recomputing
from storage.base.records import TargetEnd
from storage.monitors.changes import Changes
from storage.monitors.chunks import Chunks
from storage.monitors.monitors import Monitors
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watches
from tests.control_api.services.monitors.following import Following, sold
from tests.control_api.services.monitors.observer_process import LEASE_SECONDS
from tests.control_api.services.monitors.rules.rows import UNAVAILABLE
from tests.stores import Store

WATCHES = 20
FIRST_SEED = [1]
MORE_SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "2,3").split(",")]


def seen(dice: random.Random) -> dict[str, Any] | str:
    fate = dice.random()
    if fate < 0.1:
        return dice.choice(["BLOCKED_CAPTCHA", "NOT_FOUND", "TIMEOUT"])
    if fate < 0.2:
        return sold(**UNAVAILABLE)
    if fate < 0.25:
        return sold("22.10", "USD")
    return sold(f"{dice.choice([18, 19, 20, 20, 20, 45])}.00")


def settle_rounds(following: Following, dice: random.Random, rounds: int) -> Iterator[None]:
    """In small commits, some of them twice."""
    for _ in range(rounds):
        job = following.begin_round()
        ends: list[TargetEnd] = [
            following.end(job, number, seen(dice)) for number in range(following.count)
        ]
        for start in range(0, len(ends), 4):
            for _ in range(1 + (dice.random() < 0.3)):
                following.store.settlement.commit([], ends[start : start + 4])
            yield


@contextmanager
def observers(store: Store, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    running = [start(store) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def start(store: Store) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
    }
    command = [sys.executable, "-m", "tests.control_api.services.monitors.observer_process"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def recomputed(store: Store, monitor_id: str) -> Recomputed:
    database = store.database
    stores = RecomputeStores(
        monitors=Monitors(database),
        watches=Watches(database),
        chunks=Chunks(database),
        changes=Changes(database),
        rounds=Rounds(database),
        jobs=store.jobs,
        targets=store.targets,
    )
    found = Recomputing(stores, LookReader(store.targets, store.results)).compare(monitor_id)
    assert found is not None
    return found


def require_whole(following: Following, rounds: int) -> None:
    changes = following.changes
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    found = recomputed(following.store, following.monitor.id)
    assert found.differing == []
    assert (found.watches, found.looks) == (WATCHES, WATCHES * rounds)
    kept = Rounds(following.store.database).list_page(following.monitor.id, limit=100, offset=0)[0]
    assert {sum(one.checks.values()) for one in kept} == {WATCHES}
    assert sum(sum(one.changes.values()) for one in kept) == len(changes)
    completed = [one for one in following.events if one["type"] == "monitor.round.completed"]
    assert len(completed) == rounds


def disturb(store: Store, running: list[subprocess.Popen[bytes]], dice: random.Random) -> None:
    """Kill one of them and start another, or stop it for longer than its lease."""
    place = dice.randrange(len(running))
    victim = running[place]
    if dice.random() < 0.5:
        victim.kill()
        victim.wait()
        running[place] = start(store)
    else:
        victim.send_signal(signal.SIGSTOP)
        time.sleep(LEASE_SECONDS * 1.5)
        victim.send_signal(signal.SIGCONT)


def die_at_random(store: Store, seed: int, *, rounds: int, blows: int) -> None:
    dice = random.Random(seed)
    following = Following(store, WATCHES)
    with observers(store, 2) as running:
        commits = settle_rounds(following, dice, rounds)
        every = max(1, rounds * WATCHES // 4 // blows)
        for number, _ in enumerate(commits, start=1):
            if number % every == 0:
                disturb(store, running, dice)
        # With leases as short as these, a busy machine takes many of them from whom they were given to.
        deadline = time.monotonic() + 150
        while Receipts(store.database).projects():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    require_whole(following, rounds)


def test_m5_twenty_rounds_of_a_moving_store_are_what_their_rows_say(store: Store) -> None:
    dice = random.Random(7)
    following = Following(store, WATCHES)
    for _ in settle_rounds(following, dice, 20):
        pass
    following.observe()
    assert len(following.changes) > 100
    require_whole(following, 20)
    store.database["watches"].update_one({}, {"$set": {"known.now.price": 1}})
    assert len(recomputed(store, following.monitor.id).differing) == 1


@pytest.mark.parametrize("seed", FIRST_SEED)
def test_m3_observers_killed_and_stopped(store: Store, seed: int) -> None:
    die_at_random(store, seed, rounds=4, blows=4)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_m3_observers_killed_and_stopped_many_times(store: Store, seed: int) -> None:
    die_at_random(store, seed, rounds=30, blows=25)
