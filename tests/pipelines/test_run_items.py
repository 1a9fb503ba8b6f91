"""Items of a spider job, on a real MongoDB, of a run that is claimed as its process would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from pipelines.run_items import RunItemsPipeline
from spiders.work import signals as our_signals
from storage.runs.run_claims import Claim
from tests.failing_mongod import failing
from tests.pipelines.claims import claimed_run
from tests.stores import Store


class Scene:
    def __init__(self, store: Store) -> None:
        self.claim = claimed_run(store)
        self.crawler = Crawler(Spider, {})
        self.pipeline = RunItemsPipeline(self.crawler, store.config, self.claim)
        self.defects: list[str] = []
        self.refusals: list[str | None] = []
        connect = self.crawler.signals.connect
        connect(self._on_defect, signal=our_signals.defect_met)
        connect(self._on_refusal, signal=our_signals.items_refused)

    def _on_defect(self, part: str) -> None:
        self.defects.append(part)

    def _on_refusal(self, code: str | None) -> None:
        self.refusals.append(code)


def play(store: Store, scene_of: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def run() -> Scene:
        scene = Scene(store)
        await scene.pipeline.open_spider()
        try:
            async with asyncio.timeout(10):
                await scene_of(scene)
        finally:
            async with asyncio.timeout(10):
                await scene.pipeline.close_spider()
        return scene

    return asyncio.run(run())


def numbers(store: Store, claim: Claim) -> list[int]:
    return [row.data["number"] for row in store.results.iterate(claim.job_id)]


def test_items_are_stored_in_their_order(store: Store) -> None:
    async def scene_of(scene: Scene) -> None:
        for number in range(450):
            await scene.pipeline.process_item({"number": number})

    scene = play(store, scene_of)
    assert numbers(store, scene.claim) == list(range(450))
    assert (scene.defects, scene.refusals) == ([], [])
    assert store.job(scene.claim.job_id).result_count == 450


# 13 Unauthorized, 2 BadValue: neither a wait nor another attempt heals them.
@pytest.mark.parametrize("code", [13, 2])
def test_a_defect_fails_the_run_at_once_and_is_counted(
    store: Store, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene_of(scene: Scene) -> None:
        await scene.pipeline.process_item({"number": 1})
        while not numbers(store, scene.claim):
            await asyncio.sleep(0.02)
        with failing(store.database, "insert", code=code, collection="results"):
            await scene.pipeline.process_item({"number": 2})
            while not scene.refusals:
                await asyncio.sleep(0.02)
        # Rights that come back make the run no better: an item is missing.
        await scene.pipeline.process_item({"number": 3})

    scene = play(store, scene_of)
    assert scene.defects == ["items"]
    assert scene.refusals == ["ITEMS_LOST"]
    assert numbers(store, scene.claim) == [1]
    assert "OperationFailure" in caplog.text


def test_a_server_that_is_too_busy_is_waited_for(store: Store) -> None:
    async def scene_of(scene: Scene) -> None:
        # ExceededTimeLimit.
        with failing(store.database, "insert", code=262, collection="results", times=2):
            await scene.pipeline.process_item({"number": 1})
            while not numbers(store, scene.claim):
                await asyncio.sleep(0.02)

    scene = play(store, scene_of)
    assert (scene.defects, scene.refusals) == ([], [])


def test_a_run_that_was_taken_back_writes_nothing(store: Store) -> None:
    async def scene_of(scene: Scene) -> None:
        taken = {"_id": scene.claim.job_id}
        store.database["runs"].update_one(taken, {"$set": {"claimant": "another"}})
        await scene.pipeline.process_item({"number": 1})
        while not scene.refusals:
            await asyncio.sleep(0.02)

    scene = play(store, scene_of)
    assert scene.refusals == [None]
    assert numbers(store, scene.claim) == []
