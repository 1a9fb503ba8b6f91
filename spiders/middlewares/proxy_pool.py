"""The operator's proxies as one crawler knows them: which one a request goes by, and how they fared.

MongoDB holds the list, Redis the counters and bans of all crawlers together. Both are looked at every
few seconds, never for a request; what goes well is reported in batches, what fails at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

from settings.config import Config
from storage.accounts.proxies import Proxies, Proxy
from storage.base.away import StorageAway
from storage.base.connections import connect_async_redis, connect_mongo, open_database
from storage.queue.proxy_states import GOOD, UNKNOWN, ProxyReports, ProxyState

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 2.0
# With Redis away: so many outcomes of a proxy are kept for later.
MAX_UNREPORTED = 1_000


@dataclass(slots=True, eq=False)
class ProxyUse:
    """One request's way through a proxy. `outcome` None: nobody has judged it yet."""

    proxy: Proxy
    host: str
    is_trial: bool = False
    outcome: str | None = None


class ProxyPool:
    def __init__(
        self,
        config: Config,
        *,
        on_ban: Callable[[str], None],
        on_defect: Callable[[], None],
    ) -> None:
        """`on_ban` is called with a proxy's id when this crawler learns that it is banned.

        `on_defect`: when an error that waiting does not heal was logged.
        """
        self._on_ban = on_ban
        self._on_defect = on_defect
        self._visitor_exits = config.visitor_exits
        self._mongo = connect_mongo(config)
        self._list = Proxies(open_database(self._mongo, config))
        self._reports = ProxyReports(
            connect_async_redis(config),
            ban_seconds=config.proxy_ban_seconds,
            # A trial ends with its request, unless its crawler dies.
            trial_seconds=config.request_timeout_seconds + 2 * REFRESH_SECONDS,
        )
        self._proxies: dict[str, Proxy] = {}
        self._states: dict[str, ProxyState] = {}
        self._unreported: defaultdict[str, list[str]] = defaultdict(list)
        self._known = asyncio.Event()
        self._turn = 0
        self._background: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._report_all()
        await self._reports.close()
        self._mongo.close()

    @property
    def is_known(self) -> bool:
        """Whether the list was read at all: until then a request may not go directly either."""
        return self._known.is_set()

    @property
    def is_empty(self) -> bool:
        return not self._proxies

    def is_active(self, proxy_id: str) -> bool:
        return proxy_id in self._proxies and not self._state(proxy_id).is_banned

    def find(self, proxy_id: str) -> Proxy | None:
        return self._proxies.get(proxy_id)

    async def choose(
        self, *, avoid: Collection[str] = (), may_try: bool, exits_name: str | None = None
    ) -> tuple[Proxy, bool] | None:
        """An active proxy and whether this is its trial; None: all are banned.

        `avoid`: ids that are taken only when there is no other. `may_try`: the request's outcome will
        be told, so that it can be the trial of a proxy whose cool-down is over. `exits_name`: requests
        of one name keep to the same few proxies, in all crawlers, since each exit costs a visitor.
        """
        if may_try:
            for proxy in self._proxies.values():
                if self._state(proxy.id).may_be_tried and await self._begins_trial(proxy):
                    return proxy, True
        active = [one for one in self._proxies.values() if not self._state(one.id).is_banned]
        if exits_name is not None:
            active.sort(key=lambda one: blake2b(f"{exits_name}:{one.id}".encode()).digest())
            del active[self._visitor_exits :]
        wanted = [proxy for proxy in active if proxy.id not in avoid] or active
        if not wanted:
            return None
        self._turn += 1
        return wanted[self._turn % len(wanted)], False

    def record(self, use: ProxyUse, outcome: str, *, failure: str = "") -> None:
        """Tell how a request went, once."""
        if use.outcome is not None:
            return
        use.outcome = outcome
        if use.is_trial:
            self._in_background(self._end_trial(use, outcome, failure))
            return
        if outcome == UNKNOWN:
            return
        waiting = self._unreported[use.proxy.id]
        waiting.append(outcome)
        if outcome != GOOD:
            self._in_background(self._report(use.proxy.id, failure))

    async def _keep(self) -> None:
        while True:
            try:
                await self._refresh()
            except StorageAway as error:
                logger.warning("Proxies stay as they were: %s", type(error).__name__)
            except Exception:
                # A defect must not end the refreshing for ever.
                logger.exception("Proxies stay as they were")
                self._on_defect()
            await asyncio.sleep(REFRESH_SECONDS)

    async def _refresh(self) -> None:
        found = await asyncio.to_thread(self._list.list_all)
        await self._report_all()
        # First the states: a banned proxy that is new to this crawler must not look active.
        states = await self._reports.states([proxy.id for proxy in found]) if found else {}
        before = set(self._proxies)
        self._proxies = {proxy.id: proxy for proxy in found}
        gone = [one for one in before if one not in self._proxies]
        for proxy_id, state in states.items():
            if state.is_banned and not self._state(proxy_id).is_banned:
                gone.append(proxy_id)
        self._states = states
        for proxy_id in gone:
            self._on_ban(proxy_id)
        if before != set(self._proxies):
            logger.info("Requests go by %d proxies", len(found))
        self._known.set()

    async def _report_all(self) -> None:
        for proxy_id in [one for one, waiting in self._unreported.items() if waiting]:
            await self._report(proxy_id)

    async def _report(self, proxy_id: str, failure: str = "") -> None:
        waiting = self._unreported.pop(proxy_id, [])
        if not waiting or proxy_id not in self._proxies:
            # Of a removed proxy nothing is kept.
            return
        try:
            is_banned = await self._reports.report(proxy_id, waiting, failure=failure)
        except StorageAway as error:
            kept = [*waiting, *self._unreported[proxy_id]]
            self._unreported[proxy_id] = kept[-MAX_UNREPORTED:]
            logger.warning("Outcomes of a proxy wait: %s", type(error).__name__)
            return
        self._note(proxy_id, is_banned=is_banned)

    async def _begins_trial(self, proxy: Proxy) -> bool:
        # One question a refresh is enough: whoever is refused waits for the next look.
        self._states[proxy.id] = replace(self._state(proxy.id), is_on_trial=True)
        try:
            return await self._reports.begin_trial(proxy.id)
        except StorageAway as error:
            logger.warning("No trial of %s: %s", proxy.masked_url, type(error).__name__)
            return False

    async def _end_trial(self, use: ProxyUse, outcome: str, failure: str) -> None:
        try:
            is_banned = await self._reports.report(
                use.proxy.id, [outcome], failure=failure, is_trial=True
            )
        except StorageAway as error:
            # The trial runs out by itself, and another follows.
            logger.warning("A trial's outcome is lost: %s", type(error).__name__)
            return
        words = "stays banned" if is_banned else "is back"
        logger.info("Proxy %s %s after its trial", use.proxy.masked_url, words)
        self._note(use.proxy.id, is_banned=is_banned)

    def _note(self, proxy_id: str, *, is_banned: bool) -> None:
        """What Redis has just said, until the next look tells for how long."""
        state = self._state(proxy_id)
        if is_banned and not state.is_banned:
            proxy = self._proxies.get(proxy_id)
            if proxy is not None:
                logger.warning("Proxy %s is banned: too many failures", proxy.masked_url)
            self._on_ban(proxy_id)
            until = datetime.now(UTC)
            state = replace(state, banned_until=until, ban_seconds_left=REFRESH_SECONDS)
        elif not is_banned and state.is_banned:
            state = replace(state, banned_until=None, ban_seconds_left=0.0, is_on_trial=False)
        self._states[proxy_id] = state

    def _state(self, proxy_id: str) -> ProxyState:
        return self._states.get(proxy_id) or ProxyState()

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            # Nobody else would see what breaks in the background.
            logger.exception("An outcome of a proxy is lost")
            self._on_defect()
