"""Whether crawlers live, in words: what the worker sees of them, and why one died at its start.

Keys: `fleet:state` (string: JSON of the last look), `fleet:absent` (hash: spider → since when),
`fleet:deaths` (hash: spider → JSON of the last death).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis

_STATE = "fleet:state"
_ABSENT = "fleet:absent"
_DEATHS = "fleet:deaths"
MAX_REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Death:
    """A crawler process that ended without being asked to. `reason`: its last line on stderr."""

    node: str
    exit_code: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """No crawler of the spider lives, though some are wanted."""

    spider: str
    since: datetime
    seconds: float
    death: Death | None


@dataclass(frozen=True, slots=True)
class FleetLook:
    """What the worker saw `age_seconds` ago; `nodes`: how many it asks for crawlers."""

    wanted: Mapping[str, int]
    living: Mapping[str, int]
    nodes: int
    node_errors: Mapping[str, str]
    age_seconds: float


class FleetState:
    """Times are by the Redis server's clock."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def note_look(
        self,
        *,
        wanted: Mapping[str, int],
        living: Mapping[str, int],
        nodes: int,
        node_errors: Mapping[str, str],
    ) -> None:
        """The worker's side, at each look: how many crawlers of each spider are wanted, and live.

        `node_errors`: node → why it could not be asked.
        """
        now = self._now()
        absent = [name for name, count in wanted.items() if count and not living.get(name)]
        present = [name for name in wanted if name not in absent]
        pipe = self._redis.pipeline(transaction=False)
        look = {
            "at": now,
            "wanted": dict(wanted),
            "living": dict(living),
            "nodes": nodes,
            "node_errors": dict(node_errors),
        }
        pipe.set(_STATE, json.dumps(look))
        for name in absent:
            pipe.hsetnx(_ABSENT, name, now)
        if present:
            pipe.hdel(_ABSENT, *present)
            pipe.hdel(_DEATHS, *present)
        pipe.execute()

    def clear(self) -> None:
        """Forget what was seen of an earlier start of the whole service."""
        self._redis.delete(_STATE, _ABSENT, _DEATHS)

    def note_death(self, spider: str, *, node: str, exit_code: int, reason: str) -> None:
        """The node's side, where a crawler has just ended by itself."""
        death = {
            "node": node,
            "exit_code": exit_code,
            "reason": reason[:MAX_REASON_CHARACTERS],
            "at": self._now(),
        }
        self._redis.hset(_DEATHS, spider, json.dumps(death))

    def find_look(self) -> FleetLook | None:
        """None: no worker has looked yet."""
        text = self._redis.get(_STATE)
        if text is None:
            return None
        look = json.loads(text)
        age = max(0.0, self._now() - look["at"])
        return FleetLook(look["wanted"], look["living"], look["nodes"], look["node_errors"], age)

    def absences(self) -> list[Absence]:
        found = self._redis.hgetall(_ABSENT)
        if not found:
            return []
        now = self._now()
        deaths = self._redis.hgetall(_DEATHS)
        return [
            Absence(
                spider, _moment(since), max(0.0, now - float(since)), _death(deaths.get(spider))
            )
            for spider, since in sorted(found.items())
        ]

    def _now(self) -> float:
        seconds, micros = self._redis.time()
        return float(seconds + micros / 1e6)


def _death(text: str | None) -> Death | None:
    if text is None:
        return None
    found = json.loads(text)
    return Death(found["node"], found["exit_code"], found["reason"], _moment(found["at"]))


def _moment(seconds: str | float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
