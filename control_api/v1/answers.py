"""Spider jobs as this dialect shows them."""

from __future__ import annotations

from typing import Any

from control_api.services.jobs.spiders.spider_jobs import SpiderJobView
from control_api.v1.schemas.spider_jobs import SpiderJobError, SpiderJobOut, SpiderJobRow
from control_api.v1.statuses import SCRAPETHIS


def job_row(view: SpiderJobView) -> SpiderJobRow:
    return SpiderJobRow.read(view.job, **_shown(view))


def job_answer(view: SpiderJobView, **also: Any) -> SpiderJobOut:
    run = view.run
    outcome = run.outcome if run and not view.job.is_open else None
    is_error = outcome is not None and outcome.code
    return SpiderJobOut.read(
        view.job,
        **_shown(view),
        arguments=dict(view.job.config.get("arguments", {})),
        close_reason=view.close_reason,
        error=SpiderJobError.model_validate(outcome) if is_error else None,
        stats=dict(run.stats) if run else {},
        attempts=run.attempt if run else 0,
        node=run.node if run else None,
        version=run.version if run else None,
        **also,
    )


def _shown(view: SpiderJobView) -> dict[str, Any]:
    config = view.job.config
    return {
        "spider_id": config.get("spiderId"),
        "status": SCRAPETHIS[view.job.status],
        "cancel_requested_at": view.cancel_requested_at,
        # As the job was started with it, whatever became of the spider since.
        "spider": {
            "id": config.get("spiderId"),
            "name": view.spider.name if view.spider else config.get("spiderName"),
            "repo_path": config.get("repoPath"),
        },
    }
