"""From a seed's message in Redis to a target.

A seed is what scrapy-redis reads: JSON `{"url": ..., "meta": {...}}`, or (deprecated there, accepted
here as well) a bare URL. Ours carry `targetId` and `jobId` in `meta`; seeds pushed by hand do not.
"""

from __future__ import annotations

import json
from typing import Any

from spiders.items.target import LeasedTarget
from storage.records import Lease


def target_from_lease(lease: Lease, *, lease_until: float) -> LeasedTarget:
    """The script that leased it has made sure that the message is a URL or JSON with one."""
    url, meta = _read(lease.message)
    return LeasedTarget(
        id=lease.id,
        url=url,
        params={name: value for name, value in meta.items() if name not in ("targetId", "jobId")},
        job_id=meta.get("jobId") if meta.get("targetId") else None,
        token=lease.token,
        deaths=lease.deaths,
        lease_until=lease_until,
    )


def _read(message: str) -> tuple[str, dict[str, Any]]:
    if not message.lstrip().startswith("{"):
        return message, {}
    seed = json.loads(message)
    meta = seed.get("meta")
    return seed["url"], meta if isinstance(meta, dict) else {}
