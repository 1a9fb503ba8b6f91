"""The contract, columns: "`fields=a,b.c` on results and exports (ours); unknown name 400. `format=ndjson` =
`jsonl`; `bom=1` for csv"

The options of the CSV in all their cases: tests/control_api/jobs/test_csv_for_people.py.
"""

from __future__ import annotations

import json

import pytest

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

ROWS = [
    {"asin": "0131103628", "title": "A", "price": {"amount": 5, "currency": "EUR", "raw": "5 €"}},
    {"asin": "B000000002", "title": "B", "price": None},
]
PART = [
    {"title": "A", "price": {"amount": 5}},
    {"title": "B", "price": None},
]


@pytest.fixture
def path(tenant: Tenant, settlement: Settlement) -> str:
    job = tenant.make_job(type="details", targets=["0131103628"])["id"]
    end_target(settlement, job, 0, ROWS)
    return f"/jobs/{job}"


def test_fields_on_results_and_exports(tenant: Tenant, path: str) -> None:
    asked = "fields=title,price.amount"
    assert tenant.get(f"{path}/results?{asked}").json["data"] == PART
    assert tenant.get(f"{path}/results?{asked}&page=1").json["data"]["items"] == PART
    assert json.loads(tenant.get(f"{path}/export?format=json&{asked}").data) == PART
    lines = tenant.get(f"{path}/export?format=jsonl&{asked}").data.splitlines()
    assert [json.loads(line) for line in lines] == PART
    text = tenant.get(f"{path}/export?format=csv&{asked}").text
    assert text == "title,price.amount\r\nA,5\r\nB,\r\n"


@pytest.mark.parametrize("route", ["results", "results?page=1", "export", "export?format=csv"])
def test_an_unknown_name_is_a_400_with_the_nearest(tenant: Tenant, path: str, route: str) -> None:
    mark = "&" if "?" in route else "?"
    answer = tenant.get(f"{path}/{route}{mark}fields=asin,tilte")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json["error"]["message"] == (
        "fields: `tilte` is no field of these rows; did you mean `title`?"
    )


def test_ndjson_is_jsonl(tenant: Tenant, path: str) -> None:
    answer = tenant.get(f"{path}/export?format=ndjson")
    assert answer.data == tenant.get(f"{path}/export?format=jsonl").data
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert '.ndjson"' in answer.headers["Content-Disposition"]


def test_bom(tenant: Tenant, path: str) -> None:
    plain = tenant.get(f"{path}/export?format=csv").data
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert tenant.get(f"{path}/export?format=csv&bom=1").data == b"\xef\xbb\xbf" + plain
