"""The writer of rows, on a real MongoDB, told by signals as in a crawl."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from pipelines import results
from pipelines.results import ResultsPipeline
from settings.config import Config
from spiders.work import signals as our_signals
from spiders.work.failures import FailureCode
from spiders.work.target import LeasedTarget, TargetRow
from storage.base.records import Failure, Job, JobStatus
from tests.failing_mongod import failing
from tests.pipelines.wire import Wire, wire_to
from tests.stores import Store

WINDOW = 40


@dataclass
class Item:
    """As little of a result row as there can be."""

    asin: str | None = None
    number: Any = None
    parts: list[Any] = field(default_factory=list)


@dataclass
class Scene:
    pipeline: ResultsPipeline
    store: Store
    settled: list[str] = field(default_factory=list)
    # How many targets each write ended.
    writes: list[int] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def on_defect(self, part: str) -> None:
        self.defects.append(part)

    def on_settled(self, targets: list[LeasedTarget]) -> None:
        self.settled += [target.id for target in targets]
        self.writes.append(len(targets))

    def on_abandoned(self, targets: list[LeasedTarget]) -> None:
        self.abandoned += [target.id for target in targets]

    def end(self, target: LeasedTarget, *items: Item, failure: Failure | None = None) -> None:
        self.pipeline.target_started(target)
        for position, item in enumerate(items, start=1):
            self.pipeline.process_item(TargetRow(target, 1, position, item))
        self.pipeline.target_ended(target, failure)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():
                await asyncio.sleep(0.01)


Play = Callable[..., Scene]


@pytest.fixture
def play(store: Store) -> Play:
    """Run a scene between the pipeline's opening and its closing."""

    async def run(scene_of: Callable[[Scene], Awaitable[None]], config: Config) -> Scene:
        crawler = Crawler(Spider, {"LEASE_WINDOW": WINDOW})
        pipeline = ResultsPipeline(crawler, config)
        scene = Scene(pipeline, store)
        crawler.signals.connect(scene.on_settled, signal=our_signals.targets_settled)
        crawler.signals.connect(scene.on_abandoned, signal=our_signals.targets_abandoned)
        crawler.signals.connect(scene.on_defect, signal=our_signals.defect_met)
        await pipeline.open_spider()
        try:
            await scene_of(scene)
        finally:
            async with asyncio.timeout(10):
                await pipeline.close_spider()
        return scene

    return lambda scene_of, config=store.config: asyncio.run(run(scene_of, config))


def leased(job: Job, index: int, *, token: int = 1, seconds: float = 60.0) -> LeasedTarget:
    return LeasedTarget(
        id=f"{job.id}:{index:06d}",
        url="",
        params={},
        job_id=job.id,
        token=token,
        deaths=0,
        lease_until=time.monotonic() + seconds,
    )


def test_rows_are_written_when_their_target_ends_and_then_its_lease_may_go(
    store: Store, play: Play
) -> None:
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        scene.pipeline.process_item(TargetRow(leased(job, 1), 1, 1, Item("unfinished")))
        scene.end(leased(job, 0), Item("B000000001"), Item("B000000002"))
        await scene.until(lambda: len(scene.settled) == 1)
        assert store.job(job.id).counts.success == 1

    scene = play(scene_of)
    rows = [row.data["asin"] for row in store.results.iterate(job.id)]
    assert rows == ["B000000001", "B000000002"]
    assert scene.settled == [f"{job.id}:000000"]


def test_what_has_ended_is_written_at_closing(store: Store, play: Play) -> None:
    job = store.add_job(3)

    async def scene_of(scene: Scene) -> None:
        for index in range(3):
            scene.end(leased(job, index), Item("B000000001"))

    assert len(play(scene_of).settled) == 3
    assert store.job(job.id).status is JobStatus.COMPLETED


