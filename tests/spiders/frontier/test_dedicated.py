"""The heartbeat of a spider job's process, on a real MongoDB that refuses it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace

import pytest
from scrapy import Spider
from scrapy.utils.test import get_crawler

from settings.dedicated import CLAIM
from spiders.frontier.dedicated import DedicatedRun
from spiders.frontier.orphan import Supervised
from spiders.work import signals as our_signals
from storage.runs.runs import Runs
from tests.failing_mongod import failing
from tests.pipelines.claims import claimed_run
from tests.stores import Store


def test_a_heartbeat_that_is_refused_is_counted_and_goes_on(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    claim = claimed_run(store)
    runs = Runs(store.database)

    def beats() -> int:
        run = runs.find(claim.job_id)
        assert run is not None
        return run.beats

    async def play() -> list[str]:
        crawler = get_crawler(settings_dict={CLAIM: asdict(claim)})
        config = replace(store.config, heartbeat_seconds=0.05)
        run = DedicatedRun(crawler, config, claim, supervised=Supervised(1))
        met: list[str] = []

        def count(part: str) -> None:
            met.append(part)

        crawler.signals.connect(count, signal=our_signals.defect_met)
        async with asyncio.timeout(10):
            with failing(store.database, "findAndModify", code=13, collection="runs"):
                await run.spider_opened(Spider("mine"))
                while len(met) < 2:
                    await asyncio.sleep(0.02)
                before = beats()
            while beats() < before + 2:
                await asyncio.sleep(0.02)
            await run.spider_closed(Spider("mine"), "finished")
        return met

    met = asyncio.run(play())
    assert set(met) == {"heartbeat"}
    assert "OperationFailure" in caplog.text
    ended = runs.find(claim.job_id)
    assert ended is not None
    assert ended.outcome is not None
    assert ended.outcome.is_well
