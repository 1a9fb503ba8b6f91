"""Constructs the worker's loops."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from threading import Event

from control_api.gateways.scrapyd import Scrapyd
from control_api.worker.feeder import Feeder
from control_api.worker.fleet import Fleet
from control_api.worker.loop import Loop
from control_api.worker.reconciler import Reconciler
from settings.config import Config
from spiders.marketplaces import MARKETPLACES
from storage.connections import connect_mongo, connect_redis, open_database
from storage.crawlers import CrawlerRegistry
from storage.fleet import FleetMemory
from storage.jobs import Jobs
from storage.pace import PaceRates
from storage.seed_queue import SeedQueue
from storage.settlement import Settlement
from storage.targets import Targets


def make_loops(config: Config, stop: Event) -> list[Loop]:
    mongo = connect_mongo(config)
    database = open_database(mongo, config)
    redis = connect_redis(config)
    jobs, targets, queue = Jobs(database), Targets(database), SeedQueue(redis)
    feeder = Feeder(
        jobs,
        targets,
        queue,
        window=config.feed_window,
        rates=_rates(config, PaceRates(redis)),
    )
    reconciler = Reconciler(
        jobs,
        targets,
        queue,
        Settlement(mongo, database),
        pause_seconds=config.reconcile_seconds,
    )
    fleet = Fleet(
        [Scrapyd(node) for node in config.scrapyd_nodes],
        CrawlerRegistry(redis),
        FleetMemory(redis),
        wanted={
            "amazon_search": config.search_crawlers,
            "amazon_detail": config.detail_crawlers,
            "site": config.site_crawlers,
        },
        silence_seconds=3 * config.heartbeat_seconds,
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
    return [
        Loop("feeder", feeder.step, stop),
        Loop("reconciler", reconciler.step, stop),
        Loop("fleet", fleet.step, stop),
    ]


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
