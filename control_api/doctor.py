"""`manage doctor`: what an operator asks first, each with an answer, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from control_api.wiring.api import Parts
from settings.config import Config, ConfigError
from settings.secret_texts import without_secrets


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    text: str
    is_wrong: bool = False

    def line(self) -> str:
        return f"{'WRONG' if self.is_wrong else 'ok':<6}{self.subject:<10}{self.text}"


def examine(config: Config, parts: Parts) -> list[Finding]:
    """One finding a subject; a store that is away is a finding, and not an error."""
    checks: dict[str, Callable[[Config, Parts], Iterator[Finding]]] = {
        "settings": _settings,
        "mongodb": _mongodb,
        "redis": _redis,
        "nodes": _nodes,
        "crawlers": _crawlers,
        "jobs": _jobs,
    }
    findings: list[Finding] = []
    for subject, check in checks.items():
        try:
            findings += check(config, parts)
        except Exception as error:  # noqa: BLE001 (also a defect is a finding)
            text = without_secrets(f"cannot be read: {type(error).__name__}: {str(error)[:200]}")
            findings.append(Finding(subject, text, is_wrong=True))
    return findings


def _settings(config: Config, parts: Parts) -> Iterator[Finding]:
    try:
        config.require_jwt_secret()
    except ConfigError as error:
        yield Finding("settings", str(error), is_wrong=True)
    else:
        yield Finding("settings", "can be read; JWT_SECRET is long enough")


def _mongodb(config: Config, parts: Parts) -> Iterator[Finding]:
    trouble = parts.services.reachability.mongo_trouble()
    yield Finding("mongodb", trouble or "answers, and has its indexes", is_wrong=bool(trouble))


def _redis(config: Config, parts: Parts) -> Iterator[Finding]:
    trouble = parts.services.reachability.redis_trouble()
    yield Finding("redis", trouble or "answers", is_wrong=bool(trouble))


def _nodes(config: Config, parts: Parts) -> Iterator[Finding]:
    members = parts.services.nodes.list_all()
    if not members:
        yield Finding("nodes", "there is none: set SCRAPYD_NODES, or add one", is_wrong=True)
    for member in members:
        error = member.health.get("error")
        state = "drains" if member.is_draining else "takes work"
        text = without_secrets(f"{member.name} {error or state}")
        yield Finding("nodes", text, is_wrong=bool(error))


def _crawlers(config: Config, parts: Parts) -> Iterator[Finding]:
    look = parts.services.crawl_health.find_look()
    if look is None:
        text = "no worker has ever looked after them: start python -m control_api.worker"
        yield Finding("crawlers", text, is_wrong=True)
        return
    counts = ", ".join(
        f"{spider} {look.living.get(spider, 0)} of {most}" for spider, most in look.wanted.items()
    )
    trouble = parts.services.crawl_health.trouble()
    yield Finding("crawlers", trouble or f"alive: {counts}", is_wrong=bool(trouble))


def _jobs(config: Config, parts: Parts) -> Iterator[Finding]:
    queues = parts.services.gauges.queues().values()
    waiting = sum(queue.waiting for queue in queues)
    oldest = max((queue.oldest_seconds for queue in queues), default=0.0)
    open_jobs = sum(parts.services.gauges.open_jobs().values())
    text = f"{open_jobs} open, {waiting} targets waiting, the oldest job since {oldest:.0f} s"
    yield Finding("jobs", text)
