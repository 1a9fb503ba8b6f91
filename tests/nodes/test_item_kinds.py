"""A spider job stores every kind of item, and says when it could not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import scrapy

from control_api.http.rows.exports import export_chunks
from control_api.services.jobs.results import Export, JobRows
from spiders.items.formats.json_text import json_bytes
from storage.base.records import JobStatus
from tests.nodes.conftest import Jobs
from tests.nodes.making import Dispatch, MakeNode
from tests.spiders.item_kinds import KINDS, plain

MODULES = "tests.spiders.item_kinds,tests.nodes.test_item_kinds"


class CircleSpider(scrapy.Spider):
    """One good item, one that nothing can hold, another good one."""

    name = "circle"

    async def start(self) -> AsyncIterator[Any]:
        circle: dict[str, Any] = {"number": 2}
        circle["self"] = circle
        for item in ({"number": 1}, circle, {"number": 3}):
            yield item


def test_a_spider_job_stores_and_exports_every_kind_of_item(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node(EXTRA_SPIDER_MODULES=MODULES).config)
    job = jobs.wait_for_end(jobs.add("kinds"))
    assert job.status is JobStatus.COMPLETED
    rows = [row.data for row in jobs.store.results.iterate(job.id)]
    assert [json.loads(json_bytes(row)) for row in rows] == [plain(kind) for kind in KINDS]
    export = Export(job, JobRows(jobs.store.results, job.id))
    assert json.loads(b"".join(export_chunks(export, "json"))) == [plain(kind) for kind in KINDS]
    text = b"".join(export_chunks(export, "csv")).decode()
    assert [row["title"] for row in csv.DictReader(io.StringIO(text))] == list(KINDS)


def test_an_item_that_nothing_can_hold_fails_its_job_and_costs_no_other(
    jobs: Jobs, make_node: MakeNode, dispatch: Dispatch
) -> None:
    dispatch(make_node(EXTRA_SPIDER_MODULES=MODULES).config)
    job = jobs.wait_for_end(jobs.add("circle"))
    assert jobs.numbers(job.id) == [1, 3]
    outcome = jobs.run(job.id).outcome
    assert outcome is not None
    assert (job.status, outcome.code) == (JobStatus.FAILED, "ITEMS_LOST")
    assert "1 items could not be stored" in outcome.message
    assert "in a circle" in outcome.message
