from __future__ import annotations

from control_api.services.records import Job, Row
from control_api.v1.schemas.page_results import PageResult


def result_answer(job: Job, row: Row) -> PageResult:
    return PageResult(
        job_id=job.id,
        url=row.data["url"],
        data=row.data["data"],
        scraped_at=row.data["scrapedAt"],
    )
