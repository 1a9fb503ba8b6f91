"""What a monitor costs: a commit with a receipt beside one without; a backlog of looks that one observer
takes, at every power of ten; pages of a feed of a million changes; a chart of two years of hourly looks.

python -m bench.monitoring [--watches 1000] [--checks 100000] [--changes 1000000] [--rounds 20]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

from redis import Redis

from control_api.services.monitors.histories.histories import HistoryService, HistoryWanted
from control_api.services.monitors.rules.chunks import CheckMade, Chunk, add_check
from control_api.services.monitors.rules.stored_values import stored_value
from control_api.services.monitors.rules.watch_state import Step, WatchOutcome
from control_api.services.monitors.watches.watch_documents import chunk_document, stored_chunk
from settings.config import Config
from storage.base.connections import connect_mongo, open_database
from storage.base.indexes import create_indexes
from storage.base.records import Job, TargetEnd
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.chunks import Chunks
from storage.monitors.feeds import Feeds
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.receipts import Receipts
from storage.monitors.watches import Watch, Watches
from tests.control_api.services.monitors.following import (
    PROJECT,
    START,
    Following,
    observing,
    sold,
)
from tests.services import running_mongod, running_redis
from tests.stores import Store, new_target

COMMIT = 50
# As many targets as a commit may have: a crawler that is far ahead of its commits.
FULL_COMMIT = 200
PAGE = 100
OTHER_PROJECT = "b-project"
TWO_YEARS = 2 * 365 * 24


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=1_000)
    parser.add_argument("--checks", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with running_mongod() as mongodb_uri, running_redis() as redis_url:
        config = Config(mongodb_uri=mongodb_uri, mongodb_database="bench", redis_url=redis_url)
        with opened(config) as store:
            create_indexes(store.database)
            measure_commits(store, options.rounds)
            measure_chart(store)
            measure_feed(store, options.changes)
            store.database["receipts"].delete_many({})
            measure_backlog(store, options.watches, options.checks)
    return 0


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    with connect_mongo(config) as client, Redis.from_url(config.redis_url) as redis:
        yield Store(config, open_database(client, config), redis)


def measure_commits(store: Store, rounds: int) -> None:
    """With and without a receipt by turns, so that the machine's moods meet both."""
    dice = random.Random(1)
    following = Following(store, 10 * COMMIT)
    settlement = store.settlement
    spent: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(rounds):
        plain = store.add_job([new_target(n) for n in range(following.count)])
        jobs = {False: plain, True: following.begin_round()}
        ends = {kind: ends_of(following, job, dice, large=True) for kind, job in jobs.items()}
        for start in range(0, following.count, COMMIT):
            for kind in (True, False) if start // COMMIT % 2 else (False, True):
                part = ends[kind][start : start + COMMIT]
                spent[kind].append(
                    milliseconds(lambda part=part: settlement.commit([], part), times=1)
                )
    for name, of in (("median", statistics.median), ("fastest tenth", fastest_tenth)):
        before, after = of(spent[False]), of(spent[True])
        print(
            f"commit of {COMMIT}, {name}: {before:.2f} ms plain, {after:.2f} ms with a receipt "
            f"({after / before - 1:+.1%}, {1000 * (after - before) / COMMIT:.1f} µs a target)"
        )


def measure_chart(store: Store) -> None:
    """A price that moves with one look in ten, looked at each hour for two years."""
    following, dice = Following(store, 1), random.Random(1)
    watch, chunk, sealed = following.watch(), None, []
    price = Decimal("20.00")
    for number in range(TWO_YEARS):
        at = START + timedelta(hours=number)
        steps = []
        if dice.random() < 0.1 or number == 0:
            price = Decimal(dice.randrange(1_500, 2_500)).scaleb(-2)
            steps = [Step("price", at, price)]
        now = {"price": stored_value("price", price)} if number else {}
        added = add_check(chunk, CheckMade(at, WatchOutcome.OK), steps, now)
        chunk = added.open
        if added.sealed is not None:
            sealed.append(stored_chunk(watch.id, added.sealed))
    store.transactions.run(lambda session: Chunks(store.database).insert(sealed, session))
    _keep(store, watch.id, chunk)
    histories = HistoryService(Chunks(store.database), _Watches(store), causes=None)  # type: ignore[arg-type]
    until = START + timedelta(hours=TWO_YEARS)
    wanted = HistoryWanted(fields=["price"], since=START, until=until)
    for name, chart in (
        ("500 cells", lambda: histories.buckets(None, watch.id, wanted, points=500, bucket=None, timezone="UTC")),  # type: ignore[arg-type]
        ("steps", lambda: histories.steps(None, watch.id, wanted)),  # type: ignore[arg-type]
    ):  # fmt: skip
        spent = milliseconds(chart)
        print(f"chart of two years by the hour, {name} of {len(sealed) + 1} pieces: {spent:.1f} ms")


def _keep(store: Store, watch_id: str, chunk: Chunk | None) -> None:
    assert chunk is not None
    fields = {"chunk": chunk_document(chunk), "startedAt": START}
    store.database["watches"].update_one({"_id": watch_id}, {"$set": fields})


class _Watches:
    """The watches, whoever asks."""

    def __init__(self, store: Store) -> None:
        self._watches = Watches(store.database)
        self._monitors = Monitors(store.database)

    def monitor_of(self, watch: Watch) -> Monitor | None:
        return self._monitors.find(watch.monitor_id)

    def get(self, _: Any, watch_id: str) -> Watch:
        return self._watches.among([watch_id])[watch_id]


