"""contracts.md section 2: `GET /results/{job_id}?skip&limit` (≤1,000) and `/export?format=json|csv` as the
seed. `data` holds the selectors' names; no match is `null`."""

from __future__ import annotations

import csv
import io

import pytest
from pymongo.database import Database

from control_api.v1.schemas.page_results import PageResults
from storage.jobs.settlement import Settlement
from tests.control_api.api_v1.conftest import URL, MakeUser, V1User, page_row, refused
from tests.control_api.crawling import end_target

ROWS = [
    page_row(f"{URL}/1", title="One", price="$1.00"),
    page_row(f"{URL}/2", title='Two, "quoted"', price=None),
    page_row(f"{URL}/3", title="=1+1", price=["$3.00", "$4.00"]),
]


@pytest.fixture
def job(user: V1User, settlement: Settlement) -> str:
    job_id = user.start()
    end_target(settlement, job_id, 0, ROWS)
    return job_id


def test_results_have_the_documented_keys(user: V1User, job: str) -> None:
    body = user.get(f"/results/{job}").json
    PageResults.model_validate(body)
    assert list(body) == ["job_id", "total", "skip", "limit", "results"]
    assert (body["job_id"], body["total"], body["skip"], body["limit"]) == (job, 3, 0, 100)
    assert body["results"][0] == {
        "job_id": job,
        "url": f"{URL}/1",
        "data": {"title": "One", "price": "$1.00"},
        "scraped_at": "2026-01-15T10:32:00.000Z",
    }
    assert [row["data"]["price"] for row in body["results"]] == ["$1.00", None, ["$3.00", "$4.00"]]


def test_results_are_paged(user: V1User, job: str) -> None:
    body = user.get(f"/results/{job}?skip=1&limit=1").json
    assert (body["total"], body["skip"], body["limit"]) == (3, 1, 1)
    assert [row["url"] for row in body["results"]] == [f"{URL}/2"]
    assert user.get(f"/results/{job}?skip=3").json["results"] == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("limit=1001", "limit must not be greater than 1000"),
        ("limit=0", "limit must not be less than 1"),
        ("skip=-1", "skip must not be less than 0"),
        ("limit=many", "limit must be an integer number"),
    ],
)
def test_pages_that_cannot_be_are_400s(user: V1User, job: str, query: str, text: str) -> None:
    assert refused(user.get(f"/results/{job}?{query}")) == text


def test_results_of_a_job_that_has_none_yet(user: V1User) -> None:
    job_id = user.start()
    assert user.get(f"/results/{job_id}").json == {
        "job_id": job_id,
        "total": 0,
        "skip": 0,
        "limit": 100,
        "results": [],
    }
    assert user.get(f"/results/{job_id}/export").json == []


def test_export_as_json_is_the_array_of_results(user: V1User, job: str) -> None:
    answer = user.get(f"/results/{job}/export")
    assert answer.mimetype == "application/json"
    assert answer.json == user.get(f"/results/{job}").json["results"]


def test_export_as_csv_is_a_file_with_a_column_for_each_selector(user: V1User, job: str) -> None:
    answer = user.get(f"/results/{job}/export?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="job-{job}.csv"'
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    time = "2026-01-15T10:32:00.000Z"
    assert lines == [
        ["url", "title", "price", "scraped_at"],
        [f"{URL}/1", "One", "$1.00", time],
        [f"{URL}/2", 'Two, "quoted"', "", time],
        [f"{URL}/3", "'=1+1", "$3.00 | $4.00", time],
    ]


def test_selector_names_are_columns_whatever_they_hold(
    user: V1User, settlement: Settlement
) -> None:
    names = {"a.b": "h1", "=cmd": "h2", "größe": "h3", "x y": "h4"}
    job_id = user.start(selectors=names)
    end_target(settlement, job_id, 0, [page_row(URL, **names)])
    answer = user.get(f"/results/{job_id}/export?format=csv")
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert lines[0] == ["url", "a.b", "'=cmd", "größe", "x y", "scraped_at"]
    assert lines[1][1:5] == ["h1", "h2", "h3", "h4"]
    assert user.get(f"/results/{job_id}").json["results"][0]["data"] == names


def test_an_unknown_format_is_a_400(user: V1User, job: str) -> None:
    answer = user.get(f"/results/{job}/export?format=xml")
    assert refused(answer) == "format must be one of the following values: 'json' or 'csv'"


def test_exports_count_against_the_plan_and_reads_do_not(
    make_user: MakeUser, database: Database
) -> None:
    user = make_user(plan="free")
    job_id = user.start()
    user.get(f"/results/{job_id}")
    assert user.call("HEAD", f"/results/{job_id}/export").status_code == 200
    assert database["usage"].find_one()["exports"] == 0
    for _ in range(20):
        assert user.get(f"/results/{job_id}/export").status_code == 200
    answer = user.get(f"/results/{job_id}/export")
    assert refused(answer, 403, None) == "Export limit reached for this month"


def test_csv_for_people(user: V1User, job: str) -> None:
    answer = user.get(f"/results/{job}/export?format=csv&bom=1&delimiter=;&escape=0")
    assert answer.data.startswith(b"\xef\xbb\xbfurl;")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["title"] for row in rows] == ["One", 'Two, "quoted"', "=1+1"]
    assert rows[2]["price"] == "$3.00 | $4.00"
    refused(user.get(f"/results/{job}/export?format=json&bom=1"), 400)


def test_a_file_of_a_running_job_says_so(user: V1User, job: str) -> None:
    running = user.start()
    for kind in ("csv", "json"):
        answer = user.get(f"/results/{running}/export?format={kind}")
        assert (answer.headers["X-Job-Status"], answer.headers["X-Rows-So-Far"]) == ("pending", "0")
    assert user.get(f"/results/{running}/export?complete=1").status_code == 409
    answer = user.get(f"/results/{job}/export?format=csv&complete=1")
    assert (answer.status_code, answer.headers["X-Job-Status"]) == (200, "completed")
    assert "X-Rows-So-Far" not in answer.headers


def test_fields_of_page_jobs_in_the_other_api(user: V1User, job: str) -> None:
    headers = {"Authorization": f"Bearer {user.token}"}
    rows = user.client.get(f"/jobs/{job}/results?fields=data.title,url", headers=headers).json
    assert rows["data"][0] == {"data": {"title": "One"}, "url": f"{URL}/1"}
    path = f"/jobs/{job}/export?format=csv&fields=data.title"
    assert user.client.get(path, headers=headers).text.splitlines()[:2] == ["data.title", "One"]
    answer = user.client.get(f"/jobs/{job}/results?fields=titel", headers=headers)
    assert answer.json["error"]["message"].endswith("did you mean `data.title`?")
