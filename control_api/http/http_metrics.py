"""Requests as this API serves them: how many, how long, with what status; memory of its processes.

With PROMETHEUS_MULTIPROC_DIR each process counts into a file of its own there, and whichever is
scraped sums them all, those of ended processes included: counters survive a restart.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_EXTENSION = "http_metrics"
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
_COUNTER_FILE = re.compile(r"counter_(\d+)\.db")


class HttpMetrics:
    """`folder`: PROMETHEUS_MULTIPROC_DIR; empty: this process counts for itself alone."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) if folder else None
        if self._folder:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # When a counter began is no question of ours, and would double what is sent.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "azscraper_http_requests",
            "Requests by route, method and status",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "azscraper_http_request_seconds",
            "From the request's arrival at a thread to the beginning of its answer",
            ["route", "method"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def count(self, *, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def register(self, registry: CollectorRegistry) -> None:
        """Add what was counted, by all processes of this API."""
        if self._folder is None:
            registry.register(_Copied(self._registry))
        else:
            MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(_Processes(self._pids()))

    def _pids(self) -> list[int]:
        if self._folder is None:
            return [os.getpid()]
        names = (_COUNTER_FILE.fullmatch(path.name) for path in self._folder.iterdir())
        pids = sorted(int(name[1]) for name in names if name)
        return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def install_http_metrics(app: Flask, metrics: HttpMetrics) -> None:
    app.extensions[_EXTENSION] = metrics

    def count(response: Response) -> Response:
        # A path that is no route is a stranger's text; labels must stay few.
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        seconds = time.perf_counter() - g.began
        metrics.count(route=route, method=method, status=response.status_code, seconds=seconds)
        return response

    app.after_request(count)


def http_metrics(app: Flask) -> HttpMetrics:
    found: HttpMetrics = app.extensions[_EXTENSION]
    return found


class _Copied(Collector):
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        return iter(self._registry.collect())


class _Processes(Collector):
    """prometheus-client's process metrics, of each process instead of the one that is scraped."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for pid in self._pids:
            for found in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                family = families.setdefault(
                    found.name, Metric(found.name, found.documentation, found.type)
                )
                for sample in found.samples:
                    labels = {**sample.labels, "pid": str(pid)}
                    family.add_sample(sample.name, labels, sample.value)
        yield from families.values()
