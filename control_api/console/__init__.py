"""What a person sees: pages on the same services as the API. docs/decisions/0018 says why so."""

from __future__ import annotations

from control_api.console import (
    assets,
    entry,
    errors,
    frame,
    home,
    jobs,
    keys,
    members,
    new_job,
    operator_pages,
    projects,
    reports,
    schedules,
    usage,
    webhooks,
)
from control_api.console.blueprint import console

__all__ = [
    "assets",
    "console",
    "entry",
    "errors",
    "frame",
    "home",
    "jobs",
    "keys",
    "members",
    "new_job",
    "operator_pages",
    "projects",
    "reports",
    "schedules",
    "usage",
    "webhooks",
]
