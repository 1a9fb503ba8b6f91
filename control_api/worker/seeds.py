"""A target's message in Redis, in scrapy-redis' JSON form."""

from __future__ import annotations

import json

from storage.base.records import Seed, Target


def seed_from_target(target: Target, organization_id: str, request_id: str | None) -> Seed:
    """Both of the target's job. `request_id`: of the request that made it; crawlers write it in their
    log lines."""
    meta = {**target.params, "targetId": target.id, "jobId": target.job_id}
    if request_id is not None:
        meta["requestId"] = request_id
    message = json.dumps({"url": target.url, "meta": meta}, ensure_ascii=False)
    return Seed(target.id, target.marketplace, organization_id, message)
