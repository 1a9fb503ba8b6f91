"""What of a commit's targets may be written, job by job, and what it changes. No I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pymongo import UpdateOne

from storage.base.connections import Document
from storage.base.records import StartedTarget, TargetEnd, TargetStatus


@dataclass(slots=True)
class Batch:
    """One job's share of a commit."""

    started: list[StartedTarget] = field(default_factory=list)
    ends: list[TargetEnd] = field(default_factory=list)


def moves_of(batch: Batch, open_targets: Mapping[str, Document]) -> dict[str, int]:
    """By how much each of the job's counts changes."""
    ended = {end.id for end in batch.ends}
    moves: dict[str, int] = defaultdict(int)
    for target in batch.started:
        if target.id not in ended and open_targets[target.id]["status"] == "pending":
            moves["pending"] -= 1
            moves["running"] += 1
    for end in batch.ends:
        moves[open_targets[end.id]["status"]] -= 1
        moves["failed" if end.failure else "success"] += 1
    return moves


def of_open(moves: Mapping[str, int]) -> list[int]:
    return [moves.get("pending", 0), moves.get("running", 0)]


def places_of(batch: Batch) -> list[int]:
    """The indexes, within the job, of the targets that ended."""
    return [int(end.id.rpartition(":")[2]) for end in batch.ends]


def batches_of(
    started: Sequence[StartedTarget],
    ends: Sequence[TargetEnd],
    open_targets: dict[str, Document],
) -> dict[str, Batch]:
    """What may be written, by job: targets that are open and not in the hands of a later lease."""
    batches: dict[str, Batch] = defaultdict(Batch)
    begun: set[str] = set()
    # A target can be in the batch under two leases: the later one holds.
    for target in sorted(started, key=lambda target: -target.token):
        if target.id not in begun and _is_ours(open_targets.get(target.id), target.token):
            begun.add(target.id)
            batches[target.job_id].started.append(target)
    seen: set[str] = set()
    for end in ends:
        if end.job_id is None or end.id in seen:
            continue
        if _is_ours(open_targets.get(end.id), end.token):
            seen.add(end.id)
            batches[end.job_id].ends.append(end)
    return batches


def _is_ours(document: Document | None, token: int) -> bool:
    return document is not None and document["token"] <= token


def updates_of(batch: Batch, open_targets: Mapping[str, Document]) -> Iterator[UpdateOne]:
    """The writes to the batch's targets. Each lease that is told of counts once."""
    ended = {end.id for end in batch.ends}
    for target in batch.started:
        if target.id not in ended:
            fields = {"status": TargetStatus.RUNNING.value, "token": target.token}
            lease = _lease(open_targets[target.id], target.token)
            yield UpdateOne({"_id": target.id}, {"$set": fields, "$inc": lease})
    for end in batch.ends:
        change = {
            "$set": end_fields(end),
            "$inc": _lease(open_targets[end.id], end.token),
            # MongoDB's clock, which also tells when a job is cancelled: crawlers' may be wrong.
            "$currentDate": {"endedAt": True},
        }
        yield UpdateOne({"_id": end.id}, change)


def _lease(before: Document, token: int) -> Document:
    return {"leases": int(before["token"] != token)}


def end_fields(end: TargetEnd) -> Document:
    fields: Document = {"token": end.token, "rowCount": len(end.rows)}
    if end.product_pages:
        fields["productPages"] = end.product_pages
    if end.effort is not None:
        fields["effort"] = {
            "requests": end.effort.requests,
            "answers": end.effort.answers,
            "bytes": end.effort.body_bytes,
            "blocked": end.effort.blocked,
        }
    if end.search_info:
        fields["searchInfo"] = [dict(info) for info in end.search_info]
    if end.facts:
        fields["facts"] = dict(end.facts)
    if end.failure is None:
        return fields | {"status": TargetStatus.SUCCESS.value}
    return fields | {
        "status": TargetStatus.FAILED.value,
        "failure": {"code": end.failure.code, "message": end.failure.message},
    }
