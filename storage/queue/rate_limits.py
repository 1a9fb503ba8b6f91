"""How often something may happen, counted over all API processes in one place."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any, cast

import redis

from storage.base.away import StorageAway
from storage.queue.scripts import script_text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` events of one subject within any `window_seconds`."""

    name: str
    most: int
    window_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`event` undoes the counting with `take_back`; `retry_after` is 0 when the event may happen.
    `is_counted`: False while Redis is away; the caller decides what an uncounted event may do."""

    passed: bool
    is_counted: bool = True
    remaining: int = 0
    retry_after_seconds: float = 0.0
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An event's place in its window. `resets_at`: when the window ends, in seconds since 1970."""

    passed: bool
    limit: int
    remaining: int
    resets_at: float


class RateLimits:
    """With Redis away everything passes and the verdict says that nothing was counted."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client
        self._script = client.register_script(script_text("limit"))
        self._window = client.register_script(script_text("window"))

    def hit(self, limit: Limit, subject: str) -> Verdict:
        """Count an event of `subject` (an address, an account), unless its limit is reached."""
        event = secrets.token_hex(8)
        arguments: list[int | str] = [limit.most, round(limit.window_seconds * 1000), event]
        try:
            passed, number = cast(Any, self._script(keys=[_key(limit, subject)], args=arguments))
        except StorageAway as error:
            log.warning("limit %s is not held: %s", limit.name, type(error).__name__)
            return Verdict(passed=True, is_counted=False, remaining=limit.most)
        if passed:
            return Verdict(passed=True, remaining=number, event=event)
        return Verdict(passed=False, retry_after_seconds=number / 1000)

    def count(self, limit: Limit, subject: str) -> Window:
        """Count an event of `subject` in a window that begins with the first, and is then over at once.

        Unlike `hit` it can say beforehand when all events are free again; it costs one number a
        subject, however high the limit is.
        """
        milliseconds = round(limit.window_seconds * 1000)
        try:
            found = cast(Any, self._window(keys=[_key(limit, subject)], args=[milliseconds]))
        except StorageAway as error:
            log.warning("limit %s is not held: %s", limit.name, type(error).__name__)
            return Window(
                passed=True,
                limit=limit.most,
                remaining=limit.most,
                resets_at=time.time() + limit.window_seconds,
            )
        events, ends_at = found
        return Window(
            passed=events <= limit.most,
            limit=limit.most,
            remaining=max(0, limit.most - events),
            resets_at=ends_at / 1000,
        )

    def take_back(self, limit: Limit, subject: str, event: str) -> None:
        """The event was none after all (a login that succeeded)."""
        if not event:
            return
        try:
            self._redis.zrem(_key(limit, subject), event)
        except StorageAway as error:
            log.warning("limit %s is not held: %s", limit.name, type(error).__name__)


def _key(limit: Limit, subject: str) -> str:
    # Subjects are clients' texts of any length, and e-mail addresses are nobody's business here.
    return f"limit:{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
