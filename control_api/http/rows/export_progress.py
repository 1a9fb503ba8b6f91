"""A file of a running job is not whole, and says so before its first row."""

from __future__ import annotations

from control_api.services.errors import Conflict
from control_api.services.records import Job


def require_ended(job: Job) -> None:
    if job.is_open:
        raise Conflict(f"Job is still {job.status.value}, with {job.result_count} rows so far")


def file_name(job: Job) -> str:
    """Without its ending."""
    return f"job-{job.id}-partial" if job.is_open else f"job-{job.id}"


def progress_headers(job: Job, status: str) -> dict[str, str]:
    """`status`: the dialect's word."""
    headers = {"X-Job-Status": status}
    if job.is_open:
        headers["X-Rows-So-Far"] = str(job.result_count)
    return headers
