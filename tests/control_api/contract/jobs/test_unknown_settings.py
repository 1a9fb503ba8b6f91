"""contracts.md: kept and ignored, as the originals do, and named in `warnings: [{path, message}]`
beside `data` (ours), with the nearest known name; unknown query names in the header
`X-Unknown-Parameters`"""

from __future__ import annotations

from typing import Any

import pytest

from control_api.azscraper.schemas.jobs.jobs import JobAnswer, JobsAnswer
from control_api.azscraper.schemas.schedules import ScheduleAnswer
from tests.control_api.conftest import Tenant

# What people write, and what they meant.
MISSPELT = {
    "maxPage": "maxPages",
    "max_pages": "maxPages",
    "maxpages": "maxPages",
    "MAXPAGES": "maxPages",
    "pages": "maxPages",
    "max-results": "maxResults",
    "limit": "maxResults",
    "sort_by": "sortBy",
    "sort": "sortBy",
    "zip": "deliverTo",
    "zipCode": "deliverTo",
    "postal_code": "deliverTo",
    "language": "lang",
    "country": "marketplace",
    "marketPlace": "marketplace",
    "min_price": "priceMin",
    "priceMaximum": "priceMax",
    "include_sponsored": "includeSponsored",
    "sponsored": "includeSponsored",
    "prioriy": "priority",
    "curency": "currency",
    "category": "department",
    "browseNode": "node",
    "category_id": "node",
    "rh": "refinements",
    "filters": "refinements",
}


def create(tenant: Tenant, config: dict[str, Any], **body: Any):
    project = tenant.make_project()
    return tenant.post(
        f"/projects/{project}/jobs",
        json={"type": "search", "targets": ["usb hub"], "config": config, **body},
    )


@pytest.mark.parametrize(("written", "meant"), MISSPELT.items())
def test_a_misspelt_setting_is_kept_and_named_with_what_was_meant(
    tenant: Tenant, written: str, meant: str
) -> None:
    answer = create(tenant, {written: "3", "lang": "de"})
    assert answer.status_code == 201
    JobAnswer.model_validate(answer.json)
    assert answer.json["data"]["config"] == {written: "3", "lang": "de"}
    assert answer.json["warnings"] == [
        {
            "path": f"config.{written}",
            "message": f"`{written}` is not a setting and has no effect; did you mean `{meant}`?",
        }
    ]


def test_a_name_that_nothing_is_near_to_is_named_alone(tenant: Tenant) -> None:
    answer = create(tenant, {"myOwnReference": "order 7", "xyz": 1})
    assert [warned["message"] for warned in answer.json["warnings"]] == [
        "`myOwnReference` is not a setting and has no effect",
        "`xyz` is not a setting and has no effect",
    ]


def test_known_settings_warn_of_nothing(tenant: Tenant) -> None:
    answer = create(tenant, {"maxPages": 2, "sortBy": "newest", "priority": "high"})
    assert "warnings" not in answer.json


def test_a_setting_of_searches_on_a_details_job_is_named(tenant: Tenant) -> None:
    answer = create(tenant, {"maxPages": 2, "lang": "de"}, type="details", targets=["B091G3FLL7"])
    assert answer.json["warnings"] == [
        {
            "path": "config.maxPages",
            "message": "`maxPages` has no effect on a details job: it is a setting of searches",
        }
    ]


def test_schedules_warn_when_made_and_when_changed(tenant: Tenant) -> None:
    project = tenant.make_project()
    crawl = {"type": "search", "targets": ["usb hub"], "config": {"maxPage": 3}}
    made = tenant.post(
        f"/projects/{project}/schedules", json={"cron": "0 6 * * *", "crawlConfig": crawl}
    )
    assert made.status_code == 201
    ScheduleAnswer.model_validate(made.json)
    assert [warned["path"] for warned in made.json["warnings"]] == ["crawlConfig.config.maxPage"]
    changed = tenant.patch(f"/schedules/{made.json['data']['id']}", json={"crawlConfig": crawl})
    assert [warned["path"] for warned in changed.json["warnings"]] == ["crawlConfig.config.maxPage"]


