"""What is different between two jobs; nothing of it is stored."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail, name_of_job
from control_api.services.errors import InvalidInput, NotFound
from control_api.services.jobs.jobs import JobService
from control_api.services.jobs.quota import Quota
from control_api.services.monitors.deltas.delta_walk import DeltaWalk, Position, TargetDelta
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.rules.differences import Status
from storage.base.records import Job
from storage.base.transactions import Session, Transactions
from storage.jobs.jobs import Jobs
from storage.jobs.results import Results
from storage.jobs.targets import Targets

PREVIOUS = "previous"
# A page ends when so many targets and rows were looked at, however few of them are listed.
_MAX_COST = 20_000
_CURSOR = re.compile(r"^([lr])([0-9]{1,6})$")


@dataclass(frozen=True, slots=True)
class Pair:
    older: Job
    newer: Job


@dataclass(frozen=True, slots=True)
class DeltaWanted:
    """`fields` None: the loud ones."""

    statuses: Collection[Status] = tuple(one for one in Status if one is not Status.UNCHANGED)
    fields: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class DeltaPage:
    """`next_cursor` None: every target was looked at."""

    pair: Pair
    deltas: Sequence[TargetDelta]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class DeltaFile:
    pair: Pair
    deltas: Iterable[TargetDelta]


@dataclass(frozen=True, slots=True)
class DeltaStores:
    jobs: Jobs
    targets: Targets
    results: Results


class DeltaService:
    def __init__(
        self,
        stores: DeltaStores,
        jobs: JobService,
        *,
        quota: Quota,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._quota = quota
        self._audit = audit
        self._transactions = transactions

    def pair(self, actor: Actor, job_id: str, against: str) -> Pair:
        """`against`: a job's id, or PREVIOUS. Raises NotFound, and InvalidInput for two types."""
        newer = self._jobs.get(actor, job_id)
        older = self._previous(newer) if against == PREVIOUS else self._other(actor, against)
        if older.kind != newer.kind:
            raise InvalidInput(
                f"against: a {older.kind} job cannot be compared with a {newer.kind} job"
            )
        return Pair(older, newer)

    def page(self, pair: Pair, wanted: DeltaWanted, *, limit: int, cursor: str | None) -> DeltaPage:
        walk = self._walk(pair, wanted)
        position = _position_from_cursor(cursor) if cursor else Position()
        shown: list[TargetDelta] = []
        cost = 0
        for delta in walk.walk(position):
            cost += delta.cost
            if delta.difference.status in wanted.statuses:
                shown.append(delta)
            if len(shown) == limit or cost >= _MAX_COST:
                return DeltaPage(pair, shown, _cursor_from_position(delta.next))
        return DeltaPage(pair, shown, None)

    def export(
        self, actor: Actor, pair: Pair, wanted: DeltaWanted, *, file_format: str
    ) -> DeltaFile:
        """All of it, counted against the plan as one export. Jobs are read while it is taken."""
        walk = self._walk(pair, wanted)

        def work(session: Session) -> None:
            self._quota.use(actor.organization_id, exports=1, session=session)
            self._audit.record(
                actor,
                "job.exported",
                entity_id=pair.newer.id,
                entity_name=name_of_job(pair.newer),
                metadata={"format": file_format, "against": pair.older.id},
                session=session,
            )

        self._transactions.run(work)
        return DeltaFile(pair, _listed(walk, wanted))

    def _previous(self, job: Job) -> Job:
        if job.schedule_id is None:
            raise InvalidInput("against: the job belongs to no schedule; name a job by its id")
        found = self._stores.jobs.find_previous(job)
        if found is None:
            raise NotFound("No earlier job of this schedule has completed")
        return found

    def _other(self, actor: Actor, job_id: str) -> Job:
        try:
            return self._jobs.get(actor, job_id)
        except NotFound as error:
            raise NotFound("The job to compare with was not found") from error

    def _walk(self, pair: Pair, wanted: DeltaWanted) -> DeltaWalk:
        comparison = _comparison(pair)
        _require_fields(comparison, wanted.fields or ())
        return DeltaWalk(
            targets=self._stores.targets,
            results=self._stores.results,
            older=pair.older,
            newer=pair.newer,
            comparison=comparison,
            fields=wanted.fields if wanted.fields is not None else comparison.loud,
        )


def _comparison(pair: Pair) -> MonitorKind:
    found = KINDS.get(pair.newer.kind)
    if found is None:
        *others, last = KINDS
        known = f"{', '.join(others)} and {last}"
        raise InvalidInput(f"against: only {known} jobs are compared, not {pair.newer.kind} jobs")
    return found


def _require_fields(comparison: MonitorKind, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in comparison.fields]
    if unknown:
        known = ", ".join(comparison.fields)
        raise InvalidInput(f"fields: {unknown[0]} is not compared; there are {known}")


def _listed(walk: DeltaWalk, wanted: DeltaWanted) -> Iterator[TargetDelta]:
    return (one for one in walk.walk(Position()) if one.difference.status in wanted.statuses)


def _cursor_from_position(position: Position) -> str:
    text = f"{'r' if position.is_removed else 'l'}{position.index}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position_from_cursor(cursor: str) -> Position:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        text = ""
    found = _CURSOR.match(text)
    if found is None:
        raise InvalidInput("cursor must be one that an earlier page gave")
    return Position(int(found[2]), is_removed=found[1] == "r")
