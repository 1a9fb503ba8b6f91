"""O2: "one id from the request through job, target, lease, crawler log, page, webhook; `manage story
JOB [TARGET]` prints it in order of time"."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from deploy.embedded.layout import PROJECT_ROOT
from sandbox.goods.asins import AsinCode
from tests.control_api.gateways.receiver import running_receiver
from tests.end_to_end.conftest import Serve

REQUEST = "order-7.of-the-test"

pytestmark = pytest.mark.timeout(120)


def test_one_id_finds_the_request_the_pages_and_the_webhook(serve: Serve) -> None:
    asins = [AsinCode(1).asin(number) for number in (1, 10**9)]
    with running_receiver() as receiver:
        farm, client = serve(ALLOWED_NETWORKS="127.0.0.0/8", LOG_LEVEL="DEBUG")
        project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
        hook = {"url": receiver.url, "events": ["job.completed", "job.failed"]}
        assert client.post(f"/projects/{project}/webhooks", json=hook).status_code == 201
        job_id = create(client, project, asins)
        farm.wait_for_end(job_id)
        farm.wait_for(lambda: receiver.received, what="the webhook")
        statuses = {one.value: one.status for one in farm.targets.values(job_id)}
        told = subprocess.run(
            [sys.executable, "-m", "control_api.manage", "story", REQUEST],
            cwd=PROJECT_ROOT,
            env=farm.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    assert statuses == {asins[0]: "success", asins[1]: "failed"}
    api = (farm.folder / "api.log").read_text().splitlines()
    (line,) = (json.loads(line) for line in api if REQUEST in line and '"event":"request"' in line)
    assert (line["requestId"], line["method"], line["status"]) == (REQUEST, "POST", 201)

    crawler = (farm.folder / "detail.log").read_text().splitlines()
    for number in (0, 1):
        mark = f"[target {job_id}:{number:06d}, request {REQUEST}]"
        assert any("Crawled (" in line and line.endswith(mark) for line in crawler), mark
    assert any(" failed: NOT_FOUND: " in line and line.endswith(mark) for line in crawler)
    of_targets = [line for line in crawler if f"{job_id}:" in line]
    assert all(REQUEST in line for line in of_targets)

    (event,) = (json.loads(received.body) for received in receiver.received)
    assert event["data"]["requestId"] == REQUEST

    lines = told.splitlines()
    assert [line[:24] for line in lines] == sorted(line[:24] for line in lines)
    steps = (f"request {REQUEST}: made job {job_id}", f"target {job_id}:000001", "webhook ")
    found = [next(i for i, line in enumerate(lines) if step in line) for step in steps]
    assert found == sorted(found)


def create(client: httpx.Client, project: str, asins: list[str]) -> str:
    body = {"type": "details", "targets": asins, "config": {"marketplace": "sandbox"}}
    answer = client.post(f"/projects/{project}/jobs", json=body, headers={"X-Request-Id": REQUEST})
    assert answer.status_code == 201, answer.text
    job_id: str = answer.json()["data"]["id"]
    return job_id
