"""What became of a job, counted from what is stored."""

from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.azscraper.schemas.jobs.reports import ReportAnswer
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.jobs.reports.report import JobReport

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
    report = services().job_reports.get(current_actor(), path.id)
    return json_answer(ReportAnswer.of(_report_fields(report)))


def _report_fields(report: JobReport) -> dict[str, Any]:
    job = report.job
    return {
        "jobId": job.id,
        "type": job.kind,
        "status": job.status,
        "outcome": job.outcome,
        "addsUp": report.adds_up,
        "sums": report.sums,
        "targets": report.targets,
        "reasons": report.reasons,
        "rows": report.rows,
        "work": report.work,
        "credits": report.credits,
        "webhooks": report.webhooks,
        "cancel": report.cancel,
        "createdAt": job.created_at,
        "startedAt": job.started_at,
        "completedAt": job.completed_at,
        "firstEndedAt": report.first_ended_at,
        "lastEndedAt": report.last_ended_at,
    }
