"""O2: one failed target, the whole story: `manage story JOB [TARGET]`, in order of time."""

from __future__ import annotations

import re

import pytest
from pymongo.database import Database

from control_api import manage
from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target

REQUEST = "the-request-of-the-test"


@pytest.fixture(autouse=True)
def _configured(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "current_config", lambda: config)


def story(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    code = manage.main(["story", *arguments])
    printed = capsys.readouterr()
    if code:
        return [printed.err.strip()]
    return printed.out.strip().splitlines()


@pytest.fixture
def job(tenant: Tenant, settlement: Settlement) -> str:
    project = tenant.make_project()
    body = {"type": "search", "targets": ["usb hub", "wall clock"]}
    made = tenant.post(f"/projects/{project}/jobs", json=body, headers={"X-Request-Id": REQUEST})
    job_id: str = made.json["data"]["id"]
    end_target(settlement, job_id, 0, [{"asin": "B000000001"}])
    fail_target(settlement, job_id, 1)
    return job_id


def test_a_job_is_told_from_its_request_to_its_end(
    job: str, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = story(capsys, job)
    times = [line.split("  ")[0] for line in lines]
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    text = "\n".join(lines)
    assert f"request {REQUEST}: made job {job} (search, 2 targets" in lines[0] + lines[1]
    assert f"audit: job.created by {tenant.email} from 127.0.0.1" in text
    assert f"target {job}:000001 'wall clock': failed: NOT_FOUND" in text
    assert "'usb hub'" not in text
    assert "job: completed (2 total, 1 success, 1 failed), 1 rows" in text
    assert "event: job.completed" in text
    assert story(capsys, REQUEST) == lines


@pytest.mark.parametrize("target", ["1", "wall clock"])
def test_one_target_is_told_by_its_text_or_its_number(
    job: str, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    text = "\n".join(story(capsys, job, target))
    assert f"{job}:000001 'wall clock': failed: NOT_FOUND" in text
    assert "usb hub" not in text
    assert f"{job}:000000 'usb hub': success, 1 rows" in "\n".join(story(capsys, job, "0"))


def test_each_try_of_a_webhook_is_told(
    job: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    attempts = [
        {"at": database["jobs"].find_one({"_id": job})["completedAt"], "durationMs": 12}
        | {"status": status, "error": error}
        for status, error in ((500, None), (None, "the connection was refused"))
    ]
    database["deliveries"].insert_one(
        {"_id": "d", "jobId": job, "webhookId": "w", "attempts": attempts}
    )
    text = "\n".join(story(capsys, job))
    assert "webhook w: 500 after 12 ms" in text
    assert "webhook w: the connection was refused after 12 ms" in text


def test_what_is_not_there_is_named(job: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert story(capsys, "nothing") == ["error: no job nothing, and no request of that id made one"]
    assert story(capsys, job, "7") == [f"error: no target '7' in job {job}"]


def test_the_webhook_event_carries_the_requests_id(job: str, database: Database) -> None:
    assert database["outbox"].find_one({"jobId": job})["data"]["requestId"] == REQUEST