def test_what_ends_while_many_are_under_way_is_written_together(
    store: Store, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "GATHER_SECONDS", 60.0)
    job = store.add_job(2 * WINDOW)

    async def scene_of(scene: Scene) -> None:
        targets = [leased(job, index) for index in range(2 * WINDOW)]
        for target in targets:
            scene.pipeline.target_started(target)
        scene.pipeline.target_ended(targets.pop(), None)
        await scene.until(lambda: scene.writes == [1])
        for _ in range(5):
            scene.pipeline.target_ended(targets.pop(), None)
        await asyncio.sleep(0.3)
        assert scene.writes == [1]
        # So many keep others from beginning.
        for _ in range(WINDOW // 2 - 5):
            scene.pipeline.target_ended(targets.pop(), None)
        await scene.until(lambda: scene.writes == [1, WINDOW // 2])

    play(scene_of)


def test_with_few_under_way_what_has_ended_is_written_at_once(
    store: Store, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "GATHER_SECONDS", 60.0)
    job = store.add_job(WINDOW)

    async def scene_of(scene: Scene) -> None:
        targets = [leased(job, index) for index in range(WINDOW)]
        for target in targets:
            scene.pipeline.target_started(target)
        scene.pipeline.target_ended(targets.pop(), None)
        await scene.until(lambda: scene.writes == [1])
        for target in targets[: WINDOW - 5]:
            scene.pipeline.target_let_go(target)
        scene.pipeline.target_ended(targets.pop(), None)
        await scene.until(lambda: scene.writes == [1, 1])

    play(scene_of)


def test_a_failed_target_is_written_with_its_reason(store: Store, play: Play) -> None:
    job = store.add_job(1)

    async def scene_of(scene: Scene) -> None:
        scene.end(leased(job, 0), failure=Failure(FailureCode.TIMEOUT, "60 s"))

    play(scene_of)
    (target,) = store.targets.values(job.id)
    assert target.failure is not None
    assert (target.failure.code, target.failure.message) == ("TIMEOUT", "60 s")


def test_what_lost_its_lease_is_never_written(store: Store, play: Play) -> None:
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        scene.end(leased(job, 0, seconds=-0.001), Item("B000000001"))
        scene.end(leased(job, 1), Item("B000000002"))
        await scene.until(lambda: bool(scene.settled and scene.abandoned))

    scene = play(scene_of)
    assert scene.abandoned == [f"{job.id}:000000"]
    assert [row.data["asin"] for row in store.results.iterate(job.id)] == ["B000000002"]


def test_a_replay_is_acknowledged_and_adds_nothing(store: Store, play: Play) -> None:
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        for token in (1, 2):
            scene.end(leased(job, 0, token=token), Item("B000000001"))
            await scene.until(lambda token=token: len(scene.settled) == token)

    play(scene_of)
    assert store.results.count(job.id) == 1
    assert store.job(job.id).counts.success == 1


def test_a_target_that_takes_long_is_shown_as_running(store: Store, play: Play) -> None:
    job = store.add_job(1)

    async def scene_of(scene: Scene) -> None:
        scene.pipeline.target_started(leased(job, 0))
        await scene.until(lambda: store.job(job.id).counts.running == 1)

    play(scene_of)
    assert store.job(job.id).status is JobStatus.RUNNING


@pytest.fixture
def wire(store: Store) -> Iterator[Wire]:
    host, port = next(iter(store.database.client.nodes))
    with wire_to(host, port) as wire:
        yield wire


def test_rows_wait_while_mongodb_is_away_and_are_written_once_when_it_is_back(
    store: Store, play: Play, wire: Wire
) -> None:
    job = store.add_job(3)
    uri = f"mongodb://{wire.address}/?directConnection=true"

    async def scene_of(scene: Scene) -> None:
        scene.end(leased(job, 0), Item("B000000001"))
        await scene.until(lambda: len(scene.settled) == 1)
        await asyncio.to_thread(wire.cut)
        scene.end(leased(job, 1), Item("B000000002"))
        scene.end(leased(job, 2), Item("B000000003"))
        await asyncio.sleep(0.5)
        assert len(scene.settled) == 1
        wire.mend()
        await scene.until(lambda: len(scene.settled) == 3)

    play(scene_of, replace(store.config, mongodb_uri=uri))
    assert store.job(job.id).counts.success == 3
    assert store.results.count(job.id) == 3


UNSTORABLE = {
    "a page of 17 MB": Item("B000000001", number="x" * 17_000_000),
    "two texts of 9 MB": Item("B000000001", number=["x" * 9_000_000] * 2),
}


@pytest.mark.parametrize("item", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_row_that_cannot_be_stored_fails_its_target_alone(
    store: Store, play: Play, item: Item
) -> None:
    job = store.add_job(3)

    async def scene_of(scene: Scene) -> None:
        scene.end(leased(job, 0), Item("B000000001"))
        scene.end(leased(job, 1), Item("B000000002"), item)
        scene.end(leased(job, 2), Item("B000000003"))
        await scene.until(lambda: len(scene.settled) == 3)

    play(scene_of)
    assert store.statuses(job.id) == ["success", "failed", "success"]
    assert store.results.count(job.id) == 2
    error = store.targets.values(job.id)[1].failure
    assert error is not None
    assert error.code == "PARSE_ERROR"


@pytest.mark.parametrize(
    ("number", "stored"), [(2**70, str(2**70)), ("\ud83d", "?"), ({1, 2}, [1, 2])]
)
def test_a_value_that_mongodb_has_no_place_for_is_stored_as_the_nearest(
    store: Store, play: Play, number: Any, stored: Any
) -> None:
    job = store.add_job(1)

    async def scene_of(scene: Scene) -> None:
        scene.end(leased(job, 0), Item("B000000001", number=number))
        await scene.until(lambda: len(scene.settled) == 1)

    play(scene_of)
    assert [row.data["number"] for row in store.results.iterate(job.id)] == [stored]


def test_two_rows_of_one_place_fail_their_target_alone(store: Store, play: Play) -> None:
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        twins = leased(job, 0)
        scene.pipeline.process_item(TargetRow(twins, 1, 1, Item("B000000001")))
        scene.end(twins, Item("B000000001"))
        scene.end(leased(job, 1), Item("B000000002"))
        await scene.until(lambda: len(scene.settled) == 2)

    play(scene_of)
    assert store.statuses(job.id) == ["failed", "success"]


def test_a_write_that_is_not_authorized_fails_its_targets_and_is_not_repeated(
    store: Store, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    """The rights are back when the failure is written: the target has ended, without rows."""
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        with failing(store.database, "insert", "update", code=13, collection="results"):
            for index in range(2):
                scene.end(leased(job, index), Item("B000000001"))
            await scene.until(lambda: len(scene.settled) == 2)

    scene = play(scene_of)
    assert store.job(job.id).counts.failed == 2
    assert {target.failure.message for target in store.targets.values(job.id)} == {
        "its rows could not be written"
    }
    assert list(store.results.iterate(job.id)) == []
    assert scene.abandoned == []
    assert set(scene.defects) == {"results"}
    assert "OperationFailure" in caplog.text, "the trace is in the log"


def test_targets_of_which_nothing_can_be_written_are_abandoned_unchanged(
    store: Store, play: Play
) -> None:
    job = store.add_job(2)

    async def scene_of(scene: Scene) -> None:
        commands = ("insert", "update", "findAndModify", "aggregate", "find", "bulkWrite")
        with failing(store.database, *commands, code=13):
            for index in range(2):
                scene.end(leased(job, index), Item("B000000001"))
            await scene.until(lambda: len(scene.abandoned) == 2)

    scene = play(scene_of)
    assert scene.settled == []
    assert store.job(job.id).counts.pending == 2
    assert list(store.results.iterate(job.id)) == []
