"""A type of job that the product does not have: its own files are all that it takes to ask for it, crawl it,
charge it, export it and describe it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from control_api.services.jobs.types.registry import REQUEST_FORMS
from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.ports import free_port
from sandbox.goods.asins import AsinCode
from spiders.types.registry import POOL_SPIDERS
from tests.crash.farm import Farm, running_farm, running_sandbox
from tests.end_to_end.conftest import SECRET, is_healthy, register
from tests.services import running_redis

ROOMS = ("control_api", "pipelines", "settings", "spiders", "storage")
OWN_FILES = Path(__file__).parent / "product"
ASINS = [AsinCode(1).asin(number) for number in (1, 2, 10**9)]

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product with the type in it."""
    folder = tmp_path_factory.mktemp("product")
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT_ROOT / room, folder / room, ignore=ignored)
    for path in OWN_FILES.rglob("*.py"):
        there = folder / path.relative_to(OWN_FILES)
        assert not there.exists()
        shutil.copy(path, there)
    return folder


@pytest.fixture(scope="module")
def stack(
    product: Path, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Farm, httpx.Client]]:
    """Its worker, API and one crawler of the type, with a client that is signed in."""
    folder = tmp_path_factory.mktemp("farm")
    port = free_port()
    with ExitStack() as stack:
        farm = stack.enter_context(
            running_farm(
                folder,
                mongodb_uri=mongodb_uri,
                redis_url=stack.enter_context(running_redis()),
                sandbox_url=stack.enter_context(running_sandbox(folder)),
                JWT_SECRET=SECRET,
            )
        )
        farm.environ["PYTHONPATH"] = str(product)
        api = ["granian", "--interface", "asgi", "--port", str(port), "control_api.asgi:app"]
        start(farm, "api", *api)
        start(farm, "worker", "control_api.worker")
        start(farm, "crawler", "scrapy", "crawl", "amazon_title")
        base = f"http://127.0.0.1:{port}"
        client = stack.enter_context(httpx.Client(base_url=base, timeout=30, trust_env=False))
        farm.wait_for(lambda: is_healthy(client), seconds=120, what="the API")
        register(client, "tester@example.com")
        yield farm, client


def start(farm: Farm, name: str, *module: str) -> None:
    # In its folder: whatever is beside a program is imported first.
    folder = farm.environ["PYTHONPATH"]
    farm.start_program(name, ["env", f"--chdir={folder}", sys.executable, "-m", *module])


def test_a_new_type_is_crawled_charged_and_exported(stack: tuple[Farm, httpx.Client]) -> None:
    farm, client = stack
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    config = {"marketplace": "sandbox", "maxLetters": 9, "maxPages": 2}
    body = {"type": "titles", "targets": ASINS, "config": config}
    answer = client.post(f"/projects/{project}/jobs", json=body)
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()["data"]
    assert job["creditsReserved"] == 3 * len(ASINS)
    (warning,) = answer.json()["warnings"]
    assert warning["message"].endswith("no effect on a titles job: it is a setting of searches")

    ended = farm.wait_for_end(job["id"])
    assert (ended.counts.success, ended.counts.failed, ended.result_count) == (2, 1, 2)
    text = client.get(f"/jobs/{job['id']}/export", params={"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.startswith("title,letters,asin,target\r\n")
    assert {row["asin"] for row in rows} == set(ASINS[:2])
    assert all(row["title"] and row["letters"] == "9" for row in rows)
    retried = client.post(f"/jobs/{job['id']}/retry", json={"only": "failed"}).json()["data"]
    assert (retried["type"], retried["counts"]["total"]) == ("titles", 1)


def test_requests_for_a_new_type_are_checked_by_it(stack: tuple[Farm, httpx.Client]) -> None:
    _, client = stack
    project = client.post("/projects", json={"name": "refused"}).json()["data"]["id"]
    path = f"/projects/{project}/jobs"
    no_title = client.post(path, json={"type": "titles", "targets": ["no product"]})
    assert no_title.status_code == 400
    assert no_title.json()["error"]["message"] == "1 targets have no title"
    too_short = {"type": "titles", "targets": ASINS, "config": {"maxLetters": 0}}
    assert "maxLetters" in client.post(path, json=too_short).json()["error"]["message"]
    slot = {"type": "titles", "targets": ASINS, "config": {"maxLetters": 5}}
    schedule = client.post(
        f"/projects/{project}/schedules", json={"cron": "0 6 * * *", "crawlConfig": slot}
    )
    assert schedule.status_code == 201, schedule.text
    assert schedule.json()["data"]["crawlConfig"]["type"] == "titles"


def test_a_new_type_is_described(stack: tuple[Farm, httpx.Client]) -> None:
    _, client = stack
    document = client.get("/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    kinds = schemas["CreateJobBody"]["properties"]["type"]
    assert kinds["enum"] == sorted([*REQUEST_FORMS, "titles"])
    assert "`titles` reads titles" in kinds["description"]
    letters = schemas["JobConfig"]["properties"]["maxLetters"]
    assert letters["description"] == "How long a title counts at most. Titles only."
    row = schemas["TitleRow"]["properties"]
    assert row["title"]["description"] == "The title, as shown."


def test_a_new_types_pool_is_kept_and_its_saved_pages_are_read(
    product: Path, tmp_path: Path
) -> None:
    def ask(*arguments: str, **variables: str) -> str:
        environ = {**os.environ, "PYTHONPATH": str(product), **variables}
        command = [sys.executable, "-P", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    script = (
        "from control_api.services.operator.pools import wanted_crawlers;"
        "from settings.config import current_config; import json;"
        "print(json.dumps(wanted_crawlers(current_config())))"
    )
    wanted = json.loads(ask("-c", script, TITLE_CRAWLERS="3", SITE_CRAWLERS="0"))
    others = dict.fromkeys(POOL_SPIDERS, 1)
    assert wanted == {**others, "site": 0, "amazon_title": 3}

    page = PROJECT_ROOT / "tests/spiders/pages/fixtures/product_everything/input.html"
    url = f"https://www.amazon.com/titles/{ASINS[0]}"
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = settings.direct\n")
    (line,) = ask("-m", "scrapy", "extract", str(page), "--url", url).splitlines()
    answer = json.loads(line)
    assert (answer["kind"], answer["pageStatus"]) == ("title", "ok")
    assert answer["items"][0]["title"]
