from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from storage.base.clock import utc_now
from storage.base.ids import target_id
from storage.base.records import Job
from storage.pages.saved_pages import NewPage


def page_of(
    job: Job | str, index: int = 0, *, body: bytes = b"<html></html>", **other: Any
) -> NewPage:
    """As the store takes it: its body is compressed."""
    job_id = job if isinstance(job, str) else job.id
    now: datetime = utc_now()
    page = NewPage(
        target_id=target_id(job_id, index),
        job_id=job_id,
        token=1,
        number=1,
        url="https://www.amazon.com/dp/B000000001",
        requested_url="https://www.amazon.com/dp/B000000001",
        status=200,
        headers={"content-type": "text/html"},
        encoding=None,
        body=gzip.compress(body, mtime=0),
        size=len(body),
        fetched_at=now,
        expires_at=now + timedelta(days=1),
        engine="http",
        place=None,
        lang="en-US",
        parser_version="1.0",
    )
    return replace(page, **other)
