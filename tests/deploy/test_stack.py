"""The whole stack, once: up, the demo over it, down."""

import csv
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from redis import Redis

from deploy.embedded.errors import StackError
from deploy.embedded.marked import marked_processes
from deploy.embedded.servers.mongod import mongod_binary
from deploy.embedded.servers.redis_server import redis_binary
from tests.services import service_is_missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def stack(command: str, data: Path) -> subprocess.CompletedProcess[str]:
    # The stack starts servers of its own, whatever the tests around it use.
    replaced = ("MONGODB_URI", "REDIS_URL", "SCRAPYD_NODES")
    return subprocess.run(
        [sys.executable, "-m", "deploy.embedded", "--data", str(data), command],
        env={name: value for name, value in os.environ.items() if name not in replaced},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    try:
        mongod_binary()
        redis_binary()
    except StackError as error:
        service_is_missing(str(error))
    folder = tmp_path_factory.mktemp("stack")
    done = stack("up", folder)
    assert done.returncode == 0, done.stderr
    yield folder
    stack("down", folder)


@pytest.fixture
def described(data: Path) -> dict[str, Any]:
    return json.loads((data / "stack.json").read_text())


@pytest.fixture
def user(described: dict[str, Any]) -> Iterator[httpx.Client]:
    """A client logged in as the first user."""
    with httpx.Client(base_url=described["apiUrl"], timeout=30, trust_env=False) as client:
        credentials = {name: described[name] for name in ("email", "password")}
        answer = client.post("/auth/login", json=credentials)
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['data']['accessToken']}"
        yield client


def test_stack_json_leads_to_every_server(data: Path, described: dict[str, Any]) -> None:
    assert list(described) == [
        *("apiUrl", "email", "password", "mongodbUri", "redisUrl", "scrapydNodes", "sandboxUrl")
    ]
    assert stat.S_IMODE((data / "stack.json").stat().st_mode) == 0o600
    with MongoClient(described["mongodbUri"]) as mongo:
        assert mongo.admin.command("hello")["isWritablePrimary"]
    with Redis.from_url(described["redisUrl"]) as redis:
        assert redis.ping()
        assert redis.config_get("appendonly") == {"appendonly": "yes"}
    [node] = described["scrapydNodes"]
    projects = httpx.get(f"{node}/listprojects.json", trust_env=False).json()["projects"]
    assert "azscraper" in projects
    assert httpx.get(f"{described['sandboxUrl']}/robots.txt", trust_env=False).is_success


def test_the_stack_prints_a_link_that_signs_in_once(data: Path, described: dict[str, Any]) -> None:
    found = re.search(r"Console +(\S+)#t=(\S+)", stack("status", data).stdout)
    assert found
    page, token = found.groups()
    assert page == f"{described['apiUrl']}/console/enter"
    headers = {"Sec-Fetch-Site": "same-origin"}
    for status in (303, 401):
        answer = httpx.post(page, data={"token": token}, headers=headers, trust_env=False)
        assert answer.status_code == status


def test_the_node_takes_no_code_and_nobody_without_a_password(described: dict[str, Any]) -> None:
    [node] = described["scrapydNodes"]
    added = httpx.post(f"{node}/addversion.json", data={"project": "p"}, trust_env=False)
    assert added.status_code == 404
    bare = f"http://{node.rpartition('@')[2]}"
    assert httpx.get(f"{bare}/daemonstatus.json", trust_env=False).status_code == 401


def open_files(pid: int) -> list[str]:
    try:
        return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    except FileNotFoundError:
        # The process, or a file of it, has gone meanwhile: look again.
        return open_files(pid) if Path(f"/proc/{pid}").exists() else []


def test_every_server_listens_on_loopback_only(data: Path) -> None:
    links = {link for process in marked_processes(str(data)) for link in open_files(process.pid)}
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    listening = [
        (fields[1].partition(":")[0], fields[9])
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A" and fields[9] in inodes
    ]
    assert len(listening) >= 5
    # 127.0.0.1, as the kernel writes it.
    assert {address for address, _ in listening} == {"0100007F"}


def test_the_first_user_has_the_unlimited_plan(user: httpx.Client) -> None:
    project = user.post("/projects", json={"name": "Plan"}).json()["data"]["id"]
    targets = [f"B0{number:08d}" for number in range(150)]
    body = {"type": "details", "targets": targets, "config": {"marketplace": "sandbox"}}
    answer = user.post(f"/projects/{project}/jobs", json=body)
    # More targets than the free plan has in a month.
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["creditsReserved"] == 0
    user.post(f"/jobs/{answer.json()['data']['id']}/cancel")


def test_up_of_a_stack_that_is_up_changes_nothing(data: Path) -> None:
    before = {process.pid for process in marked_processes(str(data))}
    done = stack("up", data)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "The stack is already up.")
    after = {process.pid for process in marked_processes(str(data))}
    assert before <= after


def test_the_demo_crawls_shows_changes_and_exports_and_leaves_the_stack_up(
    data: Path, described: dict[str, Any]
) -> None:
    done = stack("demo", data)
    assert done.returncode == 0, done.stderr
    assert "search job: completed: 2/2 targets" in done.stdout
    assert "details job: completed: 20/20 targets, 20 rows" in done.stdout
    first, _, later = done.stdout.partition("first round: completed: 20/20 targets")
    assert first and "round 12 hours later: completed: 20/20 targets" in later
    assert re.search(r"\d+ prices moved, the first 3:", later)
    moves = re.findall(r" price +(\d+\.\d\d) USD +(\d+\.\d\d) USD +-?\d+\.\d+", later)
    assert len(moves) == 3 and all(before != after for before, after in moves)
    clock = httpx.get(f"{described['sandboxUrl']}/__clock", trust_env=False).json()
    assert clock == {"aheadHours": 0.0}, "the store's time is as it was"
    rows = json.loads((data / "demo" / "search.json").read_text())
    assert {row["keyword"] for row in rows} == {"wireless earbuds", "usb hub"}
    assert {row["page"] for row in rows} == {1, 2}
    products = json.loads((data / "demo" / "details.json").read_text())
    found = {row["asin"] for row in rows}
    assert len({product["asin"] for product in products} & found) == 20
    with (data / "demo" / "details.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 20
    with (data / "demo" / "search.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(rows)
    assert stack("status", data).returncode == 0


def test_down_leaves_nothing_running_and_the_data_in_place(
    data: Path, described: dict[str, Any]
) -> None:
    done = stack("down", data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Stopped ")
    assert marked_processes(str(data)) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(described["apiUrl"], trust_env=False)
    assert (data / "stack.json").exists()
