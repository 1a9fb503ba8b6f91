"""Keeps the wanted number of pool crawlers alive on every node, through scrapyd.

A crawler counts when it beats. scrapyd is asked to start processes, and believed only when it says
that one has ended: it forgets its processes when it restarts, and agrees to starts that never happen.

Each node is served in a thread: a node that does not answer delays nothing but itself.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from control_api.gateways.scrapyd import NodeJobs, PoolNode, Scrapyd, ScrapydError, ScrapydRefused
from storage.base.ids import new_id
from storage.queue.crawlers import Crawler, CrawlerRegistry
from storage.queue.fleet import FleetMemory
from storage.queue.fleet_state import FleetState

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
# A process that has not beaten by then did not start.
START_SECONDS = 30.0
UNLISTED_SECONDS = 3.0
MAX_NODES_AT_ONCE = 64


class Fleet:
    def __init__(
        self,
        nodes: Callable[[], Sequence[PoolNode]],
        registry: CrawlerRegistry,
        memory: FleetMemory,
        state: FleetState,
        *,
        wanted: Mapping[str, int],
        silence_seconds: float,
        on_demand: Collection[str] = (),
        has_work: Callable[[str], bool] = lambda spider: True,
    ) -> None:
        """Of the spiders `on_demand` no crawler is started while there is no work for it."""
        self._nodes = nodes
        self._registry = registry
        self._memory = memory
        self._state = state
        self._most = wanted
        self._on_demand = frozenset(on_demand)
        self._has_work = has_work
        self._silence_seconds = silence_seconds
        self._threads = ThreadPoolExecutor(MAX_NODES_AT_ONCE, thread_name_prefix="fleet")
        # node name -> why it could not be served last time.
        self._node_errors: dict[str, str] = {}
        # node name -> what is being done for it; a node is served by one thread at a time.
        self._under_way: dict[str, Future[None]] = {}

    def step(self) -> float:
        """Serve every node that is not being served yet; seconds until the next step."""
        if not self._memory.hold():
            return PAUSE_SECONDS
        living = self._registry.living(within_seconds=self._silence_seconds)
        pool_nodes = self._nodes()
        # What has been started once stays: the next job finds it warm.
        asleep = {spider for spider in self._on_demand if not self._has_work(spider)}
        self._note_look(living, pool_nodes, asleep)
        for pool_node in pool_nodes:
            name = pool_node.scrapyd.node.name
            if name not in self._under_way:
                crawlers = [crawler for crawler in living if crawler.node == name]
                self._under_way[name] = self._threads.submit(
                    self._keep, pool_node, crawlers, asleep
                )
        wait(self._under_way.values(), PAUSE_SECONDS)
        self._collect()
        return 0.0 if self._under_way else PAUSE_SECONDS

    def stop(self) -> None:
        """Another worker may keep the fleet as soon as no start of this one is under way."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._memory.let_go()

    def _note_look(
        self, living: Sequence[Crawler], pool_nodes: Sequence[PoolNode], asleep: Collection[str]
    ) -> None:
        counts = Counter(crawler.spider for crawler in living)
        # Where every node drains, none is wanted.
        working = sum(1 for pool_node in pool_nodes if not pool_node.is_draining)
        # Without a node, one is missed.
        nodes = working if pool_nodes else 1
        wanted = {
            name: min(counts[name], most * nodes) if name in asleep else most * nodes
            for name, most in self._most.items()
        }
        self._state.note_look(
            wanted=wanted,
            living=counts,
            nodes=len(pool_nodes),
            node_errors=self._node_errors,
        )

    def _collect(self) -> None:
        for name, task in list(self._under_way.items()):
            if not task.done():
                continue
            del self._under_way[name]
            try:
                task.result()
                self._node_errors.pop(name, None)
            except ScrapydError as error:
                self._node_errors[name] = str(error)[:300]
                # The node's targets are crawled by the others; it is asked again next time.
                logger.warning("Node %s", error)

    def _keep(self, pool_node: PoolNode, living: list[Crawler], asleep: Collection[str]) -> None:
        scrapyd = pool_node.scrapyd
        known = scrapyd.jobs()
        living = [crawler for crawler in living if crawler.owner not in known.finished]
        starting = self._starting(scrapyd.node.name, known, living)
        for spider, most in self._most.items():
            alive = [crawler for crawler in living if crawler.spider == spider]
            # Asked to retire, a crawler ends what it has begun, and gives the rest back.
            wanted = 0 if pool_node.is_draining else most
            if spider in asleep:
                wanted = min(wanted, len(alive))
            missing = wanted - len(alive) - sum(1 for name in starting.values() if name == spider)
            for _ in range(missing):
                self._start(scrapyd, spider)
            self._retire_surplus(alive, wanted)

    def _starting(self, node: str, known: NodeJobs, living: list[Crawler]) -> dict[str, str]:
        """job id -> spider of processes that were asked for and may still come."""
        beating = {crawler.owner for crawler in living}
        over = []
        starting = {}
        for job_id, (spider, age) in self._memory.dispatched(node).items():
            # What scrapyd does not list is lost: it was restarted, or could not spawn.
            is_listed = job_id in known.pending or job_id in known.running
            longest = START_SECONDS if is_listed else UNLISTED_SECONDS
            if job_id in beating or job_id in known.finished or age > longest:
                over.append(job_id)
                if job_id not in beating:
                    logger.warning("Node %s: %s %s did not start", node, spider, job_id)
            else:
                starting[job_id] = spider
        self._memory.forget(node, over)
        return starting

    def _start(self, scrapyd: Scrapyd, spider: str) -> None:
        job_id = f"pool-{new_id()}"
        self._memory.note_dispatch(scrapyd.node.name, job_id, spider)
        try:
            scrapyd.schedule(spider, job_id=job_id, arguments={})
        except ScrapydRefused:
            # Any other error leaves open whether a process comes.
            self._memory.forget(scrapyd.node.name, [job_id])
            raise
        logger.info("Node %s: starting %s as %s", scrapyd.node.name, spider, job_id)

    def _retire_surplus(self, alive: list[Crawler], wanted: int) -> None:
        # The oldest stay: they are warm.
        surplus = sorted(alive, key=lambda crawler: crawler.started_at)[wanted:]
        self._registry.retire(crawler.owner for crawler in surplus)