def test_a_replay_warns_as_the_first_answer_did(tenant: Tenant) -> None:
    project = tenant.make_project()
    body = {"type": "search", "targets": ["usb hub"], "config": {"maxPage": 3}}
    answers = [
        tenant.post(f"/projects/{project}/jobs", json=body, headers={"Idempotency-Key": "the same"})
        for _ in range(2)
    ]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert answers[0].json["warnings"] == answers[1].json["warnings"] != []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"maxPages": 3}, "property maxPages should not exist; did you mean `config.maxPages`?"),
        ({"keywords": ["a"]}, "property keywords should not exist; did you mean `targets`?"),
        ({"confg": {}}, "property confg should not exist; did you mean `config`?"),
        ({"qqq": 1}, "property qqq should not exist"),
    ],
)
def test_what_is_refused_is_told_with_what_was_meant(
    tenant: Tenant, body: dict[str, Any], message: str
) -> None:
    answer = create(tenant, {}, **body)
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == message


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"maxPages": 3}, "property config.maxPages should not exist; did you mean `config.max_pages`?"),
        ({"pages": 3}, "property config.pages should not exist; did you mean `config.max_pages`?"),
        ({"followLinks": True}, "property config.followLinks should not exist; did you mean `config.follow_links`?"),
    ],
)  # fmt: skip
def test_a_page_jobs_unknown_setting_is_refused(
    tenant: Tenant, asked: dict[str, Any], message: str
) -> None:
    body = {"url": "https://example.com/", "selectors": {"t": "h1::text"}, "config": asked}
    answer = tenant.post("/api/v1/jobs", json=body)
    assert answer.status_code == 400
    assert answer.json["detail"] == answer.json["error"] == message


def test_an_unknown_query_name_is_in_the_header_and_beside_the_data(tenant: Tenant) -> None:
    project = tenant.make_project()
    answer = tenant.get(f"/projects/{project}/jobs?Limit=5&asin=B091G3FLL7&limit=3")
    assert answer.status_code == 200
    JobsAnswer.model_validate(answer.json)
    assert answer.headers["X-Unknown-Parameters"] == "Limit, asin"
    assert answer.json["warnings"] == [
        {
            "path": "query.Limit",
            "message": "`Limit` is not a parameter of this address and has no effect;"
            " did you mean `limit`?",
        },
        {
            "path": "query.asin",
            "message": "`asin` is not a parameter of this address and has no effect",
        },
    ]


def test_the_header_is_the_same_in_every_dialect(tenant: Tenant) -> None:
    page = {"url": "https://example.com/", "selectors": {"t": "h1::text"}}
    job = tenant.post("/api/v1/jobs", json=page).json["id"]
    for path in ("/api/v1/jobs", "/api/v1/spiders", f"/api/v1/results/{job}", "/usage", "/plans/x"):
        answer = tenant.get(f"{path}?nonsense=1")
        if answer.status_code != 404:
            assert answer.headers["X-Unknown-Parameters"] == "nonsense", path
        if path.startswith("/api/v1") and isinstance(answer.json, dict):
            assert "warnings" not in answer.json


def test_a_name_cannot_break_the_header(tenant: Tenant) -> None:
    answer = tenant.get("/projects?a%0d%0aSet-Cookie:%20x=y&%C3%A9=2&" + "y" * 5_000 + "=3")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    first, second, third = answer.headers["X-Unknown-Parameters"].split(", ")
    assert (first, second, third) == ("a%0D%0ASet-Cookie%3A%20x", "%C3%A9", "y" * 100)


def test_known_parameters_are_not_named(tenant: Tenant) -> None:
    job = tenant.make_job()
    answer = tenant.get(f"/jobs/{job['id']}/results?limit=5&offset=1")
    assert "X-Unknown-Parameters" not in answer.headers
    assert "warnings" not in answer.json
