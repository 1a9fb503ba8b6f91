"""The document's curl examples, run literally: base URL, key and ids replaced, nothing else.

The answers are matched key by key with the documented ones, and the job runs on a real node.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.control_api.documentation.covering import assert_covers
from tests.control_api.processes import ROOT
from tests.nodes.scrapyd_node import wait_until
from tests.scrapethis.live import World, api, environ, node, world
from tests.services import service_is_missing

__all__ = ["api", "environ", "node", "world"]

DOCUMENT = ROOT.parent / "shared" / "seeds" / "scrapethis-jobs.txt"
HOST = "https://scrapethis.app"
# What the page's highlighter left within the examples: `"text-green-400">curl`, `my">-spider`.
_MARKUP = re.compile(r'"?text(?:-[\w-]+)?">(?:-[\w-]+">)?|(?<=\w)">(?=-)')

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"{DOCUMENT} is not on this machine")


@dataclass(frozen=True)
class Example:
    """A route's command, and what the document shows for it: status, body, errors by status."""

    route: str
    command: str
    status: int
    answer: Any
    errors: dict[int, str]


def examples() -> dict[str, Example]:
    text = DOCUMENT.read_text()
    parts = re.split(r"^((?:GET|POST|DELETE) /api/v1/\S+)$", text, flags=re.M)
    found = [_example(*part) for part in zip(parts[1::2], parts[2::2], strict=True)]
    return {example.route: example for example in found}


def _example(route: str, section: str) -> Example:
    shown = re.search(
        r"^cURL\n((?:.*\\\n)*.*)\n\nResponse\n\n(\d+) \w+\n(.*?)\n\n", section, re.S | re.M
    )
    assert shown is not None, section
    # `T10: 30: 00Z` is the page's way to show a time.
    answer = json.loads(re.sub(r"(\d): (?=\d)", r"\1:", shown[3]))
    errors = re.findall(r"^([45]\d\d) (.+)$", section.partition("Error Responses")[2], re.M)
    return Example(
        route,
        _MARKUP.sub("", shown[1]),
        int(shown[2]),
        answer,
        {int(status): text for status, text in errors},
    )


@pytest.fixture(autouse=True)
def curl_is_there() -> None:
    if shutil.which("curl") is None:
        service_is_missing("no curl on this machine")


class Curl:
    """Runs examples against the API, as a shell would."""

    def __init__(self, world: World) -> None:
        self._world = world
        # The spider goes on when this file is there.
        self.gate = world.gate

    def curl(self, example: Example, *, job_id: str = "") -> tuple[int, Any]:
        """The answer's status and body."""
        command = example.command.replace(HOST, self._world.url)
        command = command.replace("YOUR_API_KEY", self._world.key).replace("JOB_ID", job_id)
        script = (
            f"curl() {{ command curl -sS -o answer.json -w '%{{http_code}}' \"$@\"; }}\n{command}"
        )
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self._world.folder,
            env={**os.environ, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        return int(done.stdout), json.loads((self._world.folder / "answer.json").read_text())

    def job(self, example: Example, job_id: str) -> dict[str, Any]:
        status, answer = self.curl(example, job_id=job_id)
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found


def test_the_documents_four_examples_are_found_and_clean() -> None:
    found = examples()
    assert list(found) == [
        "GET /api/v1/jobs",
        "POST /api/v1/jobs",
        "GET /api/v1/jobs/{id}",
        "DELETE /api/v1/jobs/{id}",
    ]
    assert found["POST /api/v1/jobs"].command == (
        f"curl -X POST {HOST}/api/v1/jobs \\\n"
        '  -H "Authorization: Bearer YOUR_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        """  -d '{"spider_name": "my-spider", "arguments": {"url": "https://example.com"}}\'"""
    )
    assert all(example.command.startswith("curl ") for example in found.values())
    assert not any("text" in example.command for example in found.values())


# What is written in the document's command, and what is sent instead.
WRONG = [
    ("GET /api/v1/jobs", "YOUR_API_KEY", "st_wrong", 401),
    ("POST /api/v1/jobs", '"spider_name": "my-spider", ', "", 400),
    ("POST /api/v1/jobs", "my-spider", "no-spider", 404),
    ("GET /api/v1/jobs/{id}", "JOB_ID", "job-uuid", 404),
    ("DELETE /api/v1/jobs/{id}", "JOB_ID", "job-uuid", 404),
]


def test_every_example_answers_as_documented(world: World) -> None:
    caller = Curl(world)
    found = examples()
    for route, written, sent, status in WRONG:
        _assert_fails(caller, found[route], written=written, sent=sent, status=status)
    _assert_cancels(caller, found)
    _assert_finishes(caller, found)


def _assert_fails(caller: Curl, example: Example, *, written: str, sent: str, status: int) -> None:
    assert written in example.command
    changed = replace(example, command=example.command.replace(written, sent))
    answered, body = caller.curl(changed)
    assert answered == status
    assert body["error"] == example.errors[status]


def _assert_cancels(caller: Curl, found: dict[str, Example]) -> None:
    show, cancel = found["GET /api/v1/jobs/{id}"], found["DELETE /api/v1/jobs/{id}"]
    job_id = _created(caller, found)
    wait_until(lambda: caller.job(show, job_id)["items_scraped"], "items", seconds=40)
    assert caller.curl(cancel, job_id=job_id) == (cancel.status, cancel.answer)
    assert caller.job(show, job_id)["status"] in ("running", "cancelled")
    wait_until(lambda: caller.job(show, job_id)["status"] == "cancelled", "it is cancelled")


def _assert_finishes(caller: Curl, found: dict[str, Example]) -> None:
    show = found["GET /api/v1/jobs/{id}"]
    job_id = _created(caller, found)
    seen = ["pending"]

    def is_finished() -> bool:
        now = caller.job(show, job_id)["status"]
        if now != seen[-1]:
            seen.append(now)
        if seen == ["pending", "running"] and not caller.gate.exists():
            _assert_lists(caller, found["GET /api/v1/jobs"], job_id)
            caller.gate.touch()
        return now == "finished"

    wait_until(is_finished, "the job is finished", seconds=40)
    assert seen == ["pending", "running", "finished"]
    job = caller.job(show, job_id)
    assert_covers(job, show.answer, show.route)
    assert job["items_scraped"] == 3
    assert job["finished_at"] > job["created_at"]


def _created(caller: Curl, found: dict[str, Example]) -> str:
    create = found["POST /api/v1/jobs"]
    status, body = caller.curl(create)
    assert status == create.status
    assert_covers(body, create.answer, create.route)
    assert body["status"] == create.answer["status"] == "pending"
    job_id: str = body["jobId"]
    return job_id


def _assert_lists(caller: Curl, example: Example, job_id: str) -> None:
    status, listed = caller.curl(example)
    assert status == example.status
    assert [job["id"] for job in listed] == [job_id]
    assert_covers(listed, example.answer, example.route)
