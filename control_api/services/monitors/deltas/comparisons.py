"""What the end of a target says, before its rows are looked at."""

from __future__ import annotations

from control_api.services.monitors.rules.checks import NOT_FOUND, Check, Reason, unknown_check
from spiders.work.failures import FailureCode
from storage.base.records import OPEN_TARGET, Target, TargetStatus


def check_without_rows(target: Target) -> Check | None:
    """What the target's end says; None: its rows must be looked at.

    The rows of a target that failed are those of its good pages: what is missing there, nobody knows.
    """
    if target.status is TargetStatus.SUCCESS:
        return None
    if target.status in OPEN_TARGET:
        return unknown_check(Reason.NOT_ENDED)
    if target.status is TargetStatus.CANCELLED or target.failure is None:
        return unknown_check(FailureCode.CANCELLED)
    if target.failure.code == FailureCode.NOT_FOUND:
        return NOT_FOUND
    return unknown_check(target.failure.code)
