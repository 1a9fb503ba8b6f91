"""Constructs the worker's loops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import Event

from control_api.gateways.outbound import Outbound
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.jobs.job_defaults import JobDefaults
from control_api.services.jobs.job_writer import JobWriter
from control_api.services.jobs.quota import Quota
from control_api.services.jobs.removal import Remover
from control_api.services.jobs.spiders import SpiderService
from control_api.services.operator.nodes import NodeDirectory
from control_api.services.operator.operations import CrawlRates
from control_api.services.operator.pools import wanted_crawlers
from control_api.services.schedules.slot_runner import SlotRunner, SlotStores
from control_api.services.webhooks.webhook_events import EventFanOut
from control_api.worker.dispatcher import Dispatcher
from control_api.worker.feeder import Feeder
from control_api.worker.fleet import Fleet
from control_api.worker.loop import Loop, WorkerLoop
from control_api.worker.marks import Marks
from control_api.worker.node_watch import NodeWatch
from control_api.worker.reconciler import Reconciler
from control_api.worker.retention import Retention
from control_api.worker.timetable import Duty, Timetable
from control_api.worker.webhook_sender import WebhookSender
from settings.config import Config
from spiders.sites.marketplaces import MARKETPLACES
from spiders.types.registry import POOL_SPIDERS
from storage.accounts.audit import Audit
from storage.accounts.credits import Credits
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.accounts.organizations import Organizations
from storage.accounts.projects import Projects
from storage.accounts.usage import UsageCounters
from storage.base.clock import utc_now
from storage.base.connections import MongoDatabase, connect_mongo, connect_redis, open_database
from storage.base.transactions import Transactions
from storage.events.deliveries import Deliveries
from storage.events.schedules import Schedules
from storage.events.slots import Slots
from storage.events.webhooks import Webhooks
from storage.jobs.jobs import Jobs
from storage.jobs.outbox import Outbox
from storage.jobs.removals import Removals
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.crawlers import CrawlerRegistry
from storage.queue.fleet import FleetMemory
from storage.queue.fleet_state import FleetState
from storage.queue.pace import PaceRates
from storage.queue.seed_queue import SeedQueue
from storage.runs.loop_marks import LoopMarks
from storage.runs.nodes import Nodes
from storage.runs.runs import Runs
from storage.runs.sessions import kill_session
from storage.runs.spiders import Spiders


def make_loops(config: Config, stop: Event) -> list[WorkerLoop]:
    mongo = connect_mongo(config)
    database = open_database(mongo, config)
    redis = connect_redis(config)
    jobs, targets, queue = Jobs(database), Targets(database), SeedQueue(redis, POOL_SPIDERS)
    feeder = Feeder(
        jobs,
        targets,
        queue,
        window=config.feed_window,
        max_leases=config.max_leases,
        rates=_rates(config, PaceRates(redis)),
        count_crawlers=CrawlerRegistry(redis).count,
    )
    reconciler = Reconciler(
        jobs,
        targets,
        queue,
        Settlement(mongo, database),
        registry=CrawlerRegistry(redis),
        kill_session=partial(kill_session, mongo),
        silence_seconds=3 * config.heartbeat_seconds,
        pause_seconds=config.reconcile_seconds,
    )
    directory = NodeDirectory(
        Nodes(database), config.scrapyd_nodes, default_slots=config.spider_slots
    )
    dispatcher = Dispatcher(
        Runs(database),
        jobs,
        Settlement(mongo, database),
        watch=NodeWatch(directory),
        kill_session=partial(kill_session, mongo),
        # A run is given to another node within three heartbeats of its last one.
        silence_seconds=2.5 * config.heartbeat_seconds,
    )
    fleet = Fleet(
        directory.pool_nodes,
        CrawlerRegistry(redis),
        FleetMemory(redis),
        FleetState(redis),
        wanted=wanted_crawlers(config),
        silence_seconds=3 * config.heartbeat_seconds,
    )
    marks = Marks(LoopMarks(database))
    webhooks = _webhook_sender(config, database, stop)
    return [
        Loop("feeder", feeder.step, stop, mark=marks.mark),
        Loop("reconciler", reconciler.step, stop, mark=marks.mark),
        Loop("fleet", fleet.step, stop, leave=fleet.stop, mark=marks.mark),
        Loop("dispatcher", dispatcher.step, stop, leave=dispatcher.stop, mark=marks.mark),
        Loop("webhooks", webhooks.step, stop, mark=marks.mark),
        Timetable(_duties(config, database, queue, PaceRates(redis)), mark=marks.mark),
    ]


def _duties(
    config: Config, database: MongoDatabase, queue: SeedQueue, pace: PaceRates
) -> list[Duty]:
    slots = _slot_runner(config, database, queue)
    retention = Retention(_remover(database, queue), days=config.retention_days)
    rates = _crawl_rates(config, database, pace)

    def run_due() -> bool:
        slots.run_due(utc_now())
        return False

    def publish_rates() -> bool:
        # Redis may be emptied at any time.
        rates.publish()
        return False

    return [
        Duty("schedules", run_due, every_seconds=1.0),
        Duty("retention", retention.run, every_seconds=30.0),
        Duty("crawl-rates", publish_rates, every_seconds=5.0),
    ]


def _remover(database: MongoDatabase, queue: SeedQueue) -> Remover:
    return Remover(
        Removals(database),
        Jobs(database),
        Settlement(database.client, database),
        seeds=queue,
        transactions=Transactions(database.client),
    )


def _crawl_rates(config: Config, database: MongoDatabase, pace: PaceRates) -> CrawlRates:
    return CrawlRates(
        OperatorSettingsStore(database),
        pace,
        default_per_minute=config.marketplace_requests_per_minute,
    )


def _slot_runner(config: Config, database: MongoDatabase, queue: SeedQueue) -> SlotRunner:
    stores = SlotStores(Schedules(database), Slots(database), Projects(database), Jobs(database))
    writer = JobWriter(
        stores.jobs,
        Targets(database),
        stores.projects,
        credits=Credits(database),
        quota=Quota(Organizations(database), UsageCounters(database)),
        audit=AuditTrail(Audit(database)),
        runs=Runs(database),
    )
    transactions = Transactions(database.client)
    return SlotRunner(
        stores,
        writer,
        spiders=SpiderService(
            Spiders(database), audit=AuditTrail(Audit(database)), transactions=transactions
        ),
        transactions=transactions,
        wake_feeder=queue.wake_feeder,
        defaults=JobDefaults(config, OperatorSettingsStore(database)),
    )


def _webhook_sender(config: Config, database: MongoDatabase, stop: Event) -> WebhookSender:
    webhooks, deliveries = Webhooks(database), Deliveries(database)
    fan_out = EventFanOut(
        Outbox(database),
        webhooks,
        deliveries,
        projects=Projects(database),
        targets=Targets(database),
        transactions=Transactions(database.client),
    )
    outbound = Outbound(config.allowed_networks)
    return WebhookSender(fan_out, webhooks, deliveries, outbound, stop=stop)


def _rates(config: Config, chosen: PaceRates) -> Callable[[], Mapping[str, float]]:
    """Requests a minute of every real marketplace; none where AMAZON_ORIGIN stands in for them."""
    if config.amazon_origin:
        return dict
    default = {
        code: float(config.marketplace_requests_per_minute)
        for code in MARKETPLACES
        if code != "sandbox"
    }
    return lambda: {**default, **chosen.get_all()}
