"""What a person sees: pages on the same services as the API. docs/decisions/0018 says why so.

A folder holds the pages of one subject; here is what all of them share. `templates/` has the same folders.
"""

from __future__ import annotations

from control_api.console import (
    assets,
    errors,
    frame,
    home,
    operator_pages,
    pictures,
    schedules,
    webhooks,
)
from control_api.console.account import entry, keys, members, projects, usage
from control_api.console.blueprint import console
from control_api.console.jobs import deltas, job_list, new_job, reports, saved_pages, target_page
from control_api.console.jobs import jobs as job_pages
from control_api.console.monitors import alerts, changes, products, watches
from control_api.console.monitors import monitors as monitor_pages

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
    "job_list",
    "job_pages",
    "keys",
    "members",
    "monitor_pages",
    "new_job",
    "operator_pages",
    "pictures",
    "products",
    "projects",
    "reports",
    "saved_pages",
    "schedules",
    "target_page",
    "usage",
    "watches",
    "webhooks",
]
