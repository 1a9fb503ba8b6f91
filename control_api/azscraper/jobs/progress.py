"""How a job goes, from its first moment to its last."""

from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.jobs.jobs import JobPath
from control_api.azscraper.schemas.jobs.progress import (
    CoverageAnswer,
    ThroughputAnswer,
    ThroughputQuery,
    TimelineAnswer,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.records import TargetStatus

progress = dialect_blueprint("progress", "How a job goes")


@progress.get(
    "/jobs/<id>/timeline",
    summary="The moments of a job",
    description="Lists what happened to the job, in order of time: from its creation to its end, with lost attempts, the "
    "cancel, and each try of a webhook. At most 1,000 moments.",
    responses={200: TimelineAnswer},
)
def get_timeline(path: JobPath) -> Response:
    moments = services().progress.timeline(current_actor(), path.id)
    return json_answer(TimelineAnswer.of(moments))


@progress.get(
    "/jobs/<id>/throughput",
    summary="Ended targets over time",
    description="Counts the targets that ended in each span of time between the job's start and its end, or now.",
    responses={200: ThroughputAnswer},
)
def get_throughput(path: JobPath, query: ThroughputQuery) -> Response:
    found = services().progress.throughput(current_actor(), path.id, points=query.points)
    cells = [
        {
            "at": cell.at,
            "success": cell.ended[TargetStatus.SUCCESS],
            "failed": cell.ended[TargetStatus.FAILED],
        }
        for cell in found.cells
    ]
    return json_answer(ThroughputAnswer.of(cells, meta=found))


@progress.get(
    "/jobs/<id>/coverage",
    summary="How complete the rows are",
    description="Counts for each field of the job's rows how many of them have a value there.",
    responses={200: CoverageAnswer},
)
def get_coverage(path: JobPath) -> Response:
    found = services().progress.coverage(current_actor(), path.id)
    meta = {"counted": found.counted, "total": found.job.result_count}
    return json_answer(CoverageAnswer.of(found.fields, meta=meta))
