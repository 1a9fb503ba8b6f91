from __future__ import annotations

from typing import Annotated

from flask import Response, make_response, render_template, request
from pydantic import Field

from control_api.console.blueprint import console, see_other
from control_api.console.crawl_form import CrawlAsked, crawl_choices, job_with_targets
from control_api.console.forms import Form, chosen_project, projects_of_person
from control_api.console.polling import polled_page
from control_api.console.project_lists import project_list
from control_api.http.context import current_actor, services
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.http.requests.inputs import Cron, Name, Timezone
from control_api.services.errors import ServiceError
from control_api.services.jobs.job_lists import JobsWanted
from control_api.services.records import Overlap
from control_api.services.schedules.schedules import Preview, ScheduleRequest

_SLOTS = 100
_PREVIEWED = 5


class ScheduleForm(Form):
    name: Name | None = None
    cron: Cron
    timezone: Timezone = "UTC"
    overlap: Annotated[Overlap, Field(description="skip or queue")] = Overlap.SKIP


@console.page("/schedules", api=("GET /projects", "GET /projects/{projectId}/schedules"))
def schedules() -> Response:
    page = project_list(
        lambda actor, ids, limit, before: services().schedules.newest_of(
            actor, ids, limit=limit, before=before
        ),
        place_of=lambda one: (one.id, one.project_id),
    )
    return polled_page("schedules.html", "schedule_list.html", is_polled=page.is_first, page=page)


@console.page("/schedules/new", api=("POST /projects/{projectId}/schedules", "GET /jobs/{id}"))
def new_schedule_form() -> Response:
    """With `job` the form is filled with what that job crawls."""
    job_id = request.args.get("job")
    if job_id is None:
        return _form(CrawlAsked(), 200)
    job, targets = job_with_targets(job_id)
    texts = [target.sent or target.value for target in targets]
    asked = CrawlAsked.of_crawl(job.kind, texts, dict(job.config))
    return _form(asked, 200, project_id=job.project_id)


@console.action(
    "/schedules/new", api=("POST /projects/{projectId}/schedules", "POST /schedules/preview")
)
def new_schedule() -> Response:
    asked = CrawlAsked()
    try:
        asked = CrawlAsked.of_form()
        form = ScheduleForm.read()
        if request.form.get("do") == "preview":
            found = services().schedules.preview(form.cron, form.timezone, count=_PREVIEWED)
            return _form(asked, 200, preview=found, project_id=request.form.get("project"))
        schedule = services().schedules.create(
            current_actor(),
            chosen_project(request.form.get("project")),
            cron=form.cron,
            crawl=asked.to_request(),
            asked=ScheduleRequest(name=form.name, timezone=form.timezone, overlap=form.overlap),
        )
    except ServiceError as error:
        return _form(
            asked,
            STATUS_OF_CODE[error.code],
            error=error,
            project_id=request.form.get("project"),
        )
    return see_other(f"/console/schedules/{schedule.id}")


@console.page(
    "/schedules/<id>",
    api=(
        "GET /schedules/{id}",
        "GET /schedules/{id}/slots",
        "GET /jobs",
        "POST /schedules/preview",
    ),
)
def schedule(id: str) -> str:  # noqa: A002 (the address' word)
    actor = current_actor()
    found = services().schedules.get(actor, id)
    slots, total = services().schedules.list_slots(actor, id, limit=_SLOTS, offset=0)
    jobs = services().job_lists.list_page(
        actor, wanted=JobsWanted(schedule_id=id), limit=10, cursor=None
    )
    return render_template(
        "schedule.html",
        schedule=found,
        slots=slots,
        slot_total=total,
        jobs=jobs,
        preview=services().schedules.preview(found.cron, found.timezone, count=_PREVIEWED),
    )


@console.action("/schedules/<id>/run", api=("POST /schedules/{id}/run",))
def run_schedule(id: str) -> Response:  # noqa: A002
    slot = services().schedules.run(current_actor(), id)
    path = f"/console/jobs/{slot.job_id}" if slot.job_id else f"/console/schedules/{id}"
    return see_other(path)


@console.action("/schedules/<id>/enabled", api=("PATCH /schedules/{id}",))
def switch_schedule(id: str) -> Response:  # noqa: A002
    enabled = request.form.get("enabled") == "1"
    services().schedules.update(current_actor(), id, ScheduleRequest(enabled=enabled))
    return see_other(f"/console/schedules/{id}")


@console.action("/schedules/<id>/delete", api=("DELETE /schedules/{id}",))
def delete_schedule(id: str) -> Response:  # noqa: A002
    services().schedules.delete(current_actor(), id)
    return see_other("/console/schedules")


def _form(
    asked: CrawlAsked,
    status: int,
    *,
    error: ServiceError | None = None,
    project_id: str | None = None,
    preview: Preview | None = None,
) -> Response:
    page = render_template(
        "new_schedule.html",
        asked=asked,
        form=request.form,
        choices=crawl_choices(),
        overlaps=[one.value for one in Overlap],
        projects=projects_of_person(),
        project_id=project_id,
        error=error,
        preview=preview,
    )
    return make_response(page, status)
