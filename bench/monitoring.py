"""What a monitor costs: a commit with a receipt beside one without, looks a second that one observer takes,
pages of the feed at its beginning and its end, and bytes a look.

python -m bench.monitoring [--watches 500] [--rounds 20]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from redis import Redis

from settings.config import Config
from storage.base.connections import connect_mongo, open_database
from storage.base.indexes import create_indexes
from storage.base.records import Job, TargetEnd
from storage.monitors.changes import Changes
from tests.control_api.services.monitors.following import PROJECT, Following, sold
from tests.services import running_mongod, running_redis
from tests.stores import Store, new_target

COMMIT = 50
PAGE = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with running_mongod() as mongodb_uri, running_redis() as redis_url:
        config = Config(mongodb_uri=mongodb_uri, mongodb_database="bench", redis_url=redis_url)
        with connect_mongo(config) as client, Redis.from_url(redis_url) as redis:
            database = open_database(client, config)
            create_indexes(database)
            measure(Store(config, database, redis), options.watches, options.rounds)
    return 0


def measure(store: Store, watches: int, rounds: int) -> None:
    dice = random.Random(1)
    following = Following(store, watches)
    # Each with and without, one after the other: a machine's moods meet both.
    plain, noted = [], []
    for _ in range(rounds):
        plain += settle(following, store.add_job([new_target(n) for n in range(watches)]), dice)
        noted += settle(following, following.begin_round(), dice)
    before, after = statistics.median(plain), statistics.median(noted)
    print(
        f"commit of {COMMIT}: {before:.1f} ms plain, {after:.1f} ms with a receipt ({after / before - 1:+.1%})"
    )
    began, cpu = time.perf_counter(), time.process_time()
    following.observe()
    seconds, own = time.perf_counter() - began, time.process_time() - cpu
    looks = watches * rounds
    print(
        f"observer: {looks / seconds:,.0f} looks a second ({looks / own:,.0f} of its own processor time)"
    )
    feed = Changes(store.database)
    last = feed.after(PROJECT, 0, limit=1_000_000)[-1].seq
    for name, seq in (("beginning", 0), ("end", last - PAGE)):
        spent = milliseconds(lambda seq=seq: feed.after(PROJECT, seq, limit=PAGE))
        print(f"feed of {last:,} changes, {PAGE} at its {name}: {spent:.1f} ms")
    sizes = sum(store.database.command("collStats", name)["size"] for name in ("watches", "chunks"))
    print(f"watches and history: {sizes / looks:.0f} bytes a look, uncompressed")


def settle(following: Following, job: Job, dice: random.Random) -> list[float]:
    """Milliseconds of each commit. Prices of one product in ten move, ranks of all."""
    ends: list[TargetEnd] = [
        following.end(job, number, page(dice)) for number in range(following.count)
    ]
    settlement = following.store.settlement
    return [
        milliseconds(lambda start=start: settlement.commit([], ends[start : start + COMMIT]), 1)
        for start in range(0, len(ends), COMMIT)
    ]


def page(dice: random.Random) -> dict[str, Any]:
    rank = {"rank": dice.randrange(10_000), "category": "Kitchen", "nodeId": "1", "isRoot": True}
    price = "20.00" if dice.random() < 0.9 else f"{dice.randrange(1_500, 2_500) / 100:.2f}"
    # As large as a row of a real page.
    return sold(price, bestSellerRanks=[rank], aplusText="text " * 2_000)


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    raise SystemExit(main())
