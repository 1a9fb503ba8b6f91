"""scrapyd's HTTP API. It answers 200 for errors, so the body decides; what it says is a hint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from settings.config import ScrapydNode

PROJECT = "azscraper"


class ScrapydError(Exception):
    """The node did not answer, or answered no. Trying again may help."""


class ScrapydRefused(ScrapydError):
    """The node answered no: what was asked of it has not happened."""


@dataclass(frozen=True, slots=True)
class NodeJobs:
    """Ids of the jobs that a scrapyd remembers; it forgets all when it restarts."""

    pending: frozenset[str]
    running: frozenset[str]
    finished: frozenset[str]


class Scrapyd:
    """One node."""

    def __init__(self, node: ScrapydNode, *, timeout_seconds: float = 5.0) -> None:
        self.node = node
        self._client = httpx.Client(
            base_url=node.url,
            auth=(node.username, node.password) if node.username else None,
            timeout=timeout_seconds,
            # The nodes are the operator's own; a proxy from the environment is not meant for them.
            trust_env=False,
        )

    def jobs(self) -> NodeJobs:
        body = self._call("GET", "listjobs.json", params={"project": PROJECT})
        return NodeJobs(*(_ids(body, state) for state in ("pending", "running", "finished")))

    def schedule(self, spider: str, *, job_id: str, arguments: Mapping[str, str]) -> None:
        """Ask for a process. That scrapyd agrees does not mean that one starts."""
        self._call(
            "POST",
            "schedule.json",
            data={"project": PROJECT, "spider": spider, "jobid": job_id, **arguments},
        )

    def cancel(self, job_id: str, *, signal: str = "TERM") -> None:
        data = {"project": PROJECT, "job": job_id, "signal": signal}
        self._call("POST", "cancel.json", data=data)

    def close(self) -> None:
        self._client.close()

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, **request)
            body = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ScrapydError(f"{self.node.name}: {type(error).__name__}: {error}") from error
        if not isinstance(body, dict) or body.get("status") != "ok":
            reason = body.get("message") if isinstance(body, dict) else body
            raise ScrapydRefused(
                f"{self.node.name}: {path} answered {response.status_code}: {reason}"
            )
        return body


@dataclass(frozen=True, slots=True)
class PoolNode:
    """A node for pool crawlers. One that drains is to lose all of its."""

    scrapyd: Scrapyd
    is_draining: bool = False


def _ids(body: dict[str, Any], state: str) -> frozenset[str]:
    return frozenset(str(job["id"]) for job in body.get(state, []))
