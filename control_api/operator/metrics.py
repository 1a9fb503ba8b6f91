"""`/metrics` for Prometheus. What crawls is computed at each scrape from MongoDB and Redis, requests are
counted in http_metrics.py: an operator scrapes one of several processes. No label names a tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from flask import Response, current_app
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from control_api.http.context import services
from control_api.http.http_metrics import http_metrics
from control_api.http.schemas import ErrorEnvelope
from control_api.services.errors import StorageAway
from control_api.services.operator.operations import PACED_MARKETPLACES
from control_api.services.records import Gauges, Reachability

# Crawlers beat, and loops are marked, every five seconds.
_LIVING_SECONDS = 20.0
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

metrics = APIBlueprint(
    "metrics",
    __name__,
    abp_tags=[Tag(name="health", description="For load balancers and operators")],
)


@metrics.get(
    "/metrics",
    summary="Prometheus metrics",
    description="Bearer is the OPERATOR_TOKEN of the configuration.",
    responses={
        200: {
            "description": "Metrics in Prometheus' text format",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        401: ErrorEnvelope,
        500: ErrorEnvelope,
        503: ErrorEnvelope,
    },
)
def scrape() -> Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(services().gauges, services().reachability))
    http_metrics(current_app).register(registry)
    return Response(generate_latest(registry), content_type=_CONTENT_TYPE)


class _Collected(Collector):
    def __init__(self, gauges: Gauges, reachability: Reachability) -> None:
        self._gauges = gauges
        self._reachability = reachability

    def describe(self) -> list[Metric]:
        """Nothing: registering must not read the stores."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield self._stores()
        # What cannot be read is left out: the rest is needed most while a store is away.
        for section in (
            self._queues,
            self._outcomes,
            self._field_failures,
            self._saved_pages,
            self._jobs,
            self._webhooks,
            self._monitors,
            self._loops,
        ):
            with suppress(StorageAway):
                self._reachability.require_mongo()
                yield from list(section())
        for section in (self._crawlers, self._pace, self._visitors, self._defects):
            with suppress(StorageAway):
                yield from list(section())

    def _stores(self) -> Metric:
        up = GaugeMetricFamily(
            "azscraper_store_up", "Whether the store answers this API", labels=["store"]
        )
        up.add_metric(["mongodb"], float(self._reachability.mongo_trouble() is None))
        up.add_metric(["redis"], float(self._reachability.redis_trouble() is None))
        return up

    def _loops(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "azscraper_loop_age_seconds",
            "Since a worker's loop last did its step, by the worker that did so last",
            labels=["loop"],
        )
        memory = GaugeMetricFamily(
            "azscraper_worker_resident_memory_bytes", "Of a living worker", labels=["worker"]
        )
        youngest: dict[str, float] = {}
        living: dict[str, int] = {}
        for mark in self._gauges.loops():
            youngest[mark.loop] = min(mark.age_seconds, youngest.get(mark.loop, mark.age_seconds))
            if mark.age_seconds < _LIVING_SECONDS:
                living[mark.worker] = mark.resident_bytes
        for loop, seconds in youngest.items():
            age.add_metric([loop], seconds)
        for worker, resident in living.items():
            memory.add_metric([worker], resident)
        yield from (age, memory)

    def _pace(self) -> Iterator[Metric]:
        wait = GaugeMetricFamily(
            "azscraper_pace_wait_seconds",
            "What the next request to a marketplace would wait for the shared crawl rate",
            labels=["marketplace"],
        )
        for code, seconds in self._gauges.pace_waits(PACED_MARKETPLACES).items():
            wait.add_metric([code], seconds)
        yield wait

    def _queues(self) -> Iterator[Metric]:
        seeds = GaugeMetricFamily(
            "azscraper_queue_seeds", "Seeds in Redis", labels=["spider", "state"]
        )
        waiting = GaugeMetricFamily(
            "azscraper_queue_targets", "Open targets of open jobs", labels=["spider"]
        )
        age = GaugeMetricFamily(
            "azscraper_queue_age_seconds", "Age of the oldest open job", labels=["spider"]
        )
        redeliveries = CounterMetricFamily(
            "azscraper_redeliveries", "Leases that ended without a word", labels=["spider"]
        )
        for spider, queue in self._gauges.queues().items():
            seeds.add_metric([spider, "ready"], queue.depth.ready)
            seeds.add_metric([spider, "suspect"], queue.depth.suspects)
            seeds.add_metric([spider, "leased"], queue.depth.leased)
            waiting.add_metric([spider], queue.waiting)
            age.add_metric([spider], queue.oldest_seconds)
            redeliveries.add_metric([spider], queue.redeliveries)
        yield from (seeds, waiting, age, redeliveries)

    def _outcomes(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "azscraper_targets_ended", "Targets by how they ended", labels=["reason"]
        )
        for reason, number in self._gauges.outcomes().items():
            ended.add_metric([reason], number)
        yield ended

    def _field_failures(self) -> Iterator[Metric]:
        failed = CounterMetricFamily(
            "azscraper_field_failures",
            "Rows of good pages by a field that could not be read and is null",
            labels=["field"],
        )
        for field, number in self._gauges.field_failures().items():
            failed.add_metric([field], number)
        yield failed

    def _saved_pages(self) -> Iterator[Metric]:
        outcomes = CounterMetricFamily(
            "azscraper_pages_to_keep",
            "Pages that KEEP_PAGES asks for, by what became of them",
            labels=["outcome"],
        )
        for outcome, number in self._gauges.page_outcomes().items():
            outcomes.add_metric([outcome], number)
        held = self._gauges.saved_pages()
        yield outcomes
        yield GaugeMetricFamily("azscraper_saved_pages", "Pages that are kept", value=held.count)
        yield GaugeMetricFamily(
            "azscraper_saved_pages_bytes", "What they take, compressed", value=held.stored_bytes
        )

    def _jobs(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("azscraper_open_jobs", "Open jobs", labels=["status"])
        for status, number in self._gauges.open_jobs().items():
            jobs.add_metric([status], number)
        yield jobs

    def _webhooks(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "azscraper_webhooks_waiting", "Events and deliveries that are due", labels=["stage"]
        )
        lag = GaugeMetricFamily(
            "azscraper_webhooks_lag_seconds", "Age of the oldest of them", labels=["stage"]
        )
        backlogs = {
            "outbox": self._gauges.undispatched_events(),
            "delivery": self._gauges.due_deliveries(),
        }
        for stage, backlog in backlogs.items():
            waiting.add_metric([stage], backlog.count)
            lag.add_metric([stage], backlog.oldest_seconds)
        yield from (waiting, lag)

    def _defects(self) -> Iterator[Metric]:
        defects = CounterMetricFamily(
            "azscraper_defects",
            "Errors that waiting does not heal, by the loop or the part of a crawler that met them",
            labels=["place"],
        )
        for place, number in self._gauges.defects().items():
            defects.add_metric([place], number)
        yield defects

    def _monitors(self) -> Iterator[Metric]:
        backlog = self._gauges.receipts()
        yield GaugeMetricFamily(
            "azscraper_receipts_waiting", "Commits that monitors were not told of", backlog.count
        )
        yield GaugeMetricFamily(
            "azscraper_receipts_oldest_seconds", "Age of the oldest of them", backlog.oldest_seconds
        )
        for kind, label, text in (
            ("checks", "outcome", "Checks of watches by how they ended"),
            ("changes", "kind", "Changes by their kind"),
            ("firings", "cause", "Firings of alerts by their cause"),
        ):
            counter = CounterMetricFamily(f"azscraper_{kind}", text, labels=[label])
            for name, number in self._gauges.observations(kind).items():
                counter.add_metric([name], number)
            yield counter

    def _crawlers(self) -> Iterator[Metric]:
        beat = GaugeMetricFamily(
            "azscraper_crawler_heartbeat_age_seconds",
            "Since a crawler beat last",
            labels=["node", "spider", "crawler"],
        )
        node = GaugeMetricFamily(
            "azscraper_node_heartbeat_age_seconds",
            "Since any crawler of the node beat last",
            labels=["node"],
        )
        alive = GaugeMetricFamily(
            "azscraper_crawlers", "Crawlers that beat lately", labels=["node", "spider"]
        )
        counts: Counter[tuple[str, str]] = Counter()
        youngest: dict[str, float] = {}
        for found in self._gauges.beats():
            crawler = found.crawler
            beat.add_metric([crawler.node, crawler.spider, crawler.owner], found.age_seconds)
            counts[crawler.node, crawler.spider] += found.age_seconds < _LIVING_SECONDS
            youngest[crawler.node] = min(
                found.age_seconds, youngest.get(crawler.node, found.age_seconds)
            )
        for name, seconds in youngest.items():
            node.add_metric([name], seconds)
        for (name, spider), number in counts.items():
            alive.add_metric([name, spider], number)
        yield from (beat, node, alive)

    def _visitors(self) -> Iterator[Metric]:
        made = CounterMetricFamily(
            "azscraper_visitors_made", "Visitors that chose their place", labels=["marketplace"]
        )
        ended = CounterMetricFamily(
            "azscraper_visitors_ended", "Visitors by why they ended", labels=["reason"]
        )
        places = CounterMetricFamily(
            "azscraper_place_pages",
            "Pages for which a place was asked, by what their header showed",
            labels=["marketplace", "shown"],
        )
        share = GaugeMetricFamily(
            "azscraper_place_confirmed_share",
            "Of those pages, the share that showed the place asked for",
            labels=["marketplace"],
        )
        pages: dict[str, dict[str, int]] = {}
        for name, number in self._gauges.visitors().items():
            kind, _, rest = name.partition(":")
            if kind == "made":
                made.add_metric([rest], number)
            elif kind == "ended":
                ended.add_metric([rest], number)
            elif kind == "place":
                marketplace, _, shown = rest.partition(":")
                places.add_metric([marketplace, shown], number)
                pages.setdefault(marketplace, {})[shown] = number
        for marketplace, shown_pages in pages.items():
            confirmed = shown_pages.get("confirmed", 0)
            share.add_metric([marketplace], confirmed / sum(shown_pages.values()))
        yield from (made, ended, places, share)
