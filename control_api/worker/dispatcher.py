"""Runs of spider jobs: each is given to a node, and is watched until its process is gone.

A run reports for itself: it claims its job, beats, and says how it ended. scrapyd is asked to start
and to stop, and is believed in one thing only: that a process which it lists as finished has ended.
Any number of workers may run this: every step is a compare-and-set.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from control_api.gateways.scrapyd import ScrapydError, ScrapydRefused
from control_api.worker.fair_queue import FairQueue
from control_api.worker.node_watch import NodeStatus, NodeWatch
from control_api.worker.run_losses import CRASHED, NODE_LOST, NOT_STARTED, run_given_up
from control_api.worker.unchanged_for import UnchangedFor
from storage.base.away import StorageAway
from storage.base.ids import target_id
from storage.base.records import Failure, TargetEnd
from storage.jobs.jobs import Jobs
from storage.jobs.settlement import Settlement
from storage.queue.defects import CountDefect
from storage.runs.runs import (
    DISPATCH_PREFIX,
    IN_HANDS,
    INTERRUPTED,
    Loss,
    Run,
    Runs,
    RunState,
)

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
# A step that lasts so long is told of: whatever is lost meanwhile is found late.
SLOW_STEP_SECONDS = 2.0
# What scrapyd agreed to and does not list was lost: it was restarted, or could not spawn.
UNLISTED_SECONDS = 3.0
START_SECONDS = 30.0
# A process has ended by then that was told to: INT, 5 s, TERM, 5 s, KILL.
CANCEL_AGAIN_SECONDS = 5.0
STRAY_SECONDS = 5.0
REFUSED_PAUSE_SECONDS = 5.0


class Dispatcher:
    def __init__(
        self,
        runs: Runs,
        jobs: Jobs,
        settlement: Settlement,
        *,
        watch: NodeWatch,
        kill_session: Callable[[str], None],
        silence_seconds: float,
        start_seconds: float = START_SECONDS,
        count_defect: CountDefect | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count_defect = count_defect
        self._runs = runs
        self._jobs = jobs
        self._settlement = settlement
        self._watch = watch
        self._kill_session = kill_session
        self._silence_seconds = silence_seconds
        self._start_seconds = start_seconds
        self._clock = clock
        self._unchanged = UnchangedFor(clock)
        self._queue = FairQueue(runs)
        # Two sets of threads: nodes that hang must not hold up what is written, nor the other way.
        self._callers = ThreadPoolExecutor(16, thread_name_prefix="dispatcher-nodes")
        self._writers = ThreadPoolExecutor(32, thread_name_prefix="dispatcher-runs")
        # Dispatch ids whose node has not answered yet.
        self._asking: set[str] = set()
        # Jobs whose run is taken back, cleared, settled or closed at the moment.
        self._busy: set[str] = set()
        self._told: dict[str, float] = {}
        self._refused: dict[tuple[str, str], float] = {}

    def step(self) -> float:
        """Reads, and single writes that nobody else can have locked; all others are made apart."""
        began = self._clock()
        try:
            statuses = self._watch.statuses()
            runs = self._runs.list_begun()
            self._watch.note_loads(_loads(runs))
            wanted = self._jobs.open_among([run.job_id for run in runs])
            for run in runs:
                self._tend(run, statuses.get(run.node or ""), is_wanted=run.job_id in wanted)
            begun = self._runs.list_begun()
            self._place(begun, statuses)
            self._end_strays(begun, statuses)
        except StorageAway:
            self._unchanged.forget()
            raise
        if (lasted := self._clock() - began) > SLOW_STEP_SECONDS:
            logger.warning("One look at the nodes and %d runs took %.1f s", len(runs), lasted)
        return PAUSE_SECONDS

    def stop(self) -> None:
        self._callers.shutdown(wait=True, cancel_futures=True)
        self._writers.shutdown(wait=True, cancel_futures=True)
        self._watch.stop()

    def _tend(self, run: Run, status: NodeStatus | None, *, is_wanted: bool) -> None:
        is_unwanted = run.is_cancelled or not is_wanted
        if run.state is RunState.ENDED and not is_unwanted:
            self._submit(run, partial(self._settle, run))
        elif run.state in (*IN_HANDS, RunState.ENDED) and is_unwanted:
            self._end_process(run, status)
        elif is_unwanted:
            self._submit(run, partial(self._settle_cancelled, run))
        elif run.state is RunState.CLEARING:
            self._submit(run, partial(self._clear, run))
        elif run.state is RunState.DISPATCHED:
            self._tend_dispatched(run, status)
        elif run.state is RunState.RUNNING:
            self._tend_running(run, status)

    def _tend_dispatched(self, run: Run, status: NodeStatus | None) -> None:
        """Nobody has claimed it yet."""
        if run.dispatch_id in self._asking:
            return
        listed = self._listed(run, status)
        waited = self._unchanged.seconds(("start", run.dispatch_id), run.state)
        unlisted = self._unchanged.seconds(("listed", run.dispatch_id), listed)
        if listed == "finished":
            self._lose(run, NOT_STARTED, "its process ended before it began")
        elif status is None or status.jobs is None:
            # It may have been started. It is fenced off when it is given to another node.
            if waited > self._silence_seconds:
                self._lose(run, NODE_LOST, "the node does not answer")
        elif listed is None and unlisted > UNLISTED_SECONDS:
            self._watch.strike(status.node.name)
            self._lose(run, NOT_STARTED, "scrapyd agreed, and does not know it")
        elif waited > self._start_seconds:
            self._watch.strike(status.node.name)
            self._lose(run, NOT_STARTED, f"not begun in {self._start_seconds:g} s")

    def _tend_running(self, run: Run, status: NodeStatus | None) -> None:
        if status is not None:
            self._watch.forgive(status.node.name)
        silent = self._unchanged.seconds(("beat", run.dispatch_id), run.beats)
        if self._listed(run, status) == "finished":
            self._lose(run, CRASHED, "its process ended without a word")
        elif silent > self._silence_seconds:
            self._lose(run, NODE_LOST, f"no heartbeat for {silent:.1f} s")

    def _lose(self, run: Run, code: str, reason: str) -> None:
        loss = Loss(code, run.node or "", reason)
        self._submit(run, partial(self._take_back, run, loss))

    def _take_back(self, run: Run, loss: Loss) -> None:
        # An outcome that was written meanwhile counts: then the run is not taken back.
        for session in run.sessions:
            self._kill_session(session)
        if self._runs.take_back(run, loss) is not None:
            logger.warning(
                "Run %s on %s: %s: %s", run.dispatch_id, loss.node, loss.code, loss.reason
            )

    def _clear(self, run: Run) -> None:
        self._give_up_if_lost_too_often(self._runs.clear(run))

    def _give_up_if_lost_too_often(self, run: Run | None) -> None:
        if run is not None and (outcome := run_given_up(run)):
            self._runs.end(run, outcome)

    def _submit(self, run: Run, work: Callable[[], object]) -> None:
        """In another thread: what a dying process still locks must hold up no other run."""
        if run.job_id in self._busy:
            return
        self._busy.add(run.job_id)
        self._writers.submit(self._guarded, run, work)

    def _guarded(self, run: Run, work: Callable[[], object]) -> None:
        try:
            self._watched(run.dispatch_id, work)
        finally:
            self._busy.discard(run.job_id)

    def _watched(self, dispatch_id: str | None, work: Callable[[], object]) -> None:
        """For the threads of a pool, in which nobody would see an error."""
        try:
            work()
        except StorageAway as error:
            # Seen again, and done again, at a later step.
            logger.warning("Run %s: %s", dispatch_id, error)
        except Exception:
            logger.exception("Run %s", dispatch_id)
            if self._count_defect is not None:
                self._count_defect("dispatcher")

    def _settle(self, run: Run) -> None:
        """The outcome of the run becomes the job's outcome."""
        outcome = run.outcome
        assert outcome is not None
        if outcome.code == INTERRUPTED:
            self._runs.take_back_interrupted(run)
            return
        failure = None
        if not outcome.is_well:
            failure = Failure(outcome.code or "SPIDER_ERROR", outcome.message or outcome.reason)
        end = TargetEnd(
            id=target_id(run.job_id, 0), job_id=run.job_id, token=run.attempt, failure=failure
        )
        self._settlement.commit([], [end])
        self._runs.close(run)

    # Cancelled runs, and those of jobs that are gone

    def _end_process(self, run: Run, status: NodeStatus | None) -> None:
        """The run is fenced; the job ends when the process group is gone, and not before."""
        listed = self._listed(run, status)
        silent = self._unchanged.seconds(("beat", run.dispatch_id), run.beats)
        unlisted = self._unchanged.seconds(("listed", run.dispatch_id), listed)
        is_away = status is None or status.jobs is None
        if listed in ("pending", "running") and status is not None:
            self._tell_to_end(status, run.dispatch_id or "")
        elif (
            listed == "finished"
            # A run that nobody has claimed cannot be claimed any more.
            or (run.state is RunState.DISPATCHED and not is_away and unlisted > UNLISTED_SECONDS)
            or min(silent, unlisted) > self._silence_seconds
        ):
            self._submit(run, partial(self._settle_ended, run))

    def _settle_ended(self, run: Run) -> None:
        for session in run.sessions:
            self._kill_session(session)
        self._settle_cancelled(run)

    def _settle_cancelled(self, run: Run) -> None:
        if self._settlement.cancel(run.job_id) is not None:
            self._settlement.close_targets(run.job_id)
        self._runs.close(run)

    def _tell_to_end(self, status: NodeStatus, dispatch_id: str) -> None:
        now = self._clock()
        if now - self._told.get(dispatch_id, -CANCEL_AGAIN_SECONDS) < CANCEL_AGAIN_SECONDS:
            return
        self._told[dispatch_id] = now
        cancel = partial(self._cancel, status, dispatch_id)
        self._callers.submit(self._watched, dispatch_id, cancel)

    def _cancel(self, status: NodeStatus, dispatch_id: str) -> None:
        try:
            status.scrapyd.cancel(dispatch_id)
        except ScrapydError as error:
            # Told again at a later step.
            logger.warning("Cancel of %s: %s", dispatch_id, error)

    def _end_strays(self, begun: Sequence[Run], statuses: Mapping[str, NodeStatus]) -> None:
        """Processes of runs that are not theirs any more: their node was cut off, or slow to start."""
        current = {run.dispatch_id for run in begun if run.state in IN_HANDS}
        # Those that were given to a node within this step are current as well.
        current |= self._asking
        strays = {
            dispatch_id: status
            for status in statuses.values()
            for dispatch_id in (status.jobs.pending | status.jobs.running if status.jobs else ())
            if dispatch_id.startswith(DISPATCH_PREFIX) and dispatch_id not in current
        }
        runs = self._runs.find_many([_job_of(dispatch_id) for dispatch_id in strays])
        alive = {("stray", dispatch_id) for dispatch_id in strays}
        for dispatch_id, status in strays.items():
            run = runs.get(_job_of(dispatch_id))
            if run is not None and run.state in IN_HANDS and run.dispatch_id == dispatch_id:
                continue
            # One that has just written its outcome is about to end by itself.
            waited = self._unchanged.seconds(("stray", dispatch_id), True)
            is_fenced = run is not None and run.state not in (RunState.ENDED, RunState.CLOSED)
            if is_fenced or waited > STRAY_SECONDS:
                self._tell_to_end(status, dispatch_id)
        kinds = ("start", "listed", "beat")
        watched = current | {run.dispatch_id for run in begun}
        self._unchanged.keep(alive | {(kind, name) for kind in kinds for name in watched})
        recent = self._clock() - 60 * STRAY_SECONDS
        self._told = {name: at for name, at in self._told.items() if at > recent}
        self._refused = {pair: at for pair, at in self._refused.items() if at > recent}

    # New work

    def _place(self, runs: Sequence[Run], statuses: Mapping[str, NodeStatus]) -> None:
        held = dict.fromkeys(statuses, 0)
        for run in runs:
            if run.node in held and run.state in IN_HANDS:
                held[run.node] += 1
        room = sum(
            max(0, status.node.slots - held[name])
            for name, status in statuses.items()
            if status.takes_work
        )
        self._queue.serve(lambda run: self._try_start(run, statuses, held), room=room)

    def _try_start(
        self, run: Run, statuses: Mapping[str, NodeStatus], held: dict[str, int]
    ) -> bool:
        """Whether this waiting run was given to a node."""
        if run.job_id in self._busy or run.is_cancelled:
            return False
        if run_given_up(run):
            self._submit(run, partial(self._give_up_if_lost_too_often, run))
            return False
        status = self._best_node(run, statuses, held)
        if status is None:
            return False
        if not self._jobs.open_among([run.job_id]):
            self._submit(run, partial(self._settle_cancelled, run))
            return False
        name = status.node.name
        if not self._watch.may_start(name, held=held[name]):
            return False
        held[name] += 1
        return self._start(run, status)

    def _best_node(
        self, run: Run, statuses: Mapping[str, NodeStatus], held: Mapping[str, int]
    ) -> NodeStatus | None:
        """The one with the most free slots; last of all the one that lost this run before."""
        lost_on = {loss.node for loss in run.losses}
        now = self._clock()
        fit = [
            status
            for name, status in statuses.items()
            if status.takes_work
            and held[name] < status.node.slots
            and now - self._refused.get((run.job_id, name), -REFUSED_PAUSE_SECONDS)
            >= REFUSED_PAUSE_SECONDS
        ]
        return max(
            fit,
            key=lambda status: (
                status.node.name not in lost_on,
                status.node.slots - held[status.node.name],
            ),
            default=None,
        )

    def _start(self, run: Run, status: NodeStatus) -> bool:
        name = status.node.name
        # Written first: a process may begin before the answer comes, and must find its run.
        dispatched = self._runs.dispatch(run, name)
        if dispatched is None or dispatched.dispatch_id is None:
            return False
        self._asking.add(dispatched.dispatch_id)
        # In another thread: scrapyd's first answer takes seconds, and a node that hangs longer.
        ask = partial(self._ask, dispatched, dispatched.dispatch_id, status)
        self._callers.submit(self._watched, dispatched.dispatch_id, ask)
        return True

    def _ask(self, dispatched: Run, dispatch_id: str, status: NodeStatus) -> None:
        name = status.node.name
        try:
            # The job's id and nothing else: arguments are seen in process lists and scrapyd's pages.
            status.scrapyd.schedule(
                dispatched.spider, job_id=dispatch_id, arguments={"job_id": dispatched.job_id}
            )
        except ScrapydRefused as error:
            self._refused[(dispatched.job_id, name)] = self._clock()
            logger.warning("Run %s: %s", dispatch_id, error)
            self._undo(dispatched, str(error))
        except ScrapydError as error:
            # Whether a process comes is open: it is waited for, as for any other.
            logger.warning("Run %s: %s", dispatch_id, error)
        else:
            logger.info("Node %s: run %s of %s", name, dispatch_id, dispatched.spider)
        finally:
            self._asking.discard(dispatch_id)

    def _undo(self, dispatched: Run, reason: str) -> None:
        # If MongoDB is away it is taken back later, as one that scrapyd does not know.
        self._give_up_if_lost_too_often(self._runs.undo_dispatch(dispatched, reason=reason))

    def _listed(self, run: Run, status: NodeStatus | None) -> str | None:
        return status.lists(run.dispatch_id or "") if status is not None else None


def _job_of(dispatch_id: str) -> str:
    return dispatch_id.removeprefix(DISPATCH_PREFIX).rpartition("-")[0]


def _loads(runs: Sequence[Run]) -> dict[str, float]:
    """Of the nodes that have a run whose process beats; the last to be read is as good as any."""
    return {
        run.node: run.load
        for run in runs
        if run.state is RunState.RUNNING and run.node is not None and run.load is not None
    }
