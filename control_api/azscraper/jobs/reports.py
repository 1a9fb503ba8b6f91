"""What became of a job, counted from what is stored."""

from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.azscraper.schemas.jobs.reports import ReportAnswer
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer

reports = dialect_blueprint("reports", "What became of a job")


@reports.get(
    "/jobs/<id>/report",
    summary="The report of a job",
    description="Counts the job's targets, rows, credits and webhook deliveries one by one, and says in `addsUp` whether "
    "they agree with each other and with what the job shows. Of a cancelled job it proves that nothing was written "
    "after the cancel.",
    responses={200: ReportAnswer},
)
def get_report(path: JobPath) -> Response:
    return json_answer(ReportAnswer.of(services().job_reports.get(current_actor(), path.id)))
