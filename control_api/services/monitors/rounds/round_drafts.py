"""A round of a monitor as a job that is not written yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from control_api.services.errors import Conflict, MonitorNotFound
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.creating.job_writer import Draft, draft_from_request
from control_api.services.jobs.job_defaults import JobDefaults
from storage.base.clock import utc_now
from storage.monitors.monitors import Monitor, Monitors
from storage.monitors.watches import Watch, Watches, WatchFilter

STALE = timedelta(hours=24)


class Only(StrEnum):
    """Which watches a round looks at."""

    ALL = "all"
    STALE = "stale"
    FAILED = "failed"


class RoundDrafts:
    def __init__(self, monitors: Monitors, watches: Watches, *, defaults: JobDefaults) -> None:
        self._monitors = monitors
        self._watches = watches
        self._defaults = defaults

    def draft(self, monitor: Monitor, only: Only = Only.ALL) -> Draft:
        """Raises Conflict where there is nothing to look at."""
        values = self._watches.values(monitor.id, _chosen(only))
        if not values:
            raise Conflict(_NOTHING[only])
        request = JobRequest(kind=monitor.kind, targets=values, config=monitor.config)
        request = replace(request, defaults=self._defaults.get())
        return replace(draft_from_request(request, monitor.project_id), monitor_id=monitor.id)

    def of_schedule(self, monitor_id: str, schedule_id: str) -> Draft:
        monitor = self._monitors.find(monitor_id)
        if monitor is None:
            raise MonitorNotFound
        return replace(self.draft(monitor), schedule_id=schedule_id)


_NOTHING = {
    Only.ALL: "The monitor has no enabled watches",
    Only.STALE: "No watch of the monitor is stale",
    Only.FAILED: "No watch of the monitor failed at its last check",
}


def is_stale(watch: Watch) -> bool:
    return watch.last_ok_at is None or utc_now() - watch.last_ok_at > STALE


def _chosen(only: Only) -> WatchFilter:
    if only is Only.STALE:
        return WatchFilter(enabled=True, stale_before=utc_now() - STALE)
    return WatchFilter(enabled=True, has_missed=True if only is Only.FAILED else None)
