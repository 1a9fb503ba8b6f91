from __future__ import annotations

from control_api.services.accounts.actor import Actor
from control_api.services.jobs.jobs import Created, JobService
from control_api.services.monitors.monitors import MonitorService
from control_api.services.monitors.rounds.round_drafts import Only, RoundDrafts


class RoundService:
    def __init__(self, monitors: MonitorService, jobs: JobService, drafts: RoundDrafts) -> None:
        self._monitors = monitors
        self._jobs = jobs
        self._drafts = drafts

    def start(
        self, actor: Actor, monitor_id: str, only: Only, *, idempotency_key: str | None
    ) -> Created:
        """A round now, beside those of the clock."""
        monitor = self._monitors.get(actor, monitor_id)
        draft = self._drafts.draft(monitor, only)
        asked = ["round", monitor_id, only.value]
        return self._jobs.submit(actor, draft, asked=asked, idempotency_key=idempotency_key)
