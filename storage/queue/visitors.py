"""The visitors of the stores, shared by all crawlers: their cookies, and who makes or proves one.

Hashes in Redis, each with an end. The cookies are secrets: nothing here is logged or shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

import redis
import redis.asyncio

from storage.queue.scripts import script_text
from storage.queue.seed_keys import VISITOR_COUNTS, visitor_key

COOKIE_PREFIX = "cookie:"
# Targets that began with a visitor go on with it for so long after it was retired.
RETIRED_SECONDS = 120.0


class Turn(StrEnum):
    """What a crawler that needs a visitor is to do."""

    # Make it: nobody else does.
    MAKE = "make"
    # Use it for one page, whose header tells whether it is in its place; the others wait.
    PROVE = "prove"
    READY = "ready"
    WAIT = "wait"
    # None can be made for now; `refusal` says why.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    turn: Turn
    visitor_id: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Whether the older form address was tried as well; pages in a row that named no place.
    has_tried_form: bool = False
    unnamed: int = 0
    # Failure code and words.
    refusal: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorLimits:
    max_pages: int
    max_age_seconds: float
    # How long making or proving one may take before another crawler does it.
    hold_seconds: float


class SharedVisitors:
    """The crawler's side."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis: Any = client
        self._take = client.register_script(script_text("visitor_take"))
        self._change = client.register_script(script_text("visitor_change"))
        self._end = client.register_script(script_text("visitor_end"))

    async def take(
        self, key: str, asked_key: str, *, new_id: str, limits: VisitorLimits, known_id: str = ""
    ) -> Taken:
        """`asked_key`: the key without an exit; `known_id`: the visitor that the target began with."""
        keys = [
            visitor_key(key), _refused_key(asked_key), _old_key(key, known_id), VISITOR_COUNTS,
            _refused_key(key),
        ]  # fmt: skip
        arguments: list[str | int] = [
            new_id, round(limits.hold_seconds * 1000), limits.max_pages,
            round(limits.max_age_seconds * 1000), known_id, _old_key(key, ""),
            round(RETIRED_SECONDS * 1000),
        ]  # fmt: skip
        return _taken(await cast(Any, self._take(keys=keys, args=arguments)))

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
        """Set its state, cookies (an empty value removes one) and fields; False: it has ended.

        A new state ends the hold on it; `hold_seconds` begins another.
        """
        changed = {f"{COOKIE_PREFIX}{name}": value for name, value in (cookies or {}).items()}
        arguments: list[str | int] = [visitor_id, state, round(hold_seconds * 1000)]
        for name, value in {**changed, **(fields or {})}.items():
            arguments += [name, value]
        keys = [visitor_key(key), _old_key(key, visitor_id)]
        return bool(await cast(Any, self._change(keys=keys, args=arguments)))

    async def is_there(self, key: str, visitor_id: str) -> bool:
        """Whether it may be used: it has not ended, or was retired while its targets go on."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hget(visitor_key(key), "id").exists(_old_key(key, visitor_id))
        found, is_retired = await pipe.execute()
        return bool(is_retired) or found == visitor_id

    async def end(self, key: str, visitor_id: str, *, reason: str) -> bool:
        """False: it had ended before."""
        keys = [visitor_key(key), _old_key(key, visitor_id), VISITOR_COUNTS]
        return bool(await cast(Any, self._end(keys=keys, args=[visitor_id, reason])))

    async def refuse(self, key: str, *, code: str, words: str, seconds: float) -> None:
        """For `seconds` no visitor of this key is made; without an exit in it: none by any exit."""
        await self._redis.set(_refused_key(key), f"{code}\n{words}", px=round(seconds * 1000))

    async def count(self, names: Sequence[str]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hincrby(VISITOR_COUNTS, name, 1)
        await pipe.execute()

    async def close(self) -> None:
        await self._redis.aclose()


class VisitorCounts:
    """The API's side."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Any = client

    def get_all(self) -> Mapping[str, int]:
        """`made:<marketplace>`, `ended:<reason>`, `place:<marketplace>:<proof>`."""
        return {name: int(number) for name, number in self._redis.hgetall(VISITOR_COUNTS).items()}


def _old_key(key: str, visitor_id: str) -> str:
    return f"{visitor_key(key)}:old:{visitor_id}"


def _refused_key(key: str) -> str:
    return f"{visitor_key(key)}:refused"


def _taken(answer: Sequence[str]) -> Taken:
    turn = Turn(answer[0])
    if turn is Turn.REFUSED:
        code, _, words = answer[1].partition("\n")
        return Taken(turn=turn, refusal=(code, words))
    fields = dict(zip(answer[2::2], answer[3::2], strict=True))
    return Taken(
        turn=turn,
        visitor_id=answer[1],
        cookies={
            name.removeprefix(COOKIE_PREFIX): value
            for name, value in fields.items()
            if name.startswith(COOKIE_PREFIX)
        },
        has_tried_form=fields.get("form") == "1",
        unnamed=int(fields.get("unnamed", 0)),
    )
