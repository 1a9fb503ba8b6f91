"""How the nodes are: all are asked at once, and none that hangs holds up the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from control_api.gateways.scrapyd import NodeJobs, Scrapyd, ScrapydError
from control_api.services.node_directory import Node, NodeDirectory
from storage.base.backoff import Backoff

# A node that was away must answer so often in a row before it gets new work: it may be flapping.
STEADY_ANSWERS = 3
WAIT_SECONDS = 0.3
# For so long a node that agreed to starts which never happened gets no new work.
PENALTY = Backoff(first_seconds=10.0, max_seconds=300.0)
HEALTH_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """What a node says now; `jobs` None: it does not answer. `takes_work`: it may get new runs."""

    node: Node
    scrapyd: Scrapyd
    jobs: NodeJobs | None
    takes_work: bool

    def lists(self, dispatch_id: str) -> str | None:
        """pending, running, finished; None where it does not know the id, or does not answer."""
        if self.jobs is None:
            return None
        for state in ("pending", "running", "finished"):
            if dispatch_id in getattr(self.jobs, state):
                return state
        return None


@dataclass(slots=True)
class _Known:
    answers: int = 0
    # A node that is new to this worker is taken at its first word.
    was_away: bool = False
    error: str | None = None
    jobs: NodeJobs | None = None
    call: Future[NodeJobs] | None = None
    strikes: int = 0
    barred_until: float = 0.0
    health_at: float = 0.0
    load: float | None = None


class NodeWatch:
    def __init__(
        self, directory: NodeDirectory, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._callers = ThreadPoolExecutor(64, thread_name_prefix="node-watch")

    def statuses(self) -> dict[str, NodeStatus]:
        nodes = {node.name: node for node in self._directory.nodes()}
        self._known = {name: self._known.get(name, _Known()) for name in nodes}
        for name, node in nodes.items():
            known = self._known[name]
            if known.call is None:
                known.call = self._callers.submit(self._directory.client(node.address).jobs)
        wait([known.call for known in self._known.values() if known.call], WAIT_SECONDS)
        for known in self._known.values():
            self._read(known)
        statuses = {name: self._status_of(node) for name, node in nodes.items()}
        for name, status in statuses.items():
            self._note_health(name, status)
        return statuses

    def may_start(self, name: str, *, held: int) -> bool:
        """Whether a node that has `held` runs may get one more, as an admin has it at this moment.

        `statuses` waits for answers of nodes; meanwhile a node may be drained, cut down or removed.
        """
        node = self._directory.find(name)
        return node is not None and not node.is_draining and held < node.slots

    def note_loads(self, loads: Mapping[str, float]) -> None:
        """What dedicated runs tell of their nodes; where none runs, nothing is known."""
        for name, known in self._known.items():
            known.load = loads.get(name)

    def strike(self, name: str) -> None:
        """It agreed to a start that never happened: spare it for a while, longer each time."""
        known = self._known.get(name)
        if known is not None:
            known.strikes += 1
            known.barred_until = self._clock() + PENALTY.seconds(known.strikes)

    def forgive(self, name: str) -> None:
        """A run that it was given has begun."""
        if (known := self._known.get(name)) is not None:
            known.strikes = 0

    def stop(self) -> None:
        self._callers.shutdown(wait=True, cancel_futures=True)
        self._directory.close()

    def _read(self, known: _Known) -> None:
        if known.call is None or not known.call.done():
            # Still no answer: as long as that lasts it is away.
            known.answers, known.was_away, known.jobs = 0, True, None
            known.error = known.error or "no answer"
            return
        call, known.call = known.call, None
        try:
            known.jobs, known.error = call.result(), None
            known.answers += 1
        except ScrapydError as error:
            known.answers, known.was_away, known.jobs = 0, True, None
            known.error = str(error)[:300]

    def _status_of(self, node: Node) -> NodeStatus:
        known = self._known[node.name]
        is_steady = known.answers >= (STEADY_ANSWERS if known.was_away else 1)
        takes_work = is_steady and not node.is_draining and self._clock() >= known.barred_until
        return NodeStatus(node, self._directory.client(node.address), known.jobs, takes_work)

    def _note_health(self, name: str, status: NodeStatus) -> None:
        known = self._known[name]
        if self._clock() - known.health_at < HEALTH_EVERY_SECONDS:
            return
        known.health_at = self._clock()
        health = {
            "isUp": status.jobs is not None,
            "takesWork": status.takes_work,
            "error": known.error,
            "strikes": known.strikes,
            "load": known.load,
            "pending": len(status.jobs.pending) if status.jobs else None,
            "running": len(status.jobs.running) if status.jobs else None,
        }
        self._directory.note_health(name, health)
