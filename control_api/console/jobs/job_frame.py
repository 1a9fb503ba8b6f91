"""What all tabs of a job have around them: its head, its live section, its menu."""

from __future__ import annotations

from typing import Any

from flask import render_template

from control_api.console.jobs.job_words import bar_of, state_of_job
from control_api.console.jobs.live import LiveJob
from control_api.console.jobs.rows import is_first_page
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.monitors.kinds.registry import MONITORED
from control_api.services.records import Job


def job_page(found: Job, tab: str, **parts: Any) -> str:
    return render_template(
        "jobs/job.html",
        **parts_of_job(found, LiveJob.of(found)),
        tab=tab,
        shows_rows=tab == "results" and is_first_page(),
        **parts,
    )


def parts_of_job(found: Job, live: LiveJob) -> dict[str, Any]:
    return {
        "job": found,
        "live": live,
        "state": state_of_job(found),
        "bar": bar_of(found),
        "requested_kinds": REQUEST_FORMS,
        "monitored_kinds": MONITORED,
    }
