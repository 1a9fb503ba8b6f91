"""Writes a job with all that belongs to it, inside its caller's transaction.

Jobs that a client asks for and jobs that a schedule starts come from here alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import InsufficientCredits, ProjectNotFound
from control_api.services.jobs.creating.job_request import JobRequest, new_targets_from_request
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.types.registry import SERVED_OF_NAME, price_of
from control_api.services.jobs.types.served_type import FREE, Price
from control_api.services.warnings import RequestWarning
from storage.accounts.credits import Credits
from storage.accounts.projects import Projects
from storage.base.records import Job, NewJob, NewTarget, Priority
from storage.base.transactions import Session
from storage.jobs.jobs import Jobs
from storage.jobs.targets import Targets
from storage.monitors.rounds import Round, Rounds
from storage.runs.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A job that is not written yet; its cost depends on the plan, which the transaction reads."""

    project_id: str
    kind: str
    spider: str
    config: Mapping[str, Any]
    targets: Sequence[NewTarget]
    priority: Priority
    # How many targets the job may grow to by what its pages lead to; None: it does not grow.
    target_limit: int | None = None
    # All that it may grow to counts against the plan, and not only what is asked for.
    counts_growth: bool = False
    retry_of: str | None = None
    schedule_id: str | None = None
    # The monitor whose round the job is.
    monitor_id: str | None = None
    # What of the request was not taken as it was sent.
    warnings: Sequence[RequestWarning] = ()

    @property
    def counted_targets(self) -> int:
        limit = self.target_limit if self.counts_growth else None
        return len(self.targets) if limit is None else limit


class JobWriter:
    def __init__(
        self,
        jobs: Jobs,
        targets: Targets,
        projects: Projects,
        *,
        credits: Credits,  # noqa: A002 (the field's word)
        quota: Quota,
        audit: AuditTrail,
        runs: Runs,
        rounds: Rounds,
    ) -> None:
        self._runs = runs
        self._rounds = rounds
        self._jobs = jobs
        self._targets = targets
        self._projects = projects
        self._credits = credits
        self._quota = quota
        self._audit = audit

    def write(self, session: Session, actor: Actor, draft: Draft, *, action: str) -> Job:
        """The job, its targets, its reservation and its trace.

        Raises ProjectNotFound, Forbidden for a plan's limit, InsufficientCredits: the caller's
        transaction aborts then.
        """
        if not self._projects.hold(draft.project_id, actor.organization_id, session):
            raise ProjectNotFound
        plan = self._quota.use(
            actor.organization_id, jobs=1, targets=draft.counted_targets, session=session
        )
        price = price_of(draft.kind, draft.spider, draft.config) if plan.uses_credits else FREE
        job = self._insert(session, actor, draft, price=price)
        metadata = {"type": job.kind, "targets": job.counts.total, "retryOf": job.retry_of}
        if job.schedule_id is not None:
            metadata["scheduleId"] = job.schedule_id
        self._audit.record(
            actor,
            action,
            entity_id=job.id,
            entity_name=name_of_job(job),
            metadata=metadata,
            session=session,
        )
        return job

    def _insert(self, session: Session, actor: Actor, draft: Draft, *, price: Price) -> Job:
        is_pooled = SERVED_OF_NAME[draft.kind].type.is_pooled
        reserved = price.most * len(draft.targets)
        job = self._jobs.insert(
            NewJob(
                organization_id=actor.organization_id,
                project_id=draft.project_id,
                kind=draft.kind,
                spider=draft.spider,
                config=draft.config,
                targets=draft.targets,
                priority=draft.priority,
                credits_per_target=price.per_target,
                credits_per_product_page=price.per_product_page,
                credits_reserved=reserved,
                target_limit=draft.target_limit,
                is_pooled=is_pooled,
                retry_of=draft.retry_of,
                schedule_id=draft.schedule_id,
                created_by=actor.user_id,
                request_id=actor.request_id,
                monitor_id=draft.monitor_id,
            ),
            session,
        )
        if not self._credits.reserve(
            actor.organization_id, reserved, job_id=job.id, session=session
        ):
            raise InsufficientCredits
        self._targets.insert(job.id, draft.targets, session)
        if not is_pooled:
            self._runs.insert(job, session)
        if job.monitor_id is not None:
            self._rounds.insert(_round(job, job.monitor_id), session)
        return job


def _round(job: Job, monitor_id: str) -> Round:
    return Round(
        id=job.id,
        monitor_id=monitor_id,
        organization_id=job.organization_id,
        project_id=job.project_id,
        watches=job.counts.total,
        started_at=job.created_at,
    )


def draft_from_request(
    request: JobRequest, project_id: str, *, schedule_id: str | None = None
) -> Draft:
    """Raises InvalidInput or InvalidAsin for what no crawler could take."""
    asked = new_targets_from_request(request)
    served = SERVED_OF_NAME[request.kind]
    spider = served.type.spider
    assert spider is not None
    return Draft(
        project_id=project_id,
        kind=request.kind,
        spider=spider,
        config=request.config,
        targets=asked.targets,
        target_limit=served.grows_to(request.config, len(asked.targets)),
        counts_growth=True,
        priority=request.priority,
        schedule_id=schedule_id,
        warnings=asked.warnings,
    )
