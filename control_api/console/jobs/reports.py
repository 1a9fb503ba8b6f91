"""The tabs of a job that say what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from control_api.console.blueprint import console
from control_api.console.jobs.job_frame import job_page
from control_api.http.context import current_actor, services
from control_api.services.jobs.reports.progress import Throughput
from control_api.services.records import TargetStatus

_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """Heights in percent of the highest column."""

    at: datetime
    success: int
    failed: int
    success_height: float
    failed_height: float


@dataclass(frozen=True, slots=True)
class Curve:
    columns: Sequence[Column]
    cell_seconds: float
    most: int


@console.page(
    "/jobs/<id>/report",
    api=("GET /jobs/{id}/report", "GET /jobs/{id}/timeline", "GET /jobs/{id}/throughput"),
)
def job_report(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    report = services().job_reports.get(actor, id)
    return job_page(
        report.job,
        "report",
        report=report,
        moments=services().progress.timeline(actor, id),
        throughput=curve_of(services().progress.throughput(actor, id, points=_COLUMNS)),
    )


@console.page("/jobs/<id>/coverage", api=("GET /jobs/{id}/coverage",))
def job_coverage(id: str) -> str:  # noqa: A002
    coverage = services().progress.coverage(current_actor(), id)
    return job_page(coverage.job, "coverage", coverage=coverage)


def curve_of(found: Throughput) -> Curve:
    counted = [
        (cell.at, cell.ended[TargetStatus.SUCCESS], cell.ended[TargetStatus.FAILED])
        for cell in found.cells
    ]
    most = max((success + failed for _, success, failed in counted), default=0)
    return Curve(
        [
            Column(
                at,
                success,
                failed,
                round(100 * success / max(1, most), 2),
                round(100 * failed / max(1, most), 2),
            )
            for at, success, failed in counted
        ],
        found.cell_seconds,
        most,
    )
