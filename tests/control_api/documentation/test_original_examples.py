"""The examples of the original documents, run literally: base URL and ids replaced, nothing else.

Each example runs with the program it is written for, against a process of the API. Its answer is
matched key by key with the documented one, as docs/contracts settle it: every documented key is
there, with a value of the documented kind.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target
from tests.control_api.documentation.covering import assert_covers
from tests.control_api.processes import ROOT, running_api

ORIGINALS = ROOT.parent / "shared" / "seeds"
DOCUMENT = ORIGINALS / "azscraper-2-get-data.txt"
SAMPLES = ORIGINALS / "azscraper-3-sample-responses.txt"
STARTS = {"curl": "curl ", "node": "const ", "python": "import os"}
# What the union settles otherwise than one of the two documents: contracts.md, section 1.
TARGETS_ARE_OBJECTS = "targets"


@dataclass(frozen=True)
class Example:
    """`answer` is the JSON the document shows for it, if it shows one."""

    title: str
    program: str
    code: str
    answer: Any

    @property
    def name(self) -> str:
        return f"{self.title}-{self.program}"


def examples() -> list[Example]:
    """Code blocks of the document, each with the first JSON that follows its section's `Success`."""
    if not DOCUMENT.exists():
        return []
    found = []
    for title, section in _sections(DOCUMENT.read_text()):
        answer = _success(section)
        for program, code in _code_blocks(section):
            found.append(Example(title, program, code, answer))
    return found


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Sections are titled by a short line between empty ones, before their route."""
    parts = re.split(r"\n\n([A-Z][\w ]{3,30})\n\n(?=(?:GET|POST|PATCH) /)", text)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _success(section: str) -> Any:
    match = re.search(r"(?:^Success\n\n|curl[^\n]*\n)(\{.*?^\})", section, re.S | re.M)
    return json.loads(match[1]) if match else None


def _code_blocks(section: str) -> Iterator[tuple[str, str]]:
    lines = section.split("\n")
    starts = [
        (number, program)
        for number, line in enumerate(lines)
        for program, start in STARTS.items()
        if line.startswith(start) and not (program == "node" and _inside_node(lines, number))
    ]
    for number, program in starts:
        if program == "curl":
            end = number
            while lines[end].endswith("\\"):
                end += 1
            yield program, "\n".join(lines[number : end + 1])
            continue
        later = [other for other, _ in starts if other > number]
        prose = [
            at
            for at in range(number + 1, len(lines))
            if lines[at] == "" and _is_prose(lines, at + 1)
        ]
        end = min([*later, *prose, len(lines)])
        yield program, "\n".join(lines[number:end])


def _inside_node(lines: list[str], number: int) -> bool:
    """A later `const` of the same program: the one before it is still open, with no blank between."""
    before = number - 1
    while before >= 0 and lines[before] and not lines[before].startswith(("curl", "  -")):
        if lines[before].startswith("const "):
            return True
        before -= 1
    return False


def _is_prose(lines: list[str], at: int) -> bool:
    return at < len(lines) and bool(re.match(r"(Success|Error|Response|[A-Z{])", lines[at]))


@pytest.fixture
def world(
    make_tenant: Callable[..., Tenant], settlement: Settlement, config: Config, tmp_path: Path
) -> Iterator[tuple[Tenant, dict[str, str]]]:
    tenant = make_tenant("unlimited")
    project = tenant.make_project("US catalog watch")
    job = tenant.make_job(project, targets=["a", "b"])["id"]
    end_target(settlement, job, 0, [{"asin": "B08N5WRWNW", "title": "Example product"}])
    done = tenant.make_job(project, config={"lang": "en-US"})["id"]
    end_target(settlement, done, 0, [{"asin": "B08N5WRWNW", "title": "Example product"}])
    with running_api(config, tmp_path / "api.log") as url:
        yield (
            tenant,
            {
                "API_BASE": url,
                "TOKEN": tenant.token,
                "PROJECT_ID": project,
                "JOB_ID": job,
                "DONE_ID": done,
            },
        )


@pytest.mark.skipif(not DOCUMENT.exists(), reason=f"{DOCUMENT} is not on this machine")
def test_every_example_answers_as_documented(
    world: tuple[Tenant, dict[str, str]], tmp_path: Path
) -> None:
    _, variables = world
    found = examples()
    programs = [example.program for example in found]
    assert programs.count("curl") >= 10
    assert programs.count("node") >= 6
    assert programs.count("python") >= 6
    skipped = False
    for example in found:
        if shutil.which(example.program) is None and example.program != "python":
            assert not os.environ.get("CI"), f"{example.program} is missing"
            skipped = True
            continue
        out = _run(example, variables, tmp_path)
        _check(example, out)
    if skipped:
        pytest.skip("some of the programs are not on this machine")


def _run(example: Example, variables: dict[str, str], folder: Path) -> str:
    """What the example prints."""
    code = example.code.replace("67d2ab...", variables["PROJECT_ID"])
    job = variables["DONE_ID" if "Get job" in example.title else "JOB_ID"]
    environment = {**os.environ, **variables, "JOB_ID": job}
    command = {
        "curl": ["bash", "-euc", code],
        # fetch at top level needs a module.
        "node": ["node", "--input-type=module", "-e", code],
        "python": [sys.executable, "-c", code],
    }[example.program]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (example.name, done.stderr)
    return done.stdout


def _check(example: Example, out: str) -> None:
    answer = _parsed(out)
    if answer is None:
        # A file, an id or a program's own notation: not empty, and no error.
        assert "success: false" not in out, (example.name, out)
        assert "'success': False" not in out, (example.name, out)
        return
    assert answer.get("success") is not False, (example.name, out)
    if example.answer is not None:
        assert_covers(answer, example.answer, example.name)


def _parsed(out: str) -> Any:
    try:
        found = json.loads(out)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


SAMPLE_REQUESTS: list[tuple[str, str, Any, int]] = [
    ("Register", "POST /auth/register",
     {"email": "you@company.com", "password": "correct horse", "name": "Alex"}, 201),
    ("Login", "POST /auth/login", {"email": "you@company.com", "password": "wrong"}, 401),
    ("List", "GET /projects", None, 200),
    ("Create search job", "POST /projects/{project}/jobs",
     {"type": "search", "targets": ["wireless earbuds", "bluetooth speaker"],
      "config": {"lang": "en"}}, 201),
    ("Get job", "GET /jobs/{job}", None, 200),
    ("Results", "GET /jobs/{job}/results?page=1&pageSize=50", None, 200),
    ("List packages", "GET /private/credits/packages", None, 200),
    ("GET /health", "GET /health", None, 200),
    ("Validation error example", "POST /projects/{project}/jobs",
     {"type": "search", "targets": []}, 400),
]  # fmt: skip


@pytest.mark.skipif(not SAMPLES.exists(), reason=f"{SAMPLES} is not on this machine")
@pytest.mark.parametrize(("title", "route", "body", "status"), SAMPLE_REQUESTS)
def test_every_sample_answer_is_covered(
    title: str,
    route: str,
    body: Any,
    status: int,
    make_tenant: Callable[..., Tenant],
    settlement: Settlement,
) -> None:
    tenant = make_tenant()
    project = tenant.make_project("US catalog watch")
    job = tenant.make_job(project)["id"]
    row = {
        "asin": "B08N5KWB9H",
        "title": "x",
        "price": {"amount": 1.5, "currency": "USD"},
        "rank": 1,
    }
    end_target(settlement, job, 0, [row])
    method, _, path = route.partition(" ")
    answer = tenant.call(method, path.format(project=project, job=job), json=body)
    assert answer.status_code == status, answer.text
    documented = _sample(title)
    if isinstance(documented.get("data"), dict) and TARGETS_ARE_OBJECTS in documented["data"]:
        # contracts.md: `targets:[{"value","status"}]`, the shape of the other document.
        documented["data"]["targets"] = [{"value": "x", "status": "pending"}]
    assert_covers(answer.json, documented, title)
    if status >= 400:
        assert answer.json == documented


def _sample(title: str) -> Any:
    """The first answer that the document shows below `title` (a request body is none)."""
    text = SAMPLES.read_text()
    below = text[re.search(rf"^{re.escape(title)}\b", text, re.M).start() :]  # type: ignore[union-attr]
    for block in re.findall(r"^\{.*?^\}", below, re.S | re.M):
        found = json.loads(block)
        if set(found) & {"data", "success", "status"}:
            return found
    raise AssertionError(title)


def test_an_email_that_is_taken_answers_as_the_sample(tenant: Tenant, database: Database) -> None:
    body = {"email": tenant.email, "password": "correct horse"}
    answer = tenant.client.post("/auth/register", json=body)
    assert answer.status_code == 409
    assert answer.json == {
        "success": False,
        "error": {
            "code": "EMAIL_ALREADY_EXISTS",
            "message": "Email already registered",
            "details": [],
        },
    }
