"""What a stranger learns of another organization: nothing. The matrix is in test_access.py."""

from __future__ import annotations

from collections.abc import Callable

from tests.control_api.conftest import Tenant


def test_a_strangers_404_is_the_404_of_an_id_that_never_was(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    job = tenant.make_job()
    stranger = make_tenant()
    foreign, unknown = stranger.get(f"/jobs/{job['id']}"), stranger.get("/jobs/nonsense")
    assert (foreign.status_code, foreign.json) == (unknown.status_code, unknown.json)
    assert foreign.json["error"] == {"code": "NOT_FOUND", "message": "Job not found", "details": []}


def test_lists_hold_only_their_own_organizations_objects(
    tenant: Tenant, make_tenant: Callable[..., Tenant]
) -> None:
    tenant.make_project("mine")
    stranger = make_tenant()
    stranger.make_project("theirs")
    listed = stranger.get("/projects").json
    assert [project["name"] for project in listed["data"]] == ["theirs"]
    assert listed["meta"] == {"total": 1}
