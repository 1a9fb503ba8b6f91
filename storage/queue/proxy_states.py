"""How each proxy fares, over all crawlers together: a hash in Redis, kept 30 days after its last use.

A proxy is active or banned. Too many failures among its last outcomes ban it; after the cool-down one
request may try it, and its outcome returns the proxy or doubles the cool-down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import redis
import redis.asyncio

from storage.queue.scripts import script_text
from storage.queue.seed_keys import proxy_key

OUTCOMES_LOOKED_AT = 10
FAILURES_TO_BAN = 5
MAX_BAN_SECONDS = 1_800.0

# Outcomes as the scripts read them.
GOOD = "."
# The proxy's own fault, or that of a site which judges proxies.
BAD = "!"
# It says nothing of the proxy.
UNKNOWN = "-"
_FIELDS = ("successes", "failures", "bannedUntil", "trialUntil", "lastFailure")


def bad_at(host: str) -> str:
    """A failure that may be the host's own: among the last outcomes each host counts once."""
    # Blanks separate outcomes.
    return f"@{host.replace(' ', '')[:100]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyState:
    """`banned_until` None: active. `is_on_trial`: some crawler's request tries it just now."""

    successes: int = 0
    failures: int = 0
    banned_until: datetime | None = None
    ban_seconds_left: float = 0.0
    is_on_trial: bool = False
    last_failure: str | None = None

    @property
    def is_banned(self) -> bool:
        return self.banned_until is not None

    @property
    def may_be_tried(self) -> bool:
        return self.is_banned and self.ban_seconds_left <= 0 and not self.is_on_trial

    @property
    def success_rate(self) -> float | None:
        """In percent; None while there is nothing to judge by."""
        known = self.successes + self.failures
        return round(self.successes / known * 100, 2) if known else None


class ProxyReports:
    """The crawler's side."""

    def __init__(
        self, client: redis.asyncio.Redis, *, ban_seconds: float, trial_seconds: float
    ) -> None:
        self._redis: Any = client
        self._ban_ms = round(ban_seconds * 1000)
        self._trial_ms = round(trial_seconds * 1000)
        self._report = client.register_script(script_text("proxy_report"))
        self._try = client.register_script(script_text("proxy_try"))

    async def states(self, proxy_ids: Sequence[str]) -> dict[str, ProxyState]:
        pipe = self._redis.pipeline(transaction=False)
        _ask(pipe, proxy_ids)
        return _states(proxy_ids, await pipe.execute())

    async def report(
        self, proxy_id: str, outcomes: Sequence[str], *, failure: str = "", is_trial: bool = False
    ) -> bool:
        """Count outcomes in their order; whether the proxy is banned now."""
        longest_ms = max(self._ban_ms, round(MAX_BAN_SECONDS * 1000))
        arguments: list[str | int] = [
            " ".join(outcomes), int(is_trial), failure,
            OUTCOMES_LOOKED_AT, FAILURES_TO_BAN, self._ban_ms, longest_ms,
        ]  # fmt: skip
        return bool(await cast(Any, self._report(keys=[proxy_key(proxy_id)], args=arguments)))

    async def begin_trial(self, proxy_id: str) -> bool:
        """Whether the caller's next request is the one that may try the banned proxy."""
        keys = [proxy_key(proxy_id)]
        return bool(await cast(Any, self._try(keys=keys, args=[self._trial_ms])))

    async def close(self) -> None:
        await self._redis.aclose()


class ProxyStates:
    """The API's side."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def states(self, proxy_ids: Sequence[str]) -> dict[str, ProxyState]:
        pipe = self._redis.pipeline(transaction=False)
        _ask(pipe, proxy_ids)
        return _states(proxy_ids, pipe.execute())

    def forget(self, proxy_id: str) -> None:
        self._redis.delete(proxy_key(proxy_id))


def _ask(pipe: Any, proxy_ids: Iterable[str]) -> None:
    pipe.time()
    for proxy_id in proxy_ids:
        pipe.hmget(proxy_key(proxy_id), _FIELDS)


def _states(proxy_ids: Sequence[str], answers: Sequence[Any]) -> dict[str, ProxyState]:
    seconds, micros = answers[0]
    now_ms = seconds * 1000 + micros / 1000
    found = zip(proxy_ids, answers[1:], strict=True)
    return {
        proxy_id: _state_from_fields(dict(zip(_FIELDS, values, strict=True)), now_ms)
        for proxy_id, values in found
    }


def _state_from_fields(fields: Mapping[str, str | None], now_ms: float) -> ProxyState:
    banned_until_ms = float(fields["bannedUntil"] or 0)
    is_banned = banned_until_ms > 0
    return ProxyState(
        successes=int(fields["successes"] or 0),
        failures=int(fields["failures"] or 0),
        banned_until=datetime.fromtimestamp(banned_until_ms / 1000, UTC) if is_banned else None,
        ban_seconds_left=max(0.0, (banned_until_ms - now_ms) / 1000) if is_banned else 0.0,
        is_on_trial=float(fields["trialUntil"] or 0) > now_ms,
        last_failure=fields["lastFailure"] or None,
    )
