"""Issue point 1: the document's own programs, against processes of the API, the worker and a crawler, and a
little site; base and target URL replaced, nothing else. And what a page job looks like on the way."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from control_api.v1.schemas.page_results import PageResults
from deploy.embedded.ports import free_port
from tests.control_api.processes import ROOT
from tests.crash.farm import Farm, running_farm
from tests.services import running_redis
from tests.site_crawl.running import LOOPBACK, running_site

DOCUMENT = ROOT.parent / "shared" / "seeds" / "scrapemaster-api-reference.txt"
ADMIN = {"username": "admin", "password": "password"}

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]


@dataclass
class System:
    farm: Farm
    api: str
    site: str
    client: httpx.Client

    def start(self, **body: Any) -> str:
        answer = self.client.post("/jobs", json=body)
        assert answer.status_code == 201, answer.text
        job_id: str = answer.json()["id"]
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self.client.get(f"/jobs/{job_id}").json()
        return job

    def wait_for_end(self, job_id: str) -> dict[str, Any]:
        """The job when it has ended."""
        self.farm.wait_for(
            lambda: self.job(job_id)["status"] not in ("pending", "running"), what="the job ends"
        )
        return self.job(job_id)

    def results(self, job_id: str) -> dict[str, Any]:
        body: dict[str, Any] = self.client.get(f"/results/{job_id}").json()
        return body


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, mongodb_uri: str) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("system")
    with ExitStack() as stack:
        site = stack.enter_context(running_site(folder, "--pages=120", "--plain"))
        farm = stack.enter_context(
            running_farm(
                folder,
                mongodb_uri=mongodb_uri,
                redis_url=stack.enter_context(running_redis()),
                sandbox_url="",
                ALLOWED_NETWORKS=LOOPBACK,
                JWT_SECRET="a-secret-of-the-tests-0123456789abcdef",
                DEFAULT_PLAN="unlimited",
                API_V1_RATE_LIMIT="100000",
                NO_PROXY="127.0.0.1",
            )
        )
        port = free_port()
        farm.start_worker()
        farm.start_crawler("one", "site")
        farm.start(
            "api",
            *("granian", "--interface", "asgi", "--port", str(port), "control_api.asgi:app"),
        )
        api = f"http://127.0.0.1:{port}/api/v1"
        client = stack.enter_context(httpx.Client(base_url=api, timeout=30, trust_env=False))
        farm.wait_for(lambda: is_up(client), what="the API")
        token = client.post("/auth/register", json=ADMIN).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield System(farm, api, site, client)


def is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/jobs").status_code == 401
    except httpx.HTTPError:
        return False


def program(first: str, last: str, system: System) -> str:
    """A program of the document, from its first line to its last."""
    if not DOCUMENT.exists():
        pytest.skip("the document (../shared/seeds) is not here")
    text = DOCUMENT.read_text()
    start = text.index(first)
    code = text[start : text.index(last, start) + len(last)]
    for old, new in (("http://localhost/api/v1", system.api), ("https://example.com", system.site)):
        assert old in code
        code = code.replace(old, new)
    return code


def run(command: list[str], system: System) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=system.farm.environ, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_documents_python_program(system: System) -> None:
    code = program("import requests", "print(results.json())", system)
    printed = ast.literal_eval(run([sys.executable, "-c", code], system))
    PageResults.model_validate(printed)
    assert (printed["skip"], printed["limit"]) == (0, 100)
    job = system.wait_for_end(printed["job_id"])
    assert (job["status"], job["progress"], job["engine"]) == ("completed", 100, "scrapy")
    [row] = system.results(job["id"])["results"]
    assert row["url"].rstrip("/") == system.site
    assert set(row["data"]) == {"title", "price"}
    assert row["data"]["title"]


def test_the_documents_javascript_program(system: System) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    code = program("// Login\nconst", "console.log('Job created:', job.id);", system)
    printed = run([node, "--input-type=module", "--eval", code], system)
    words, _, job_id = printed.strip().rpartition(" ")
    assert words == "Job created:"
    assert system.wait_for_end(job_id)["status"] == "completed"
    assert system.results(job_id)["total"] == 1


def test_a_followed_job_is_live_and_exact(system: System) -> None:
    config = {"max_pages": 40, "follow_links": True, "delay": 0.02}
    job_id = system.start(url=f"{system.site}/", selectors={"title": "h1::text"}, config=config)
    seen = []
    while (job := system.job(job_id))["status"] in ("pending", "running"):
        seen.append((job["status"], job["progress"], job["items_scraped"]))
        time.sleep(0.02)
    assert (job["status"], job["progress"], job["items_scraped"], job["items_failed"]) == (
        "completed",
        100,
        40,
        0,
    )
    scraped = [items for _, _, items in seen]
    assert scraped == sorted(scraped)
    assert any(0 < items < 40 for items in scraped)
    assert all(0 <= progress <= 100 for _, progress, _ in seen)
    body = system.results(job_id)
    assert body["total"] == len({row["url"] for row in body["results"]}) == 40
    assert system.client.get(f"/results/{job_id}/export").json() == body["results"]


def test_a_cancelled_job_writes_nothing_more(system: System) -> None:
    config = {"max_pages": 100, "follow_links": True, "delay": 0.1}
    job_id = system.start(url=f"{system.site}/", selectors={"title": "h1::text"}, config=config)
    system.farm.wait_for(lambda: system.job(job_id)["items_scraped"] > 3, what="some rows")
    assert system.client.delete(f"/jobs/{job_id}").status_code == 204
    total = system.results(job_id)["total"]
    time.sleep(1)
    assert system.job(job_id)["status"] == "cancelled"
    assert system.results(job_id)["total"] == total < 100


def test_a_failed_page_says_why(system: System) -> None:
    job_id = system.start(url=f"{system.site}/missing", selectors={"title": "h1::text"})
    job = system.wait_for_end(job_id)
    assert (job["status"], job["items_failed"]) == ("failed", 1)
    assert [failure["code"] for failure in job["failures"]] == ["NOT_FOUND"]


@pytest.mark.usefixtures("browser")
def test_auto_says_when_it_needed_the_browser(system: System) -> None:
    job_id = system.start(url=f"{system.site}/script", selectors={"title": "h1::text"})
    job = system.wait_for_end(job_id)
    assert (job["status"], job["engine"]) == ("completed", "playwright")
    assert system.results(job_id)["results"][0]["data"] == {"title": "By script"}
