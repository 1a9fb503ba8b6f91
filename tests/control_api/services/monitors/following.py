"""A monitor of some products on real stores, whose rounds are settled as crawlers settle them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from control_api.services.monitors.alerts.alerting import Alerting
from control_api.services.monitors.looks import LookReader
from control_api.services.monitors.monitor_events import MonitorEvents
from control_api.services.monitors.observing import ObserverStores, Observing
from control_api.worker.observer import Observer
from spiders.items.formats.moments import text_from_instant
from storage.base.clock import utc_now
from storage.base.records import Failure, Job, NewRow, NewTarget, TargetEnd
from storage.monitors.alerts import Alerts, Firings, NewAlert
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.chunks import Chunks
from storage.monitors.feeds import Feeds
from storage.monitors.monitors import Monitor, MonitorRules, Monitors, NewMonitor
from storage.monitors.observation_counts import ObservationCounts
from storage.monitors.receipts import Receipts
from storage.monitors.rounds import Round, Rounds
from storage.monitors.watches import NewWatch, Watch, Watches
from tests.control_api.services.monitors.rules.rows import product
from tests.stores import Store

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
PROJECT = "a-project"


def asin(number: int) -> str:
    return f"B{number:09d}"


def observing(store: Store) -> Observing:
    database = store.database
    events = MonitorEvents(store.outbox)
    return Observing(
        ObserverStores(
            monitors=Monitors(database),
            watches=Watches(database),
            chunks=Chunks(database),
            receipts=Receipts(database),
            feeds=Feeds(database),
            changes=Changes(database),
            rounds=Rounds(database),
            jobs=store.jobs,
            counts=ObservationCounts(database),
        ),
        LookReader(store.targets, store.results),
        alerting=Alerting(Alerts(database), Firings(database), Chunks(database), events=events),
        events=events,
        transactions=store.transactions,
    )


def observe_all(store: Store) -> None:
    """Take every receipt that waits."""
    receipts = Receipts(store.database)
    observer = Observer(receipts, Feeds(store.database), observing(store), stop=Event())
    while receipts.projects():
        observer.step()


@dataclass
class Following:
    store: Store
    count: int = 3
    rules: MonitorRules = field(default_factory=MonitorRules)
    rounds: int = 0
    # By number; invented ones unless they are given.
    asins: Sequence[str] = ()
    monitor: Monitor = field(init=False)

    def __post_init__(self) -> None:
        self.asins = self.asins or [asin(number) for number in range(self.count)]
        self.count = len(self.asins)
        database = self.store.database
        new = NewMonitor(
            organization_id="an-organization",
            project_id=PROJECT,
            name="prices",
            kind="details",
            config={},
            rules=self.rules,
            enabled=True,
            created_by=None,
        )

        def work(session: Any) -> Monitor:
            monitor = Monitors(database).insert(new, session)
            Watches(database).insert(
                [NewWatch(value=one) for one in self.asins],
                monitor_id=monitor.id,
                organization_id=monitor.organization_id,
                project_id=PROJECT,
                session=session,
            )
            return monitor

        self.monitor = self.store.transactions.run(work)

    @property
    def observer(self) -> Observer:
        database = self.store.database
        return Observer(Receipts(database), Feeds(database), observing(self.store), stop=Event())

    def begin_round(self) -> Job:
        targets = [
            NewTarget(one, f"https://www.amazon.com/dp/{one}", "US", {"asin": one})
            for one in self.asins
        ]
        job = self.store.add_job(targets, monitor_id=self.monitor.id)
        begun = Round(
            id=job.id,
            monitor_id=self.monitor.id,
            organization_id=self.monitor.organization_id,
            project_id=PROJECT,
            watches=self.count,
            started_at=utc_now(),
        )
        self.store.transactions.run(
            lambda session: Rounds(self.store.database).insert(begun, session)
        )
        self.rounds += 1
        return job

    def end(self, job: Job, number: int, seen: Mapping[str, Any] | str) -> TargetEnd:
        """`seen`: what the page of the product says, or the code of the failure."""
        target = f"{job.id}:{number:06d}"
        if isinstance(seen, str):
            return TargetEnd(id=target, job_id=job.id, token=1, failure=Failure(seen, "words"))
        at = START + timedelta(hours=self.rounds, seconds=number)
        row = {
            **seen,
            "asin": seen.get("asin", self.asins[number]),
            "scrapedAt": text_from_instant(at),
        }
        return TargetEnd(id=target, job_id=job.id, token=1, rows=[NewRow(1, 1, row)])

    def round(self, *seen: Mapping[str, Any] | str, observe: bool = True) -> Job:
        """One round, in which the products were seen so, in the order of their numbers."""
        job = self.begin_round()
        self.store.settlement.commit([], [self.end(job, n, one) for n, one in enumerate(seen)])
        if observe:
            self.observe()
        return job

    def observe(self) -> None:
        observe_all(self.store)

    def add_alert(self, when: Mapping[str, Any], **more: Any) -> str:
        new = NewAlert(
            organization_id=self.monitor.organization_id,
            project_id=PROJECT,
            monitor_id=self.monitor.id,
            name="an alert",
            when=when,
            **more,
        )
        alerts = Alerts(self.store.database)
        return self.store.transactions.run(lambda session: alerts.insert(new, session)).id

    @property
    def changes(self) -> Sequence[StoredChange]:
        return Changes(self.store.database).after(PROJECT, 0, limit=10_000)

    @property
    def told(self) -> list[tuple[Any, ...]]:
        """All but first sights, in order."""
        return [
            (one.value, one.field or one.kind, one.before, one.after)
            for one in self.changes
            if one.kind != "started"
        ]

    @property
    def events(self) -> list[Mapping[str, Any]]:
        found = self.store.database["outbox"].find({"monitorId": self.monitor.id}).sort("_id", 1)
        return list(found)

    def watch(self, number: int = 0) -> Watch:
        key = f"{self.monitor.id}:{self.asins[number]}"
        return Watches(self.store.database).among([key])[key]

    def firings(self, alert_id: str) -> list[Mapping[str, Any]]:
        found = Firings(self.store.database).list_page(alert_id, limit=1_000, before=None)
        return [one.data for one in reversed(found)]


def sold(price: str | None = "20.00", currency: str = "EUR", **other: Any) -> dict[str, Any]:
    row = product(price, currency, **other)
    if "asin" not in other:
        del row["asin"]
    return row
