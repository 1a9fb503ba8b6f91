from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

from control_api.console.blueprint import console
from control_api.console.forms import offset_asked
from control_api.http.context import current_actor, services
from control_api.services.jobs.usage import MonthOfUse
from control_api.services.records import AuditFilter

_ENTRIES = 100
_MAX_LENGTH = 100
_MONTHS = 12
_MOVEMENTS = 50
# What moved credits, by the kind of the ledger's entry.
_MOVED = {
    "grant": "credits given or taken back",
    "reserve": "reserved for a job",
    "charge": "charged by a job",
    "release": "given back by a job",
}


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """`height`: its targets, in percent of the month that had most."""

    use: MonthOfUse
    height: float


@console.page("/usage", api=("GET /usage", "GET /usage/history", "GET /usage/ledger"))
def usage() -> str:
    actor = current_actor()
    report = services().usage.get(actor)
    plan, used = report.plan, report.used
    cursor = request.args.get("cursor")
    return render_template(
        "account/usage.html",
        report=report,
        limits=[
            ("Jobs", used.jobs, plan.jobs_per_month),
            ("Targets", used.targets, plan.targets_per_month),
            ("Exports", used.exports, plan.exports_per_month),
        ],
        months=_shown(services().usage.history(actor, months=_MONTHS)),
        ledger=services().usage.ledger(actor, job_id=None, limit=_MOVEMENTS, cursor=cursor),
        is_first=cursor is None,
        moved=_MOVED,
    )


def _shown(months: Sequence[MonthOfUse]) -> Sequence[ShownMonth]:
    """Oldest first."""
    most = max((one.used.targets for one in months), default=0)
    return [
        ShownMonth(one, round(100 * one.used.targets / most, 2) if most else 0.0)
        for one in reversed(months)
    ]


@console.page("/audit", api=("GET /audit",))
def audit() -> str:
    action = request.args.get("action", "").strip()[:_MAX_LENGTH] or None
    offset = offset_asked()
    entries, total = services().audit.list_page(
        current_actor(), limit=_ENTRIES, offset=offset, chosen=AuditFilter(action=action)
    )
    return render_template(
        "account/audit.html", entries=entries, total=total, offset=offset, action=action or ""
    )
