"""The visitors of one process, for `scrapy crawl` without Redis; storage.queue.visitors, by the same rules."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storage.queue.visitors import Taken, Turn, VisitorLimits


@dataclass(slots=True)
class _Visitor:
    id: str
    limits: VisitorLimits
    born_at: float
    held_until: float
    state: str = "making"
    # The page that it is made for.
    pages: int = 1
    fields: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def taken(self, turn: Turn) -> Taken:
        self.pages += 1
        return Taken(
            turn=turn,
            visitor_id=self.id,
            cookies=dict(self.cookies),
            has_tried_form=self.fields.get("form") == "1",
            unnamed=int(self.fields.get("unnamed", 0)),
        )

    def is_due(self, now: float) -> bool:
        is_old = now - self.born_at >= self.limits.max_age_seconds
        return self.state == "ready" and (is_old or self.pages >= self.limits.max_pages)


class LocalVisitors:
    def __init__(self) -> None:
        self._visitors: dict[str, _Visitor] = {}
        self._retired: dict[str, _Visitor] = {}
        self._refused: dict[str, tuple[float, str, str]] = {}
        self.counts: dict[str, int] = {}

    async def take(
        self, key: str, asked_key: str, *, new_id: str, limits: VisitorLimits, known_id: str = ""
    ) -> Taken:
        now = time.monotonic()
        for name in (asked_key, key):
            if (refused := self._refused.get(name)) and refused[0] > now:
                return Taken(turn=Turn.REFUSED, refusal=refused[1:])
        found = self._visitors.get(key)
        if known_id and (found is None or found.id != known_id) and known_id in self._retired:
            return self._retired[known_id].taken(Turn.READY)
        if found is not None and found.is_due(now) and found.id != known_id:
            is_full = found.pages >= found.limits.max_pages
            await self.count([f"ended:{'pages' if is_full else 'age'}"])
            self._retired[found.id] = self._visitors.pop(key)
            found = None
        if found is not None and found.state == "making" and found.held_until < now:
            await self.end(key, found.id, reason="abandoned")
            found = None
        if found is None:
            self._visitors[key] = _Visitor(new_id, limits, now, now + limits.hold_seconds)
            return Taken(turn=Turn.MAKE, visitor_id=new_id)
        if found.state == "ready":
            return found.taken(Turn.READY)
        if found.state == "made" or (found.state == "proving" and found.held_until < now):
            found.state, found.held_until = "proving", now + limits.hold_seconds
            return found.taken(Turn.PROVE)
        return Taken(turn=Turn.WAIT, visitor_id=found.id)

    async def change(
        self,
        key: str,
        visitor_id: str,
        *,
        state: str = "",
        hold_seconds: float = 0.0,
        cookies: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> bool:
        found = self._find(key, visitor_id)
        if found is None:
            return False
        found.state = state or found.state
        if hold_seconds:
            found.held_until = time.monotonic() + hold_seconds
        found.fields.update(fields or {})
        found.cookies.update(cookies or {})
        for name in [name for name, value in found.cookies.items() if not value]:
            del found.cookies[name]
        return True

    async def is_there(self, key: str, visitor_id: str) -> bool:
        return self._find(key, visitor_id) is not None

    async def end(self, key: str, visitor_id: str, *, reason: str) -> bool:
        if self._retired.pop(visitor_id, None) is not None:
            return True
        if self._find(key, visitor_id) is None:
            return False
        del self._visitors[key]
        await self.count([f"ended:{reason}"])
        return True

    async def refuse(self, key: str, *, code: str, words: str, seconds: float) -> None:
        self._refused[key] = (time.monotonic() + seconds, code, words)

    async def count(self, names: Sequence[str]) -> None:
        for name in names:
            self.counts[name] = self.counts.get(name, 0) + 1

    async def close(self) -> None:
        """There is nothing to close."""

    def _find(self, key: str, visitor_id: str) -> _Visitor | None:
        found = self._visitors.get(key)
        if found is not None and found.id == visitor_id:
            return found
        return self._retired.get(visitor_id)