def measure_feed(store: Store, count: int) -> None:
    feed = Changes(store.database)
    pages = {}
    for seqs in (range(1, 2 * PAGE + 1), range(2 * PAGE + 1, count + 1)):
        for start in range(seqs.start, seqs.stop, 10_000):
            part = [_change(seq) for seq in range(start, min(start + 10_000, seqs.stop))]
            store.transactions.run(lambda session, part=part: feed.insert(part, session))
        for seq in {0, seqs.stop // 2, seqs.stop - PAGE - 1}:
            pages[seqs.stop - 1, seq] = milliseconds(
                lambda seq=seq: feed.after(OTHER_PROJECT, seq, limit=PAGE)
            )
    for (size, seq), spent in sorted(pages.items()):
        print(f"feed of {size:,} changes, {PAGE} behind number {seq:,}: {spent:.2f} ms")


def _change(seq: int) -> StoredChange:
    return StoredChange(
        project_id=OTHER_PROJECT,
        seq=seq,
        organization_id="an-organization",
        monitor_id="a-monitor",
        watch_id=f"a-monitor:{seq % 10_000:010d}",
        value=f"{seq % 10_000:010d}",
        job_id="a-job",
        target=f"a-job:{seq % 10_000:06d}",
        kind="changed",
        field="price",
        before=200_000,
        after=180_000 + seq % 1_000,
        currency="EUR",
        at=START,
        before_at=START,
        unknown_since=None,
        is_confirmed=False,
        flags=(),
        recorded_at=datetime.now(START.tzinfo),
    )


@dataclass(frozen=True)
class Mark:
    """Of the observer's process. `memory`: its greatest, in bytes."""

    looks: int
    seconds: float
    own_seconds: float
    memory: int


def measure_backlog(store: Store, watches: int, checks: int) -> None:
    """Everything is settled before the observer begins."""
    following, dice = Following(store, watches), random.Random(1)
    began = time.perf_counter()
    for _ in range(checks // watches):
        ends = ends_of(following, following.begin_round(), dice)
        for start in range(0, watches, FULL_COMMIT):
            store.settlement.commit([], ends[start : start + FULL_COMMIT])
    waiting = store.database["receipts"].count_documents({})
    print(f"{waiting:,} receipts of {checks:,} looks, made in {time.perf_counter() - began:.0f} s")
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=drain, args=(store.config, theirs, marks_of(checks)))
    process.start()
    theirs.close()
    before = Mark(0, 0, 0, 0)
    try:
        while True:
            mark: Mark = ours.recv()
            _print_mark(store, before, mark)
            before = mark
            ours.send(None)
    except EOFError:
        process.join()


def marks_of(checks: int) -> list[int]:
    marks = [10_000, 100_000, 1_000_000]
    return [*(mark for mark in marks if mark < checks), checks]


def drain(config: Config, other: Connection, marks: list[int]) -> None:
    """An observer in a process of its own, which stops at each mark until it is told to go on."""
    with opened(config) as store:
        receipts, work = Receipts(store.database), observing(store)
        lease = Feeds(store.database).claim(PROJECT, seconds=24 * 3600)
        assert lease is not None
        looks, began, own = 0, time.perf_counter(), time.process_time()
        while (receipt := receipts.find_next(PROJECT)) is not None:
            looks += work.take(receipt, lease)
            if looks >= marks[0]:
                marks.pop(0)
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
                seconds = time.perf_counter() - began
                other.send(Mark(looks, seconds, time.process_time() - own, memory))
                other.recv()
                if not marks:
                    return
                began += time.perf_counter() - began - seconds


def _print_mark(store: Store, before: Mark, mark: Mark) -> None:
    looks, seconds = mark.looks - before.looks, mark.seconds - before.seconds
    own = mark.own_seconds - before.own_seconds
    store.database.client.admin.command("fsync")
    stats = [store.database.command("collStats", name) for name in ("watches", "chunks")]
    # What a rewritten document leaves free is used again.
    free = [one["wiredTiger"]["block-manager"]["file bytes available for reuse"] for one in stats]
    data = sum(one["storageSize"] for one in stats) - sum(free)
    indexes = sum(one["totalIndexSize"] for one in stats)
    raw = sum(one["size"] for one in stats)
    print(
        f"{mark.looks:,} looks: {looks / seconds:,.0f} a second ({looks / own:,.0f} of its own processor "
        f"time), {mark.memory / 2**20:.0f} MB; a look is {data / mark.looks:.0f} + "
        f"{indexes / mark.looks:.0f} bytes on disk, {raw / mark.looks:.0f} uncompressed"
    )
    feed = Changes(store.database)
    [newest] = feed.newest(PROJECT, since=START, limit=1)
    spent = milliseconds(lambda: feed.after(PROJECT, newest.seq - PAGE, limit=PAGE))
    print(f"    feed of {newest.seq:,} changes, the last {PAGE}: {spent:.2f} ms")


def ends_of(
    following: Following, job: Job, dice: random.Random, *, large: bool = False
) -> list[TargetEnd]:
    """Prices of one product in ten move, ranks of all. `large`: as a row of a real page."""
    return [
        following.end(job, number, page(dice, large=large)) for number in range(following.count)
    ]


def page(dice: random.Random, *, large: bool) -> dict[str, Any]:
    rank = {"rank": dice.randrange(10_000), "category": "Kitchen", "nodeId": "1", "isRoot": True}
    price = "20.00" if dice.random() < 0.9 else f"{dice.randrange(1_500, 2_500) / 100:.2f}"
    more = {"aplusText": "text " * 2_000} if large else {}
    return sold(price, bestSellerRanks=[rank], **more)


def fastest_tenth(spent: list[float]) -> float:
    """The slowest of them."""
    return sorted(spent)[len(spent) // 10]


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    raise SystemExit(main())
