"""Spider jobs: one run of a named spider, on the same jobs, credits and results as everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import NotFound
from control_api.services.jobs.creating.job_writer import Draft
from control_api.services.jobs.jobs import Created, JobService
from control_api.services.jobs.spiders.spiders import (
    SpiderService,
    checked_arguments,
    checked_settings,
)
from spiders.types.spider import SPIDER
from storage.base.records import Job, NewTarget, Priority, Row
from storage.jobs.results import Results
from storage.runs.logs import LogPage, RunLogs
from storage.runs.runs import Run, Runs
from storage.runs.spiders import Spider


@dataclass(frozen=True, slots=True, kw_only=True)
class SpiderJobView:
    """`spider` None: it was deleted; the job still tells its name and file."""

    job: Job
    run: Run | None
    spider: Spider | None

    @property
    def close_reason(self) -> str | None:
        if self.run is None or self.run.outcome is None or self.job.is_open:
            return None
        return self.run.outcome.reason

    @property
    def cancel_requested_at(self) -> datetime | None:
        return self.run.cancel_requested_at if self.run else None


class SpiderJobs:
    def __init__(
        self,
        jobs: JobService,
        projects: ProjectService,
        spiders: SpiderService,
        *,
        runs: Runs,
        results: Results,
        logs: RunLogs,
    ) -> None:
        self._jobs = jobs
        self._projects = projects
        self._spiders = spiders
        self._runs = runs
        self._results = results
        self._logs = logs

    def create(
        self,
        actor: Actor,
        *,
        spider_id: str | None,
        spider_name: str | None,
        arguments: Mapping[str, Any],
        idempotency_key: str | None = None,
    ) -> Created:
        """Raises InvalidInput for neither id nor name and for wrong arguments, SpiderNotFound."""
        spider = self._spiders.find(actor, spider_id=spider_id, name=spider_name)
        project = self._projects.get_default(actor)
        draft = self.draft(spider, arguments, project_id=project.id)
        asked = [SPIDER.name, spider.id, dict(arguments)]
        return self._jobs.submit(actor, draft, asked=asked, idempotency_key=idempotency_key)

    def draft(
        self,
        spider: Spider,
        arguments: Mapping[str, Any],
        *,
        project_id: str,
        schedule_id: str | None = None,
    ) -> Draft:
        return draft_of_spider(
            spider,
            self._spiders.deployed_of(spider),
            arguments,
            project_id=project_id,
            schedule_id=schedule_id,
        )

    def view(self, actor: Actor, job: Job) -> SpiderJobView:
        return self.views(actor, [job])[0]

    def views(self, actor: Actor, jobs: Sequence[Job]) -> list[SpiderJobView]:
        runs = self._runs.find_many([job.id for job in jobs])
        ids = [str(job.config.get("spiderId")) for job in jobs]
        spiders = self._spiders.find_many(actor, ids)
        return [
            SpiderJobView(job=job, run=runs.get(job.id), spider=spiders.get(spider_id))
            for job, spider_id in zip(jobs, ids, strict=True)
        ]

    def list_items(self, actor: Actor, job_id: str, *, limit: int, offset: int) -> list[Row]:
        """While the run goes on as well."""
        job = self._get(actor, job_id)
        return self._results.list_page(job.id, limit=limit, offset=offset)

    def read_log(self, actor: Actor, job_id: str, *, limit: int, offset: int) -> LogPage:
        job = self._get(actor, job_id)
        return self._logs.read(job.id, limit=limit, offset=offset)

    def _get(self, actor: Actor, job_id: str) -> Job:
        job = self._jobs.get(actor, job_id)
        if job.kind != SPIDER.name:
            raise NotFound("Job not found")
        return job


def draft_of_spider(
    spider: Spider,
    deployed: Spider,
    arguments: Mapping[str, Any],
    *,
    project_id: str,
    schedule_id: str | None = None,
) -> Draft:
    """Raises InvalidInput for arguments that the deployed spider does not take."""
    given = checked_arguments(deployed, arguments)
    config = {
        "spiderId": spider.id,
        "spiderName": spider.name,
        "repoPath": deployed.repo_path,
        "arguments": given,
        "settings": checked_settings(spider.settings),
    }
    target = NewTarget(spider.name, f"spider:{deployed.spider}", SPIDER.name)
    return Draft(
        project_id=project_id,
        kind=SPIDER.name,
        spider=deployed.spider,
        config=config,
        targets=[target],
        priority=Priority.NORMAL,
        schedule_id=schedule_id,
    )
