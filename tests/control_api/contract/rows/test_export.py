"""The contract, export: "attachment, streamed, not enveloped. `format=json` (an array), `csv`; ours:
`jsonl`, and `gzip=1`. CSV: UTF-8, RFC 4180, fixed column order per job type, nested values
flattened with dots, lists joined by ` | `, cells that begin with `= + - @` tab CR are escaped"
"""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest

from spiders.types.registry import COLUMNS
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

ROWS = [
    {"asin": "B000000001", "title": start + 'a "b",\n\u00e9', "price": {"amount": 5, "currency": "EUR"},
     "delivery": ["free", "today"]}
    for start in ("=", "+", "-", "@", "\t", "\r", "")
]  # fmt: skip


@pytest.fixture(params=["search", "details"])
def job(request, tenant: Tenant, settlement: Settlement) -> dict:
    made = tenant.make_job(type=request.param, targets=["B000000001"])
    end_target(settlement, made["id"], 0, ROWS)
    return made


@pytest.mark.parametrize("kind", ["json", "csv", "jsonl"])
def test_an_attachment_streamed_and_not_enveloped(tenant: Tenant, job: dict, kind: str) -> None:
    answer = tenant.get(f"/jobs/{job['id']}/export?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.is_streamed
    packed = tenant.get(f"/jobs/{job['id']}/export?format={kind}&gzip=1")
    assert gzip.decompress(packed.data) == answer.data


def test_json_is_an_array_and_jsonl_a_row_a_line(tenant: Tenant, job: dict) -> None:
    path = f"/jobs/{job['id']}/export"
    assert json.loads(tenant.get(f"{path}?format=json").data) == ROWS
    assert [json.loads(x) for x in tenant.get(f"{path}?format=jsonl").data.splitlines()] == ROWS


def test_csv(tenant: Tenant, job: dict) -> None:
    """R2"""
    data = tenant.get(f"/jobs/{job['id']}/export?format=csv").data
    text = data.decode("utf-8")
    assert text.startswith(",".join(COLUMNS[job["type"]]) + "\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    shown = [row["title"] for row in rows]
    assert shown == ["'" + row["title"] if row["title"][0] != "a" else row["title"] for row in ROWS]
    # "nested values flattened with dots"
    assert (rows[0]["price.amount"], rows[0]["price.currency"]) == ("5", "EUR")


def test_csv_joins_lists(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()
    end_target(settlement, job["id"], 0, ROWS)
    text = tenant.get(f"/jobs/{job['id']}/export?format=csv").data.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["delivery"] for row in rows} == {"free | today"}
