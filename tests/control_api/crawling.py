"""Ends targets as a crawler would, without a crawler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.database import Database

from storage.base.ids import target_id
from storage.base.records import Failure, NewRow, TargetEnd
from storage.jobs.settlement import Settlement
from storage.runs.spiders import DeployedSpider, Spiders
from tests.control_api.conftest import Tenant

DEPLOYED = DeployedSpider(
    name="my-spider", repo_path="spiders/my_spider.py", arguments=(), description="of the tests"
)


def end_target(
    settlement: Settlement,
    job_id: str,
    index: int,
    rows: list[Mapping[str, Any]] | None = None,
    *,
    search_info: Sequence[Mapping[str, Any]] = (),
    categories: Sequence[Mapping[str, Any]] = (),
    product_pages: int = 0,
) -> None:
    written = [NewRow(1, position, row) for position, row in enumerate(rows or [], start=1)]
    end = TargetEnd(
        id=target_id(job_id, index),
        job_id=job_id,
        token=1,
        rows=written,
        search_info=search_info,
        categories=categories,
        product_pages=product_pages,
    )
    assert settlement.commit([], [end]).settled


def fail_target(
    settlement: Settlement, job_id: str, index: int, *, code: str = "NOT_FOUND"
) -> None:
    failure = Failure(code, "Amazon has no such page")
    end = TargetEnd(id=target_id(job_id, index), job_id=job_id, token=1, failure=failure)
    assert settlement.commit([], [end]).settled


def make_spider_job(tenant: Tenant, database: Database) -> str:
    """A job of a spider that a node has."""
    Spiders(database).register([DEPLOYED], version="1")
    made: str = tenant.post("/api/v1/jobs", json={"spider_name": DEPLOYED.name}).json["jobId"]
    return made
