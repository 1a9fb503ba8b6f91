"""Records as the dialect shows them."""

from __future__ import annotations

from typing import Any

from control_api.http.json_text import optional_time, text_from_time
from control_api.services.jobs.spiders.spider_jobs import SpiderJobView
from control_api.v1.statuses import SCRAPETHIS


def job_row(view: SpiderJobView) -> dict[str, Any]:
    job = view.job
    return {
        "id": job.id,
        "spider_id": job.config.get("spiderId"),
        "status": SCRAPETHIS[job.status],
        "user_id": job.created_by,
        "items_scraped": job.result_count,
        "created_at": text_from_time(job.created_at),
        "finished_at": optional_time(job.completed_at),
        "cancel_requested_at": optional_time(view.cancel_requested_at),
        "spider": _spider_of(view),
    }


def job_answer(view: SpiderJobView) -> dict[str, Any]:
    run = view.run
    outcome = run.outcome if run and not view.job.is_open else None
    return {
        **job_row(view),
        "arguments": dict(view.job.config.get("arguments", {})),
        "started_at": optional_time(view.job.started_at),
        "close_reason": view.close_reason,
        "error": {"code": outcome.code, "message": outcome.message}
        if outcome and outcome.code
        else None,
        "stats": dict(run.stats) if run else {},
        "attempts": run.attempt if run else 0,
        "node": run.node if run else None,
        "version": run.version if run else None,
    }


def _spider_of(view: SpiderJobView) -> dict[str, Any]:
    """As the job was started with it, whatever became of the spider since."""
    config = view.job.config
    return {
        "id": config.get("spiderId"),
        "name": view.spider.name if view.spider else config.get("spiderName"),
        "repo_path": config.get("repoPath"),
    }
