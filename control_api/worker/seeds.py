"""A target's message in Redis, in scrapy-redis' JSON form."""

from __future__ import annotations

import json

from storage.records import Seed, Target


def seed_from_target(target: Target) -> Seed:
    meta = {**target.seed, "targetId": target.id, "jobId": target.job_id}
    message = json.dumps({"url": target.url, "meta": meta}, ensure_ascii=False)
    return Seed(target.id, target.marketplace, message)
