"""The contract, waiting: "`Prefer: wait=N` (≤ 30) on create and get of a job (ours): answers when it has
ended or N is over, `Preference-Applied: wait=N`; `?include=rows` adds its first 100 rows"

How many may wait, and that they hold up nobody: tests/control_api/http/test_waiting.py.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target


def test_a_get_waits_until_the_job_has_ended(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()["id"]
    row = {"asin": "B000000001"}
    threading.Timer(0.5, end_target, (settlement, job, 0, [row])).start()
    began = time.monotonic()
    answer = tenant.get(f"/jobs/{job}?include=rows", headers={"Prefer": "wait=30"})
    assert 0.4 < time.monotonic() - began < 10
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert (answer.json["data"]["status"], answer.json["data"]["rows"]) == ("completed", [row])


def test_a_create_waits_until_n_is_over(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/jobs"
    body = {"type": "search", "targets": ["usb hub"]}
    began = time.monotonic()
    answer: Any = tenant.post(path, json=body, headers={"Prefer": "wait=1"})
    assert 1 <= time.monotonic() - began < 10
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (201, "wait=1")
    assert answer.json["data"]["status"] == "queued"


def test_without_the_header_nothing_waits(tenant: Tenant) -> None:
    job = tenant.make_job()["id"]
    answer = tenant.get(f"/jobs/{job}")
    assert "Preference-Applied" not in answer.headers
    assert "rows" not in answer.json["data"]


def test_more_than_thirty_seconds_is_thirty(tenant: Tenant, settlement: Settlement) -> None:
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0)
    answer = tenant.get(f"/jobs/{job}", headers={"Prefer": "wait=3600"})
    assert answer.headers["Preference-Applied"] == "wait=30"
