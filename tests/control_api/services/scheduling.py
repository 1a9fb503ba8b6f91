"""Schedules on real stores, without the API: made directly, run by hand at the time of a fake clock."""

from __future__ import annotations

from datetime import datetime

from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.jobs.creating.job_writer import JobWriter
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.spiders.spiders import SpiderService
from control_api.services.monitors.rounds.round_drafts import RoundDrafts
from control_api.services.schedules.cron import Cron
from control_api.services.schedules.slot_runner import SlotRunner, SlotStores
from settings.config import Config
from storage.accounts.audit import Audit
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.accounts.organizations import Organizations
from storage.accounts.projects import Projects
from storage.accounts.usage import UsageCounters
from storage.base.records import Job
from storage.events.schedules import CrawlConfig, NewSchedule, Overlap, Schedule, Schedules
from storage.events.slots import Slot, Slots
from storage.jobs.jobs import JobFilter
from storage.monitors.monitors import Monitors
from storage.monitors.rounds import Rounds
from storage.monitors.watches import Watches
from storage.runs.runs import Runs
from storage.runs.spiders import Spiders
from tests.stores import Store


class Scheduling:
    def __init__(self, store: Store) -> None:
        self.store = store
        database = store.database
        self.schedules = Schedules(database)
        self.slots = Slots(database)
        self.projects = Projects(database)
        self.wakes = 0
        self.defects: list[str] = []

    def runner(self) -> SlotRunner:
        database = self.store.database
        writer = JobWriter(
            self.store.jobs,
            self.store.targets,
            self.projects,
            credits=self.store.credits,
            quota=Quota(Organizations(database), UsageCounters(database)),
            audit=AuditTrail(Audit(database)),
            runs=Runs(database),
            rounds=Rounds(database),
        )
        return SlotRunner(
            SlotStores(self.schedules, self.slots, self.projects, self.store.jobs),
            writer,
            spiders=SpiderService(
                Spiders(database),
                audit=AuditTrail(Audit(database)),
                transactions=self.store.transactions,
            ),
            transactions=self.store.transactions,
            wake_feeder=self._wake,
            defaults=JobDefaults(Config(), OperatorSettingsStore(database)),
            count_defect=self.defects.append,
            draft_of_round=RoundDrafts(
                Monitors(database),
                Watches(database),
                defaults=JobDefaults(Config(), OperatorSettingsStore(database)),
            ).of_schedule,
        )

    def _wake(self) -> None:
        self.wakes += 1

    def add_organization(self, plan: str = "unlimited", *, balance: int = 0) -> str:
        organization = self.store.add_organization(balance=balance)
        Organizations(self.store.database).set_plan(organization, plan)
        return organization

    def add(
        self,
        cron: str = "0 * * * *",
        timezone: str = "UTC",
        *,
        since: datetime,
        organization: str | None = None,
        overlap: Overlap = Overlap.SKIP,
        crawl: CrawlConfig | None = None,
    ) -> Schedule:
        """A schedule that was made at `since`, in a project of its own."""
        owner = organization or self.add_organization()

        def work(session) -> Schedule:
            project = self.projects.insert(owner, "a project", session=session)
            return self.schedules.insert(
                NewSchedule(
                    organization_id=owner,
                    project_id=project.id,
                    cron=cron,
                    timezone=timezone,
                    crawl=crawl or CrawlConfig("search", ["usb hub"], {}),
                    overlap=overlap,
                    enabled=True,
                    next_run_at=Cron(cron, timezone).find_next(since),
                    created_by="a-user",
                ),
                session,
            )

        return self.store.transactions.run(work)

    def now(self, schedule: Schedule) -> Schedule:
        found = self.schedules.find(schedule.id, schedule.organization_id)
        assert found is not None
        return found

    def slots_of(self, schedule: Schedule) -> list[Slot]:
        """All of them, the earliest first."""
        return self.slots.list_page(schedule.id, limit=100_000, offset=0)[0][::-1]

    def jobs_of(self, schedule: Schedule) -> list[Job]:
        chosen = JobFilter(organization_id=None, schedule_id=schedule.id)
        return self.store.jobs.list_page(chosen, limit=100_000, offset=0)[0]

    def end_jobs(self) -> None:
        """Every open job ends, as if it had been crawled."""
        self.store.database["jobs"].update_many(
            {"status": "queued"}, {"$set": {"status": "completed", "feedable": False}}
        )
