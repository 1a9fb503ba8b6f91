"""What changed between two jobs, as files."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import Any

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target
from tests.control_api.deltas.comparing import ASINS, delta, details, sold
from tests.control_api.services.monitors.rules.rows import UNAVAILABLE


def exported(tenant: Tenant, pair: tuple[str, str], query: str) -> Any:
    older, newer = pair
    answer = tenant.get(f"/jobs/{newer}/delta/export?against={older}{query}")
    assert answer.status_code == 200, answer.text
    return answer


def test_the_files_say_what_the_answer_says(tenant: Tenant, pair: tuple[str, str]) -> None:
    told = delta(tenant, pair[1], pair[0])["data"]
    array = exported(tenant, pair, "")
    assert json.loads(array.data) == told
    assert array.headers["Content-Type"] == "application/json"
    name = f'attachment; filename="delta-{pair[0]}-{pair[1]}.json"'
    assert array.headers["Content-Disposition"] == name
    for file_format in ("jsonl", "ndjson"):
        lines = exported(tenant, pair, f"&format={file_format}").data.splitlines()
        assert [json.loads(line) for line in lines] == told
    packed = exported(tenant, pair, "&gzip=1")
    assert json.loads(gzip.decompress(packed.data)) == told
    assert packed.headers["Content-Disposition"].endswith('.json.gz"')


def test_the_table_has_a_change_a_line(tenant: Tenant, pair: tuple[str, str]) -> None:
    text = exported(tenant, pair, "&format=csv&only=changed,unknown").data.decode()
    assert text == (
        "value,marketplace,status,reason,field,item,before,after,currency,beforeAt,at\r\n"
        f"{ASINS[5]},US,unknown,BLOCKED_CAPTCHA,,,,,,,\r\n"
        f"{ASINS[1]},US,changed,,price,,20,18,EUR,2026-01-01T06:00:00.000Z,2026-01-02T06:00:00.000Z\r\n"
        f"{ASINS[1]},US,changed,,seller,,A1SELLER,A2,,2026-01-01T06:00:00.000Z,2026-01-02T06:00:00.000Z\r\n"
    )


def test_the_table_of_a_search(tenant: Tenant, searches: tuple[str, str]) -> None:
    text = exported(tenant, searches, "&format=csv&delimiter=;&only=changed").data.decode()
    lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [(one["field"], one["item"], one["before"], one["after"]) for one in lines] == [
        ("place", "b", "2", "1"),
        ("place", "d", "", "2"),
        ("place", "a", "1", "3"),
        ("place", "c", "3", ""),
    ]


def test_what_is_absent_is_empty_in_the_table_and_null_elsewhere(
    tenant: Tenant, project: str, settlement: Settlement
) -> None:
    older, newer = (details(tenant, project, ASINS[:1]) for _ in range(2))
    end_target(settlement, older, 0, [sold(ASINS[0])])
    end_target(settlement, newer, 0, [{**sold(ASINS[0]), **UNAVAILABLE}])
    [found] = delta(tenant, newer, older, "&fields=price")["data"]
    price = {"field": "price", "before": {"amount": 20, "currency": "EUR"}, "after": None}
    assert found["fields"] == [price]
    text = exported(tenant, (older, newer), "&format=csv&fields=price").data.decode()
    assert ",changed,,price,,20,,EUR," in text


def test_a_file_is_an_export_of_the_plan(tenant: Tenant, pair: tuple[str, str]) -> None:
    used = tenant.get("/usage").json
    older, newer = pair
    path = f"/jobs/{newer}/delta/export?against={older}"
    assert tenant.call("HEAD", path).status_code == 200
    assert tenant.get("/usage").json == used
    exported(tenant, pair, "&format=csv")
    [entry] = tenant.get("/audit?action=job.exported").json["data"]
    assert entry["entityId"] == newer
    assert entry["metadata"]["against"] == older
    for _ in range(19):
        exported(tenant, pair, "")
    assert tenant.get(path).status_code == 403


def test_options_of_a_table_go_with_tables(tenant: Tenant, pair: tuple[str, str]) -> None:
    older, newer = pair
    answer = tenant.get(f"/jobs/{newer}/delta/export?against={older}&bom=1")
    assert answer.status_code == 400
