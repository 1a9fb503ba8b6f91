from __future__ import annotations

from typing import Any

from control_api.services.records import Job, Row


def result_answer(job: Job, row: Row) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "url": row.data["url"],
        "data": row.data["data"],
        "scraped_at": row.data["scrapedAt"],
    }
