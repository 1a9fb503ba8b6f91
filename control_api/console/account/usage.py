from __future__ import annotations

from flask import render_template, request

from control_api.console.blueprint import console
from control_api.console.forms import offset_asked
from control_api.http.context import current_actor, services
from control_api.services.records import AuditFilter

_ENTRIES = 100
_LONGEST = 100


@console.page("/usage", api=("GET /usage",))
def usage() -> str:
    report = services().usage.get(current_actor())
    plan, used = report.plan, report.used
    return render_template(
        "account/usage.html",
        report=report,
        limits=[
            ("Jobs", used.jobs, plan.jobs_per_month),
            ("Targets", used.targets, plan.targets_per_month),
            ("Exports", used.exports, plan.exports_per_month),
        ],
    )


@console.page("/audit", api=("GET /audit",))
def audit() -> str:
    action = request.args.get("action", "").strip()[:_LONGEST] or None
    offset = offset_asked()
    entries, total = services().audit.list_page(
        current_actor(), limit=_ENTRIES, offset=offset, chosen=AuditFilter(action=action)
    )
    return render_template(
        "account/audit.html", entries=entries, total=total, offset=offset, action=action or ""
    )
