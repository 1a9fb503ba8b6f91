from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import Event

from control_api.services.monitors.alerts.alerting import Alerting
from control_api.services.monitors.looks import LookReader
from control_api.services.monitors.monitor_events import MonitorEvents
from control_api.services.monitors.observing import ObserverStores, Observing
from control_api.services.operator.pools import ON_DEMAND, wanted_crawlers
from control_api.services.webhooks.webhook_events import EventFanOut
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from control_api.worker.dispatcher import Dispatcher
from control_api.worker.feeder import Feeder
from control_api.worker.fleet import Fleet
from control_api.worker.loop import Loop, WorkerLoop
from control_api.worker.marks import Marks
from control_api.worker.node_watch import NodeWatch
from control_api.worker.observer import Observer
from control_api.worker.reconciler import Reconciler
from control_api.worker.retention import Retention
from control_api.worker.timetable import Duty, Timetable
from control_api.worker.webhook_sender import WebhookSender
from spiders.sites.marketplaces import MARKETPLACES
from storage.base.clock import utc_now
from storage.base.sessions import kill_session


def worker_loops(stores: Stores, stop: Event) -> list[WorkerLoop]:
    services = SharedServices(stores)
    feeder, reconciler = _feeder(stores), _reconciler(stores)
    dispatcher, fleet = _dispatcher(stores), _fleet(stores)
    webhooks = _webhook_sender(stores, services, stop)
    observer = Observer(
        stores.receipts,
        stores.feeds,
        observing(stores),
        stop=stop,
        count_defect=stores.defects.count,
    )
    mark, count = Marks(stores.loop_marks).mark, stores.defects.count
    loop = partial(Loop, stop=stop, mark=mark, count_defect=count)
    return [
        loop("feeder", feeder.step),
        loop("reconciler", reconciler.step),
        loop("fleet", fleet.step, leave=fleet.stop),
        loop("dispatcher", dispatcher.step, leave=dispatcher.stop),
        loop("webhooks", webhooks.step),
        loop("observer", observer.step),
        Timetable(worker_duties(stores, services), mark=mark, count_defect=count),
    ]


def worker_duties(stores: Stores, services: SharedServices) -> list[Duty]:
    """What is done at intervals, and not in a loop of its own."""
    retention = Retention(
        services.remover,
        days=stores.config.retention_days,
        chunks=stores.chunks,
        history_days=stores.config.history_days,
        pages=stores.saved_pages,
        max_page_bytes=stores.config.keep_pages_mb * 1024 * 1024,
    )

    def run_due() -> bool:
        services.slot_runner.run_due(utc_now())
        return False

    def publish_rates() -> bool:
        # Redis may be emptied at any time.
        services.crawl_rates.publish()
        return False

    return [
        Duty("schedules", run_due, every_seconds=1.0),
        Duty("retention", retention.run, every_seconds=30.0),
        Duty("crawl-rates", publish_rates, every_seconds=5.0),
    ]


def _feeder(stores: Stores) -> Feeder:
    return Feeder(
        stores.jobs,
        stores.targets,
        stores.seeds,
        window=stores.config.feed_window,
        max_leases=stores.config.max_leases,
        rates=_marketplace_rates(stores),
        count_crawlers=stores.registry.count,
    )


def _reconciler(stores: Stores) -> Reconciler:
    return Reconciler(
        stores.jobs,
        stores.targets,
        stores.seeds,
        stores.settlement,
        registry=stores.registry,
        kill_session=partial(kill_session, stores.client),
        silence_seconds=3 * stores.config.heartbeat_seconds,
        pause_seconds=stores.config.reconcile_seconds,
    )


def _dispatcher(stores: Stores) -> Dispatcher:
    return Dispatcher(
        stores.runs,
        stores.jobs,
        stores.settlement,
        watch=NodeWatch(stores.node_directory),
        kill_session=partial(kill_session, stores.client),
        # A run is given to another node within three heartbeats of its last one.
        silence_seconds=2.5 * stores.config.heartbeat_seconds,
        count_defect=stores.defects.count,
    )


def _fleet(stores: Stores) -> Fleet:
    config = stores.config
    return Fleet(
        stores.node_directory.pool_nodes,
        stores.registry,
        stores.fleet_memory,
        stores.fleet_state,
        wanted=wanted_crawlers(config),
        silence_seconds=3 * config.heartbeat_seconds,
        on_demand=ON_DEMAND,
        has_work=stores.seeds.has_seeds,
    )


def _webhook_sender(stores: Stores, services: SharedServices, stop: Event) -> WebhookSender:
    fan_out = EventFanOut(
        stores.outbox,
        stores.webhooks,
        stores.deliveries,
        projects=stores.projects,
        targets=stores.targets,
        transactions=stores.transactions,
    )
    return WebhookSender(
        fan_out,
        stores.webhooks,
        stores.deliveries,
        services.outbound,
        stop=stop,
        count_defect=stores.defects.count,
    )


def observing(stores: Stores) -> Observing:
    events = MonitorEvents(stores.outbox)
    return Observing(
        ObserverStores(
            monitors=stores.monitors,
            watches=stores.watches,
            chunks=stores.chunks,
            receipts=stores.receipts,
            feeds=stores.feeds,
            changes=stores.changes,
            rounds=stores.rounds,
            jobs=stores.jobs,
            counts=stores.observation_counts,
        ),
        LookReader(stores.targets, stores.results),
        alerting=Alerting(stores.alerts, stores.firings, stores.chunks, events=events),
        events=events,
        transactions=stores.transactions,
    )


def _marketplace_rates(stores: Stores) -> Callable[[], Mapping[str, float]]:
    """Requests a minute of every real marketplace; none where AMAZON_ORIGIN stands in for them."""
    if stores.config.amazon_origin:
        return dict
    default = {
        code: float(stores.config.marketplace_requests_per_minute)
        for code in MARKETPLACES
        if code != "sandbox"
    }
    return lambda: {**default, **stores.pace_rates.get_all()}
