"""Which jobs a filter asks for: each field of it excludes a job that no other field excludes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage.base.records import JobStatus
from storage.jobs.jobs import JobFilter
from tests.stores import Store

WANTED = JobFilter(
    organization_id="ours",
    project_id="project",
    statuses=(JobStatus.RUNNING, JobStatus.FAILED),
    kinds=("details", "search"),
    schedule_id="schedule",
    spider_id="spider",
    since=datetime(2025, 3, 1, tzinfo=UTC),
    until=datetime(2025, 3, 31, tzinfo=UTC),
    text="CLOCK (",
)
FIELDS = {
    "organizationId": "ours",
    "projectId": "project",
    "status": "running",
    "kind": "details",
    "scheduleId": "schedule",
    "config": {"spiderId": "spider"},
    "createdAt": datetime(2025, 3, 31, tzinfo=UTC),
    "head": ["usb hub", "wall clock (black)"],
}
OTHERS = {
    "organization_id": {"organizationId": "theirs"},
    "project_id": {"projectId": "another"},
    "statuses": {"status": "queued"},
    "kinds": {"kind": "page"},
    "schedule_id": {"scheduleId": None},
    "spider_id": {"config": {}},
    "since": {"createdAt": datetime(2025, 2, 28, tzinfo=UTC)},
    "until": {"createdAt": datetime(2025, 4, 1, tzinfo=UTC)},
    "text": {"head": ["wall clock"]},
}


def add(store: Store, **changed: object) -> str:
    job_id = store.add_job().id
    store.database["jobs"].update_one({"_id": job_id}, {"$set": FIELDS | changed})
    return job_id


def listed(store: Store, chosen: JobFilter) -> set[str]:
    jobs, total = store.jobs.list_page(chosen, limit=10, offset=0)
    assert total == len(jobs)
    return {job.id for job in jobs}


@pytest.mark.parametrize("name", OTHERS)
def test_each_field_of_the_filter_excludes_other_jobs(store: Store, name: str) -> None:
    ours = add(store)
    other = add(store, **OTHERS[name])

    assert listed(store, WANTED) == {ours}
    assert listed(store, replace(WANTED, **{name: None})) == {ours, other}


def test_every_field_of_the_filter_is_tried() -> None:
    assert set(OTHERS) == set(JobFilter.__dataclass_fields__)


def test_a_filter_without_an_organization_or_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="organization_id"):
        JobFilter()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="organisation_id"):
        JobFilter(organization_id=None, organisation_id="ours")  # type: ignore[call-arg]
