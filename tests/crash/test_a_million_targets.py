"""A million open targets: Redis holds the hot window alone, and feeding does not slow down (W11)."""

from __future__ import annotations

import time

import pytest

from storage.base.clock import utc_now
from tests.crash.conftest import MakeFarm
from tests.crash.farm import Farm

JOBS = 100
TARGETS_PER_JOB = 10_000
# The window of one spider is 256 seeds of about 400 bytes; an empty server takes 1 MB itself.
REDIS_CAP_BYTES = 8 * 1024 * 1024


@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_a_million_open_targets_leave_redis_small(make_farm: MakeFarm, asins: list[str]) -> None:
    farm = make_farm("--bulk=0")
    fill(farm, asins[0])
    assert farm.database["targets"].estimated_document_count() == JOBS * TARGETS_PER_JOB
    farm.start_worker()
    farm.wait_for(lambda: farm.queue.depth("amazon_detail").ready >= 200, what="a full window")
    small = farm.submit(asins[:5])
    started = time.monotonic()
    farm.start_crawler("crawler")
    job = farm.wait_for_end(small, seconds=60)
    assert job.counts.success == 5
    # Five targets of the smallest job, behind a million of a hundred others.
    assert time.monotonic() - started < 30
    assert farm.redis.info("memory")["used_memory"] < REDIS_CAP_BYTES


def fill(farm: Farm, asin: str) -> None:
    """Jobs of other organizations, straight into MongoDB: submitting them is the API's own test."""
    first = farm.job(farm.submit([asin]))
    template = farm.database["jobs"].find_one({"_id": first.id})
    target = farm.database["targets"].find_one({"jobId": first.id})
    assert template is not None
    assert target is not None
    counts = {**template["counts"], "total": TARGETS_PER_JOB, "pending": TARGETS_PER_JOB}
    for number in range(JOBS):
        job_id = f"{number:024d}"
        farm.database["jobs"].insert_one(
            template
            | {
                "_id": job_id,
                "organizationId": f"organization-{number % 10}",
                "counts": counts,
                "createdAt": utc_now(),
            }
        )
        farm.database["targets"].insert_many(
            [target | {"_id": f"{job_id}:{n:06d}", "jobId": job_id} for n in range(TARGETS_PER_JOB)]
        )
    farm.database["jobs"].delete_one({"_id": first.id})
    farm.database["targets"].delete_one({"_id": target["_id"]})
