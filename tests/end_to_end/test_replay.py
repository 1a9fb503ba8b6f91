"""Real saved pages, replayed under their own hosts, through the whole system and out as exports."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from spiders.targets import product_target_from_text
from tests.end_to_end.conftest import Serve

PAGES = Path(__file__).resolve().parents[3] / "shared" / "amazon-pages"
REASONS = {
    "not_found": {"NOT_FOUND"},
    "captcha": {"BLOCKED_CAPTCHA"},
    "continue_gate": {"BLOCKED_CONTINUE"},
    "throttled": {"BLOCKED_THROTTLED"},
    "server_error": {"SERVER_ERROR"},
}

pytestmark = [
    pytest.mark.skipif(
        not PAGES.is_dir(), reason="the saved pages (../shared/amazon-pages) are not here"
    ),
    pytest.mark.timeout(300),
]


@dataclass(frozen=True)
class Page:
    kind: str
    host: str
    # The keyword of a search page, the ASIN of a product page.
    target: str
    label: dict[str, Any]


def manifest() -> list[dict[str, Any]]:
    lines = (PAGES / "manifest.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def labelled_pages(variant: int) -> Iterator[Page]:
    """The pages that the replay serves for `variant`: of those that share a URL, that one."""
    by_url: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for entry in manifest():
        if entry["label"]:
            parts = urlsplit(entry["url"])
            target = (
                parse_qs(parts.query)["k"][0]
                if entry["kind"] == "search"
                else product_target_from_text(entry["url"]).asin
            )
            by_url[entry["kind"], parts.hostname or "", target].append(entry)
    for (kind, host, target), entries in by_url.items():
        entry = entries[min(variant, len(entries) - 1)]
        yield Page(kind, host, target, json.loads((PAGES / entry["label"]).read_text()))


@pytest.mark.parametrize("variant", [0, pytest.param(1, marks=pytest.mark.chaos)])
def test_jobs_over_real_pages_export_every_card_and_product(serve: Serve, variant: int) -> None:
    farm, client = serve("--pages", str(PAGES), "--variant", str(variant), is_origin=True)
    project = new_project(client)
    by_job: dict[tuple[str, str], list[Page]] = defaultdict(list)
    for page in labelled_pages(variant):
        by_job[page.kind, page.host].append(page)
    assert len(by_job) > 5
    posted = {
        key: post_job(client, project, kind=key[0], host=key[1], targets=[p.target for p in pages])
        for key, pages in by_job.items()
    }
    for key, job_id in posted.items():
        job = farm.wait_for_end(job_id, seconds=120)
        assert job.status == "completed", (key, [t.failure for t in farm.targets.values(job_id)])
        rows = export(client, job_id)
        if key[0] == "detail":
            expected = Counter(page.label["asin"] for page in by_job[key])
        else:
            expected = Counter(row["asin"] for page in by_job[key] for row in page.label["rows"])
        assert Counter(row["asin"] for row in rows) == expected, key


def test_block_pages_end_as_failed_targets_with_their_reason_and_no_row(serve: Serve) -> None:
    farm, client = serve("--pages", str(PAGES), is_origin=True)
    blocked = [entry for entry in manifest() if entry["kind"] == "blocked"]
    asins = [f"B{number:09d}" for number in range(1, len(blocked) + 1)]
    project = new_project(client)
    job_id = post_job(client, project, kind="detail", host="www.amazon.com", targets=asins)
    job = farm.wait_for_end(job_id, seconds=120)
    assert job.status == "failed"
    assert job.counts.failed == len(blocked)
    assert export(client, job_id) == []
    targets = client.get(f"/jobs/{job_id}/targets", params={"limit": 100}).json()["data"]
    for entry, target in zip(blocked, targets, strict=True):
        assert target["status"] == "failed"
        if entry["expectStatus"]:
            allowed = set.union(*(REASONS[word] for word in entry["expectStatus"].split("|")))
            assert target["error"]["code"] in allowed, (entry["file"], target)


def new_project(client: httpx.Client) -> str:
    answer = client.post("/projects", json={"name": "Replay"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def post_job(
    client: httpx.Client, project: str, *, kind: str, host: str, targets: list[str]
) -> str:
    body = {
        "type": "search" if kind == "search" else "details",
        "targets": targets,
        "config": {"marketplace": host},
    }
    answer = client.post(f"/projects/{project}/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def export(client: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/jobs/{job_id}/export", params={"format": "json"})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows
