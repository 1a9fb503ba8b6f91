"""What a person sees: pages on the same services as the API. docs/decisions/0018 says why so."""

from __future__ import annotations

from control_api.console import (
    alerts,
    assets,
    changes,
    deltas,
    entry,
    errors,
    frame,
    home,
    jobs,
    keys,
    members,
    monitors,
    new_job,
    operator_pages,
    projects,
    reports,
    schedules,
    usage,
    watches,
    webhooks,
)
from control_api.console.blueprint import console

__all__ = [
    "alerts",
    "assets",
    "changes",
    "console",
    "deltas",
    "entry",
    "errors",
    "frame",
    "home",
    "jobs",
    "keys",
    "members",
    "monitors",
    "new_job",
    "operator_pages",
    "projects",
    "reports",
    "schedules",
    "usage",
    "watches",
    "webhooks",
]
