"""From a seed's message in Redis to a target.

A seed is what scrapy-redis reads: JSON `{"url": ..., "meta": {...}}`, or (deprecated there, accepted
here as well) a bare URL. Ours carry `targetId` and `jobId`, and the `requestId` of what
made the job, in `meta`; seeds pushed by hand do not.
"""

from __future__ import annotations

import json
from typing import Any

from spiders.work.target import LeasedTarget
from storage.base.records import Lease

_NOT_PARAMS = frozenset({"targetId", "jobId", "requestId"})


class UnreadableSeed(ValueError):
    """The message contradicts itself, or is JSON to Redis' Lua alone, which is more lenient."""


def target_from_lease(lease: Lease, *, lease_until: float) -> LeasedTarget:
    """The script that leased it has made sure that the message is a URL or JSON with one.

    Raises UnreadableSeed; no seed of ours is.
    """
    url, meta = _read(lease.message)
    target_id, job_id = meta.get("targetId"), meta.get("jobId")
    if target_id and not str(target_id).startswith(f"{job_id}:"):
        # Made by hand, and it would move the counts of a job that it does not belong to.
        raise UnreadableSeed(f"target {target_id} is none of job {job_id}")
    return LeasedTarget(
        id=lease.id,
        url=url,
        params={name: value for name, value in meta.items() if name not in _NOT_PARAMS},
        job_id=job_id if target_id else None,
        request_id=meta.get("requestId") if target_id else None,
        token=lease.token,
        deaths=lease.deaths,
        lease_until=lease_until,
    )


def _read(message: str) -> tuple[str, dict[str, Any]]:
    if not message.lstrip().startswith("{"):
        return message, {}
    try:
        seed = json.loads(message)
    except ValueError as error:
        raise UnreadableSeed(str(error)) from error
    meta = seed.get("meta")
    return seed["url"], meta if isinstance(meta, dict) else {}
