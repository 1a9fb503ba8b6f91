from __future__ import annotations

from control_api.services.accounts.projects import ProjectService
from control_api.services.jobs.jobs import JobService
from control_api.services.monitors.alerts.alert_previews import AlertPreviews
from control_api.services.monitors.alerts.alerts import AlertService, AlertStores
from control_api.services.monitors.change_feed import ChangeFeed
from control_api.services.monitors.check_causes import CheckCauses
from control_api.services.monitors.histories.histories import HistoryService
from control_api.services.monitors.histories.kept_rows import KeptRows, KeptStores
from control_api.services.monitors.histories.monitor_files import MonitorFiles
from control_api.services.monitors.histories.standings import StandingService
from control_api.services.monitors.looks import LookReader
from control_api.services.monitors.monitors import MonitorService, MonitorStores
from control_api.services.monitors.recomputing import RecomputeStores, Recomputing
from control_api.services.monitors.rounds.coverages import CoverageService
from control_api.services.monitors.rounds.rounds import RoundService
from control_api.services.monitors.schedule_past import PastStores, SchedulePast
from control_api.services.monitors.watches.watches import WatchService, WatchStores
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from storage.base.transactions import Session


def recomputing(stores: Stores) -> Recomputing:
    return Recomputing(
        RecomputeStores(
            monitors=stores.monitors,
            watches=stores.watches,
            chunks=stores.chunks,
            changes=stores.changes,
            rounds=stores.rounds,
            jobs=stores.jobs,
            targets=stores.targets,
        ),
        LookReader(stores.targets, stores.results),
    )


class MonitorServices:
    """What follows products over many jobs."""

    def __init__(
        self, stores: Stores, shared: SharedServices, projects: ProjectService, jobs: JobService
    ) -> None:
        self._feeds = stores.feeds
        self.monitors = MonitorService(
            MonitorStores(
                monitors=stores.monitors,
                schedules=stores.schedules,
                slots=stores.slots,
                alerts=stores.alerts,
                receipts=stores.receipts,
                rounds=stores.rounds,
                removals=stores.removals,
            ),
            projects,
            SchedulePast(
                PastStores(
                    schedules=stores.schedules,
                    jobs=stores.jobs,
                    monitors=stores.monitors,
                    watches=stores.watches,
                    receipts=stores.receipts,
                    rounds=stores.rounds,
                )
            ),
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.watches = WatchService(
            WatchStores(
                monitors=stores.monitors,
                watches=stores.watches,
                feeds=stores.feeds,
                removals=stores.removals,
            ),
            self.monitors,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.kept_rows = KeptRows(
            KeptStores(
                jobs=stores.jobs,
                targets=stores.targets,
                results=stores.results,
                projects=stores.projects,
                monitors=stores.monitors,
                watches=stores.watches,
            )
        )
        self.rounds = RoundService(self.monitors, jobs, shared.round_drafts)
        looks = LookReader(stores.targets, stores.results)
        causes = CheckCauses(stores.monitors, stores.rounds, stores.targets, looks=looks)
        self.histories = HistoryService(stores.chunks, self.watches, causes)
        self.standings = StandingService(stores.chunks, self.watches)
        self.files = MonitorFiles(
            stores.watches,
            stores.chunks,
            self.monitors,
            quota=shared.quota,
            audit=shared.audit,
            transactions=stores.transactions,
        )
        self.coverages = CoverageService(stores.rounds, stores.watches, stores.slots, self.monitors)
        self.change_feed = ChangeFeed(stores.changes, stores.feeds, projects)
        self.alert_previews = AlertPreviews(
            stores.watches, stores.chunks, stores.changes, self.monitors
        )
        self.alerts = AlertService(
            AlertStores(alerts=stores.alerts, firings=stores.firings, monitors=stores.monitors),
            self.monitors,
            audit=shared.audit,
            transactions=stores.transactions,
        )

    def remove_of_project(self, project_id: str, session: Session) -> None:
        self.monitors.remove_of_project(project_id, session)
        self._feeds.delete(project_id, session)
