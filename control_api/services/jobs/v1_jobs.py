from __future__ import annotations

from collections.abc import Sequence

from control_api.services.accounts.actor import Actor
from control_api.services.errors import NotFound
from control_api.services.jobs.jobs import JobService
from storage.base.records import Job, JobStatus
from storage.jobs.jobs import JobFilter, Jobs


class V1Jobs:
    """The organization's jobs of some kinds, whatever project they are in."""

    def __init__(self, jobs: Jobs, service: JobService) -> None:
        self._jobs = jobs
        self._service = service

    def get(self, actor: Actor, job_id: str, *, kinds: Sequence[str]) -> Job:
        job = self._service.get(actor, job_id)
        if job.kind not in kinds:
            raise NotFound("Job not found")
        return job

    def list_newest(
        self,
        actor: Actor,
        *,
        kinds: Sequence[str],
        status: JobStatus | None,
        spider_id: str | None,
        schedule_id: str | None,
        limit: int,
        offset: int,
    ) -> list[Job]:
        chosen = JobFilter(
            organization_id=actor.organization_id,
            kinds=kinds,
            statuses=[status] if status else None,
            spider_id=spider_id,
            schedule_id=schedule_id,
        )
        return self._jobs.list_newest(chosen, limit=limit, offset=offset)
