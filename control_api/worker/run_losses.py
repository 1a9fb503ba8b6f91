"""Why an attempt at a run is taken back, and when a run is given up for it."""

from __future__ import annotations

from storage.runs.runs import Run, RunOutcome

MAX_LOSSES = 3
MAX_REFUSALS = 20

NODE_LOST = "NODE_LOST"
NOT_STARTED = "NOT_STARTED"
CRASHED = "CRASHED"


def run_given_up(run: Run) -> RunOutcome | None:
    """The end of a run that has been lost or refused too often."""
    if len(run.losses) >= MAX_LOSSES:
        code = run.losses[-1].code
        message = "; ".join(map(str, run.losses))[:500]
        return RunOutcome(is_well=False, reason=code.lower(), code=code, message=message)
    if len(run.refused_by) >= MAX_REFUSALS:
        message = f"no node takes it: {run.refused_by[-1]}"[:500]
        return RunOutcome(is_well=False, reason="refused", code=NOT_STARTED, message=message)
    return None
