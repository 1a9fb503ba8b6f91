"""A job's targets, and in words why some of them failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from control_api.console.forms import offset_asked
from control_api.console.jobs.job_words import State, advice_on, reason_of, state_of_target
from control_api.http.context import current_actor, services
from control_api.services.errors import InvalidInput
from control_api.services.records import (
    OPEN_TARGET,
    Job,
    JobStatus,
    Target,
    TargetStatus,
)

PER_PAGE = 100
_MAX_CODE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    text: str
    advice: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownTarget:
    target: Target
    state: State
    code: str
    message: str
    advice: str
    can_retry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsPage:
    targets: Sequence[ShownTarget]
    reasons: Sequence[Reason]
    status: TargetStatus | None
    code: str | None
    statuses: Sequence[TargetStatus]
    total: int
    offset: int
    per_page: int = PER_PAGE


def targets_page(job: Job) -> TargetsPage:
    status = _status(request.args.get("status"))
    code = request.args.get("code", "")[:_MAX_CODE_LENGTH] or None
    offset = offset_asked()
    found = services().jobs.list_targets(
        current_actor(), job.id, status=status, code=code, limit=PER_PAGE, offset=offset
    )
    failures = services().jobs.list_failures(current_actor(), job.id)
    return TargetsPage(
        targets=[shown_target(target, job) for target in found.targets],
        reasons=[
            Reason(one.code, reason_of(one.code), advice_on(one.code), one.count)
            for one in failures
        ],
        status=status,
        code=code,
        statuses=list(TargetStatus),
        total=found.total,
        offset=offset,
    )


def shown_target(target: Target, job: Job) -> ShownTarget:
    status = target.status
    if job.status is JobStatus.CANCELLED and status in OPEN_TARGET:
        # The job is the fence; its targets are marked a moment after it.
        status = TargetStatus.CANCELLED
    failure = target.failure if status is TargetStatus.FAILED else None
    return ShownTarget(
        target,
        state_of_target(status.value),
        failure.code if failure else "",
        failure.message if failure else "",
        advice_on(failure.code) if failure else "",
        can_retry=status in (TargetStatus.FAILED, TargetStatus.CANCELLED),
    )


def _status(text: str | None) -> TargetStatus | None:
    try:
        return TargetStatus(text) if text else None
    except ValueError as error:
        raise InvalidInput("There is no such state of targets") from error
