from __future__ import annotations

import csv
import gzip
import io
import json
from decimal import Decimal

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.jobs.results import ResultPage, ResultRows
from spiders.types.search import COLUMNS as SEARCH_COLUMNS
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target


def row(number: int) -> dict:
    return {
        "asin": f"B{number:09d}",
        "title": "=HYPERLINK(1)" if number == 0 else f'a "fine" hub,\nnumber {number}',
        "price": {"amount": Decimal("29.90"), "currency": "USD", "raw": "$29.90"},
        "rank": number + 1,
        "sponsored": False,
        "delivery": ["free", "tomorrow"],
        "badges": [{"type": "best_seller", "text": "#1"}],
        "deal": None,
    }


@pytest.fixture
def job_id(tenant: Tenant, settlement: Settlement) -> str:
    """A job with rows of its second target stored before those of the first."""
    job = tenant.make_job(targets=["a", "b"])
    end_target(settlement, job["id"], 1, [row(number) for number in range(3, 6)])
    end_target(settlement, job["id"], 0, [row(number) for number in range(3)])
    found: str = job["id"]
    return found


def test_rows_come_in_the_order_of_targets(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/results")
    assert answer.status_code == 200
    ResultRows.model_validate(answer.json)
    assert [one["rank"] for one in answer.json["data"]] == [1, 2, 3, 4, 5, 6]
    assert answer.json["meta"] == {"total": 6, "nextCursor": None, "previousCursor": None}
    assert answer.json["data"][0]["price"] == {"amount": 29.9, "currency": "USD", "raw": "$29.90"}


def test_rows_are_there_while_the_job_runs(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job(targets=["a", "b"])
    end_target(settlement, job["id"], 0, [row(0)])
    assert tenant.get(f"/jobs/{job['id']}").json["data"]["status"] == "running"
    assert tenant.get(f"/jobs/{job['id']}/results").json["meta"]["total"] == 1


def test_a_cursor_walks_all_rows_once(tenant: Tenant, job_id: str) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=4&cursor={cursor}" if cursor else "?limit=4"
        page = tenant.get(f"/jobs/{job_id}/results{query}").json
        seen += [one["rank"] for one in page["data"]]
        cursor = page["meta"]["nextCursor"]
    assert seen == [1, 2, 3, 4, 5, 6]


def test_an_offset_skips_rows(tenant: Tenant, job_id: str) -> None:
    page = tenant.get(f"/jobs/{job_id}/results?limit=2&offset=3").json
    assert [one["rank"] for one in page["data"]] == [4, 5]


@pytest.mark.parametrize("cursor", ["x", "%00", "YQ", "Li4vLi4", "é", "MDAwMDAwOjAwMDE"])
def test_a_made_up_cursor_is_refused(tenant: Tenant, job_id: str, cursor: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/results?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == "cursor must be one that an earlier page gave"


def test_a_cursor_of_another_job_stays_within_this_one(
    tenant: Tenant, job_id: str, settlement: Settlement
) -> None:
    cursor = tenant.get(f"/jobs/{job_id}/results?limit=1").json["meta"]["nextCursor"]
    other = tenant.make_job(targets=["z"])
    end_target(settlement, other["id"], 0, [{"asin": "B0OTHER001"}, {"asin": "B0OTHER002"}])
    page = tenant.get(f"/jobs/{other['id']}/results?cursor={cursor}").json
    assert [one["asin"] for one in page["data"]] == ["B0OTHER002"]


def test_numbered_pages_have_the_second_shape(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/results?page=2&pageSize=4")
    ResultPage.model_validate(answer.json)
    assert [one["rank"] for one in answer.json["data"]["items"]] == [5, 6]
    assert answer.json["data"]["pagination"] == {"page": 2, "pageSize": 4, "total": 6}
    assert tenant.get(f"/jobs/{job_id}/results?page=1").json["data"]["pagination"]["pageSize"] == 50


def test_the_json_export_is_an_attached_array(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/export")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="job-{job_id}.json"'
    rows = json.loads(answer.data)
    assert rows == tenant.get(f"/jobs/{job_id}/results").json["data"]


def test_the_jsonl_export_is_a_row_a_line(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/export?format=jsonl")
    rows = [json.loads(line) for line in answer.data.splitlines()]
    assert rows == tenant.get(f"/jobs/{job_id}/results").json["data"]


def test_the_csv_export_has_fixed_columns_and_no_formulas(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/export?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.data.decode()
    assert text.splitlines()[0] == ",".join(SEARCH_COLUMNS)
    assert text.count("\r\n") == 7
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [one["asin"] for one in rows] == [f"B{number:09d}" for number in range(6)]
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[1]["title"] == 'a "fine" hub,\nnumber 1'
    assert rows[0]["price.amount"] == "29.9"
    assert rows[0]["sponsored"] == "false"
    assert rows[0]["delivery"] == "free | tomorrow"
    assert json.loads(rows[0]["badges"]) == {"type": "best_seller", "text": "#1"}
    assert rows[0]["deal.label"] == rows[0]["brand"] == ""


def test_an_export_is_packed_on_demand(tenant: Tenant, job_id: str) -> None:
    plain = tenant.get(f"/jobs/{job_id}/export?format=csv")
    packed = tenant.get(f"/jobs/{job_id}/export?format=csv&gzip=1")
    assert packed.headers["Content-Type"] == "application/gzip"
    assert packed.headers["Content-Disposition"].endswith('.csv.gz"')
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize(("kind", "body"), [("json", b"[]\n"), ("jsonl", b"")])
def test_an_export_without_rows_is_valid(tenant: Tenant, kind: str, body: bytes) -> None:
    job = tenant.make_job()
    assert tenant.get(f"/jobs/{job['id']}/export?format={kind}").data == body


def test_an_unknown_format_is_refused(tenant: Tenant, job_id: str) -> None:
    answer = tenant.get(f"/jobs/{job_id}/export?format=xlsx")
    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith("format must be one of")


def test_exports_are_counted_against_the_plan(
    tenant: Tenant, job_id: str, database: Database
) -> None:
    for _ in range(20):
        assert tenant.get(f"/jobs/{job_id}/export").status_code == 200
    answer = tenant.get(f"/jobs/{job_id}/export")
    assert answer.status_code == 403
    assert answer.json["error"]["message"] == "Export limit reached for this month"
    assert database["usage"].find_one()["exports"] == 20
