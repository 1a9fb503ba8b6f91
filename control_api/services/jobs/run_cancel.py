"""Cancels a spider job: fenced first, then its node is told; the worker ends it when its process is gone."""

from __future__ import annotations

from control_api.gateways.scrapyd import ScrapydError
from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import CancelFailed, Conflict
from control_api.services.node_directory import NodeDirectory
from storage.base.records import Job, JobStatus
from storage.jobs.settlement import Settlement
from storage.runs.runs import IN_HANDS, Run, Runs, RunState


class RunCancel:
    def __init__(
        self, runs: Runs, settlement: Settlement, nodes: NodeDirectory, *, audit: AuditTrail
    ) -> None:
        self._runs = runs
        self._settlement = settlement
        self._nodes = nodes
        self._audit = audit

    def cancel(self, actor: Actor, job: Job) -> None:
        """When this returns, no row of the job can be written any more. Idempotent.

        Raises Conflict for a job that has ended, CancelFailed when its node cannot be told: the fence
        stands, and the worker goes on telling it.
        """
        run = self._runs.request_cancel(job.id)
        if run is None:
            self._require_cancelled(job)
            return
        self._audit.record(actor, "job.cancelled", entity_id=job.id, entity_name=name_of_job(job))
        if run.state in IN_HANDS:
            self._tell(run)
            return
        if run.state is RunState.ENDED:
            # Interrupted: its process ends by itself, and the worker waits for that.
            return
        # No process has it: there is nothing to wait for.
        if self._settlement.cancel(job.id) is not None:
            self._settlement.close_targets(job.id)
        self._runs.close(run)

    def _require_cancelled(self, job: Job) -> None:
        run = self._runs.find(job.id)
        if job.status is JobStatus.CANCELLED or (run is not None and run.is_cancelled):
            return
        status = job.status.value if not job.is_open else "ending"
        raise Conflict(f"Job is already {status}")

    def _tell(self, run: Run) -> None:
        node = self._nodes.find(run.node or "")
        if node is None or run.dispatch_id is None:
            raise CancelFailed
        try:
            self._nodes.client(node.address).cancel(run.dispatch_id)
        except ScrapydError as error:
            raise CancelFailed from error
