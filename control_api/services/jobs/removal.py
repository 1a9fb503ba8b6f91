from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import ProjectNotFound
from storage.accounts.projects import Projects
from storage.base.away import StorageAway
from storage.base.clock import utc_now
from storage.base.transactions import Session, Transactions
from storage.jobs.jobs import JobFilter, Jobs
from storage.jobs.removals import Removals
from storage.jobs.settlement import Settlement
from storage.queue.seed_queue import SeedQueue

log = logging.getLogger(__name__)

_BATCH_JOBS = 100
# A request waits this long for rows to go; the worker removes the rest.
_PATIENCE_SECONDS = 5.0


class Remover:
    """Ends and removes jobs with all that belongs to them. Each step may be repeated by anybody."""

    def __init__(
        self,
        removals: Removals,
        jobs: Jobs,
        settlement: Settlement,
        *,
        seeds: SeedQueue,
        transactions: Transactions,
    ) -> None:
        self._removals = removals
        self._jobs = jobs
        self._settlement = settlement
        self._seeds = seeds
        self._transactions = transactions

    def finish_project(self, project_id: str) -> None:
        """End the jobs of a project that is gone, and take them out."""
        chosen = JobFilter(organization_id=None, project_id=project_id)
        while jobs := self._jobs.list_newest(chosen, limit=_BATCH_JOBS, offset=0):
            for job in jobs:
                if job.is_open:
                    self._settlement.cancel(job.id)
                    self._forget_seeds(job.id)
            self._take_out([job.id for job in jobs])
        self._removals.project_is_done(project_id)

    def finish_projects(self) -> None:
        for project_id in self._removals.projects():
            self.finish_project(project_id)

    def take_out_older_than(self, days: int) -> int:
        """Take out jobs that ended more than `days` ago; how many."""
        count = 0
        cutoff = utc_now() - timedelta(days=days)
        while job_ids := self._removals.ended_before(cutoff, _BATCH_JOBS):
            self._take_out(job_ids)
            count += len(job_ids)
        return count

    def sweep(self, patience_seconds: float) -> bool:
        """Remove targets and rows of jobs that were taken out, and what monitors left behind; False when
        more is left."""
        deadline = time.monotonic() + patience_seconds
        while prefixes := self._removals.monitors():
            for prefix in prefixes:
                while self._removals.sweep_monitor(prefix):
                    if time.monotonic() > deadline:
                        return False
        while job_ids := self._removals.jobs():
            for job_id in job_ids:
                while self._removals.sweep(job_id):
                    if time.monotonic() > deadline:
                        return False
        return True

    def _take_out(self, job_ids: list[str]) -> None:
        self._transactions.run(lambda session: self._removals.take_out(job_ids, session))

    def _forget_seeds(self, job_id: str) -> None:
        try:
            self._seeds.forget_jobs([job_id])
        except StorageAway as error:
            # The fence is in MongoDB; a crawler that still holds a seed writes nothing.
            log.warning("seeds of job %s were not forgotten: %s", job_id, type(error).__name__)


class ProjectRemoval:
    """`also` removes what else belongs to a project, given its id, in the same transaction."""

    def __init__(
        self,
        remover: Remover,
        removals: Removals,
        projects: Projects,
        *,
        also: Sequence[Callable[[str, Session], None]],
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._remover = remover
        self._removals = removals
        self._projects = projects
        self._also = also
        self._audit = audit
        self._transactions = transactions

    def remove(self, actor: Actor, project_id: str) -> None:
        """The project and its jobs are gone when this returns; many rows may take a while."""

        def work(session: Session) -> None:
            project = self._projects.remove(project_id, actor.organization_id, session)
            if project is None:
                raise ProjectNotFound
            for remove in self._also:
                remove(project_id, session)
            self._removals.note_project(project_id, session)
            self._audit.record(
                actor,
                "project.deleted",
                entity_id=project_id,
                entity_name=project.name,
                session=session,
            )

        self._transactions.run(work)
        self._remover.finish_project(project_id)
        self._remover.sweep(_PATIENCE_SECONDS)
