"""What changed between two jobs, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.database import Database

from control_api.services.monitors.deltas import delta_walk, deltas
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.deltas.comparing import ASINS, delta, details, sold
from tests.control_api.services.monitors.rules.rows import placement


def test_each_target_has_a_status(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, newer = pair
    found = delta(tenant, newer, older)
    assert {one["value"]: (one["status"], one.get("reason")) for one in found["data"]} == {
        ASINS[0]: ("removed", None),
        ASINS[1]: ("changed", None),
        ASINS[3]: ("returned", None),
        ASINS[4]: ("gone", None),
        ASINS[5]: ("unknown", "BLOCKED_CAPTCHA"),
        ASINS[6]: ("incomparable", "OTHER_CURRENCY"),
        ASINS[7]: ("added", None),
    }
    assert found["meta"] == {
        "jobId": newer, "againstJobId": older, "type": "details", "nextCursor": None,
    }  # fmt: skip


def test_targets_come_in_the_newer_jobs_order_and_removed_ones_last(
    tenant: Tenant, pair: tuple[str, str]
) -> None:
    older, newer = pair
    values = [one["value"] for one in delta(tenant, newer, older)["data"]]
    assert values == [ASINS[number] for number in (6, 5, 4, 3, 1, 7, 0)]


def test_a_changed_target_names_its_fields(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, newer = pair
    [changed] = delta(tenant, newer, older, "&only=changed")["data"]
    assert changed == {
        "value": ASINS[1],
        "marketplace": "US",
        "status": "changed",
        "beforeAt": "2026-01-01T06:00:00.000Z",
        "at": "2026-01-02T06:00:00.000Z",
        "fields": [
            {
                "field": "price",
                "before": {"amount": 20, "currency": "EUR"},
                "after": {"amount": 18, "currency": "EUR"},
            },
            {
                "field": "seller",
                "before": {"id": "A1SELLER", "name": "A shop"},
                "after": {"id": "A2", "name": "B shop"},
            },
        ],
    }


def test_statuses_and_fields_can_be_chosen(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, newer = pair
    found = delta(tenant, newer, older, "&only=unchanged,changed&fields=seller")["data"]
    assert [(one["value"], one["status"]) for one in found] == [
        (ASINS[2], "unchanged"),
        (ASINS[1], "changed"),
    ]
    assert [change["field"] for change in found[1]["fields"]] == ["seller"]


def test_a_quiet_field_is_compared_when_asked_for(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    jobs = [details(tenant, project, ASINS[:1]) for _ in range(2)]
    for number, job in enumerate(jobs):
        rank = {"rank": 10 + number, "category": "Kitchen", "nodeId": "1", "isRoot": True}
        end_target(settlement, job, 0, [sold(ASINS[0], bestSellerRanks=[rank])])
    assert delta(tenant, jobs[1], jobs[0])["data"] == []
    [changed] = delta(tenant, jobs[1], jobs[0], "&fields=rank")["data"]
    assert changed["fields"] == [{"field": "rank", "before": 10, "after": 11}]


def test_a_job_does_not_differ_from_itself(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, _ = pair
    assert delta(tenant, older, older)["data"] == []


def test_the_mirror_image(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, newer = pair
    found = {one["value"]: one["status"] for one in delta(tenant, older, newer)["data"]}
    assert found[ASINS[0]] == "added"
    assert found[ASINS[7]] == "removed"
    assert found[ASINS[3]] == "gone"
    assert found[ASINS[4]] == "returned"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_cursor_walks_all_targets_once(
    tenant: Tenant, pair: tuple[str, str], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta_walk, "_BATCH", 2)
    older, newer = pair
    whole = delta(tenant, newer, older)["data"]
    assert pages(tenant, newer, older, f"&limit={limit}") == whole


def test_a_page_ends_when_enough_was_looked_at(
    tenant: Tenant, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = pair
    whole = delta(tenant, newer, older, "&only=removed")["data"]
    monkeypatch.setattr(deltas, "_MAX_COST", 2)
    first = delta(tenant, newer, older, "&only=removed")
    assert first["data"] == []
    assert first["meta"]["nextCursor"] is not None
    assert pages(tenant, newer, older, "&only=removed") == whole


def pages(tenant: Tenant, newer: str, older: str, query: str) -> list[Any]:
    seen: list[Any] = []
    cursor = ""
    while cursor is not None:
        page = delta(tenant, newer, older, f"{query}&cursor={cursor}" if cursor else query)
        seen += page["data"]
        cursor = page["meta"]["nextCursor"]
    return seen


def test_a_target_that_has_not_ended_is_unknown(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    older, newer = (details(tenant, project, ASINS[:2]) for _ in range(2))
    end_target(settlement, older, 0, [sold(ASINS[0])])
    end_target(settlement, older, 1, [sold(ASINS[1])])
    end_target(settlement, newer, 0, [sold(ASINS[0], "1.00")])
    found = delta(tenant, newer, older)["data"]
    assert [(one["status"], one.get("reason")) for one in found] == [
        ("changed", None),
        ("unknown", "NOT_ENDED"),
    ]
    assert tenant.post(f"/jobs/{newer}/cancel").status_code == 200
    assert delta(tenant, newer, older)["data"][1]["reason"] == "CANCELLED"


def test_a_success_without_its_rows_is_unknown(
    tenant: Tenant, project: str, settlement: Settlement, database: Database
) -> None:
    older, newer = (details(tenant, project, ASINS[:1]) for _ in range(2))
    for job in (older, newer):
        end_target(settlement, job, 0, [sold(ASINS[0])])
    database["results"].delete_many({"_id": {"$gte": older, "$lt": f"{older};"}})
    [found] = delta(tenant, newer, older)["data"]
    assert (found["status"], found["reason"]) == ("unknown", "NO_ROWS")


def test_other_stores_have_other_products(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    german = details(tenant, project, ASINS[:1], marketplace="DE")
    american = details(tenant, project, ASINS[:1], marketplace="US")
    for job in (german, american):
        end_target(settlement, job, 0, [sold(ASINS[0])])
    found = delta(tenant, american, german)["data"]
    assert [(one["marketplace"], one["status"]) for one in found] == [
        ("US", "added"),
        ("DE", "removed"),
    ]


def test_a_search_tells_what_entered_left_and_moved(
    tenant: Tenant, searches: tuple[str, str]
) -> None:
    older, newer = searches
    first, second = delta(tenant, newer, older)["data"]
    assert first == {
        "value": "usb hub",
        "marketplace": "US",
        "status": "changed",
        "beforeAt": None,
        "at": None,
        "depth": 3,
        "entered": [{"asin": "d", "place": 2}],
        "left": [{"asin": "c", "place": 3}],
        "moved": [
            {"asin": "b", "before": 2, "after": 1},
            {"asin": "a", "before": 1, "after": 3},
        ],
        "sponsoredShare": {"before": 0, "after": 0.25},
    }
    assert (second["status"], second["reason"]) == ("unknown", "BLOCKED_THROTTLED")


def test_rows_of_a_search_that_failed_half_way_say_nothing(
    tenant: Tenant, project: str, settlement: Settlement, database: Database
) -> None:
    older, newer = (tenant.make_job(project, targets=["usb hub"])["id"] for _ in range(2))
    end_target(settlement, older, 0, [placement("a"), placement("b")])
    fail_target(settlement, newer, 0, code="TIMEOUT")
    database["results"].insert_one({"_id": f"{newer}:000000:0001:00001", "row": placement("b")})
    [found] = delta(tenant, newer, older)["data"]
    assert (found["status"], found["reason"]) == ("unknown", "TIMEOUT")


def test_the_same_keyword_is_one_whatever_the_options(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    jobs = [
        tenant.make_job(project, targets=["usb hub"], config=config)["id"]
        for config in ({}, {"sortBy": "newest"}, {"maxPages": 3})
    ]
    for job in jobs:
        end_target(settlement, job, 0, [placement("a")])
    [found] = delta(tenant, jobs[1], jobs[0])["data"]
    assert (found["status"], found["reason"]) == ("incomparable", "OTHER_SEARCH")
    assert delta(tenant, jobs[2], jobs[0])["data"] == []


def test_no_page_of_a_search_that_found_nothing(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    older, newer = (tenant.make_job(project, targets=["usb hub"])["id"] for _ in range(2))
    end_target(settlement, older, 0, [placement("a")])
    said = {"page": 1, "noResults": True, "departmentFallback": None}
    end_target(settlement, newer, 0, [], search_info=[said])
    [found] = delta(tenant, newer, older)["data"]
    assert found["left"] == [{"asin": "a", "place": 1}]


@pytest.fixture
def scheduled(tenant: Tenant, project: str, database: Database) -> Callable[[], str]:
    """Makes jobs of one schedule; the clock is not what is tested here."""

    def make(schedule: str = "a schedule") -> str:
        job = details(tenant, project, ASINS[:1])
        database["jobs"].update_one({"_id": job}, {"$set": {"scheduleId": schedule}})
        return job

    return make


def test_the_previous_job_of_a_schedule(
    tenant: Tenant, scheduled: Callable[..., str], settlement: Settlement
) -> None:
    first, second = scheduled(), scheduled()
    end_target(settlement, first, 0, [sold(ASINS[0], "20.00")])
    end_target(settlement, second, 0, [sold(ASINS[0], "19.00")])
    failed, other, newest = scheduled(), scheduled("another"), scheduled()
    fail_target(settlement, failed, 0)
    end_target(settlement, other, 0, [sold(ASINS[0], "1.00")])
    end_target(settlement, newest, 0, [sold(ASINS[0], "18.00")])
    found = tenant.get(f"/jobs/{newest}/delta").json
    assert found["meta"]["againstJobId"] == second
    assert found["data"][0]["fields"][0]["before"] == {"amount": 19, "currency": "EUR"}
    assert delta(tenant, second, "previous")["meta"]["againstJobId"] == first
    none = tenant.get(f"/jobs/{first}/delta")
    assert none.status_code == 404
    assert none.json["error"]["message"] == "No earlier job of this schedule has completed"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "against: the job belongs to no schedule; name a job by its id"),
        ("?against={search}", "against: a search job cannot be compared with a details job"),
        ("?against={details}&fields=prise", "fields: prise is not compared; there are price, "),
        ("?against={details}&fields=,", "fields"),
        ("?against={details}&only=moved", "only"),
        ("?against={details}&only=,", "only"),
        ("?against={details}&cursor=x", "cursor must be one that an earlier page gave"),
        ("?against={details}&cursor=bDE", None),
        ("?against={details}&limit=0", "limit"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tenant: Tenant, project: str, query: str, message: str | None
) -> None:
    job = details(tenant, project, ASINS[:2])
    search = tenant.make_job(project)["id"]
    answer = tenant.get(f"/jobs/{job}/delta{query.format(search=search, details=job)}")
    assert answer.status_code == (400 if message else 200)
    if message:
        assert message in answer.json["error"]["message"]


def test_a_search_has_other_fields_to_choose_among(
    tenant: Tenant, searches: tuple[str, str]
) -> None:
    older, newer = searches
    answer = tenant.get(f"/jobs/{newer}/delta?against={older}&fields=price")
    assert answer.status_code == 400
    assert "price is not compared; there are results" in answer.json["error"]["message"]


def test_jobs_of_any_site_are_not_compared(tenant: Tenant) -> None:
    body = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
    job = tenant.post("/api/v1/jobs", json=body).json["id"]
    answer = tenant.get(f"/jobs/{job}/delta?against={job}")
    assert answer.status_code == 400
    assert (
        "only bestsellers, details, offers and search jobs are compared"
        in answer.json["error"]["message"]
    )


def test_a_strangers_job_is_not_there_on_either_side(
    tenant: Tenant, pair: tuple[str, str], make_tenant: Callable[..., Tenant]
) -> None:
    stranger = make_tenant()
    own = details(stranger, stranger.make_project(), ASINS[:1])
    for path in (f"/jobs/{pair[0]}/delta?against={own}", f"/jobs/{own}/delta?against={pair[0]}"):
        for file in (path, path.replace("/delta", "/delta/export")):
            assert stranger.get(file).status_code == 404, file
    unknown = stranger.get(f"/jobs/{own}/delta?against=nonsense").json
    assert unknown == stranger.get(f"/jobs/{own}/delta?against={pair[0]}").json
    assert unknown["error"]["message"] == "The job to compare with was not found"


def test_a_projects_key_sees_jobs_of_its_project_alone(
    tenant: Tenant, pair: tuple[str, str], project: str
) -> None:
    other = details(tenant, tenant.make_project("another"), ASINS[:1])
    key = tenant.post(f"/private/projects/{project}/api-keys", json={"name": "k"}).json["data"]
    headers = {"Authorization": f"Bearer {key['key']}"}
    path = f"/jobs/{pair[1]}/delta?against="
    assert tenant.client.get(f"{path}{pair[0]}", headers=headers).status_code == 200
    assert tenant.client.get(f"{path}{other}", headers=headers).status_code == 404
