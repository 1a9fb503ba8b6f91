"""Promises N1 and N2, looked up from outside: what listens, and where secrets could be read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.ports import free_port
from settings.config import Config
from storage.accounts.proxies import Proxies
from storage.base.records import JobStatus
from storage.events.webhooks import NewWebhook, Webhooks
from storage.queue.crawlers import CrawlerRegistry
from storage.runs.logs import RunLogs
from tests.nodes.conftest import Jobs
from tests.nodes.scrapyd_node import HEARTBEAT_SECONDS, PASSWORD, RealNode, wait_until

SECRETS = {
    "mongo password": "mongo-4dd8b1e5-secret",
    "redis password": "redis-77c2f9a0-secret",
    "node password": PASSWORD,
    "jwt secret": "jwt-0123456789-abcdefghijklmnop-secret",
    "operator token": "operator-token-0123456789-abcdef-secret",
    "proxy password": "proxy-a91c55de-secret",
    "webhook secret": "whsec_d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Rz",
    # Not a password of ours, but a user's: arguments may hold tokens.
    "argument": "argument-5f1d90ab-secret",
}
USER = "secret_keeper"


@dataclass(frozen=True)
class System:
    """A node with a pool crawler and a dedicated run, and the worker; each has all the secrets."""

    node: RealNode
    worker_log: Path
    jobs: Sequence[str]
    # Process ids of the pool crawler and of the run.
    crawlers: Sequence[int]


@pytest.fixture
def system(jobs: Jobs, tmp_path: Path) -> Iterator[System]:
    config = jobs.store.config
    with mongo_user(jobs) as mongodb_uri, redis_user(jobs) as redis_url:
        environ = {
            "MONGODB_URI": mongodb_uri,
            "REDIS_URL": redis_url,
            "JWT_SECRET": SECRETS["jwt secret"],
            "OPERATOR_TOKEN": SECRETS["operator token"],
            "LOG_LEVEL": "DEBUG",
        }
        add_webhook(jobs)
        add_proxy(jobs, f"http://someone:{SECRETS['proxy password']}@127.0.0.1:{free_port()}")
        quick = {"PAGE_ATTEMPTS": "1", "RETRY_DELAY_SECONDS": "0.1", "PROXY_BAN_SECONDS": "0.1"}
        node = RealNode(config, tmp_path / "node", port=free_port(), **environ, **quick)
        try:
            node.start()
            with running_worker(config, node, tmp_path / "worker.log", environ):
                yield started(jobs, node, tmp_path / "worker.log")
        finally:
            node.kill()


def started(jobs: Jobs, node: RealNode, worker_log: Path) -> System:
    """One run goes on, and one has failed for a proxy that does not answer."""
    counting = jobs.add("counting", count="100000", delay="0.1")
    arguments = {"keywords": SECRETS["argument"], "marketplace": "US"}
    failing = jobs.add("amazon_search", **arguments)
    telling = jobs.add("empty")
    jobs.wait_for_items(counting)
    jobs.wait_for_end(telling)
    (row,) = jobs.store.results.list_page(counting, limit=1)
    beats = CrawlerRegistry(jobs.store.redis)
    wait_until(beats.beats, "a pool crawler", seconds=40)
    assert jobs.wait_for_end(failing, seconds=60).status is JobStatus.FAILED
    deliveries = jobs.store.database["deliveries"]
    wait_until(
        lambda: deliveries.find_one({"attempts.0": {"$exists": True}}), "a webhook was tried"
    )
    pool = [beat.crawler.pid for beat in beats.beats()]
    assert len(pool) == 1
    return System(node, worker_log, [counting, failing, telling], [row.data["pid"], *pool])


@contextmanager
def mongo_user(jobs: Jobs) -> Iterator[str]:
    admin = jobs.store.database.client.admin
    password = SECRETS["mongo password"]
    admin.command("createUser", USER, pwd=password, roles=["root"])
    uri = jobs.store.config.mongodb_uri.replace("://", f"://{USER}:{password}@")
    yield f"{uri}{'&' if '?' in uri else '/?'}authSource=admin"
    admin.command("dropUser", USER)


@contextmanager
def redis_user(jobs: Jobs) -> Iterator[str]:
    password = SECRETS["redis password"]
    jobs.store.redis.acl_setuser(
        USER, enabled=True, passwords=[f"+{password}"], keys=["*"], channels=["*"],
        categories=["+@all"],
    )  # fmt: skip
    yield jobs.store.config.redis_url.replace("://", f"://{USER}:{password}@")
    jobs.store.redis.acl_deluser(USER)


def add_proxy(jobs: Jobs, url: str) -> None:
    database = jobs.store.database
    jobs.store.transactions.run(lambda session: Proxies(database).insert(url, session=session))


def add_webhook(jobs: Jobs) -> None:
    """Nobody answers there: what is told of that must not quote the secret."""
    webhook = NewWebhook(
        organization_id="an-organization",
        project_id="a-project",
        url=f"http://127.0.0.1:{free_port()}/hook",
        events=["job.failed"],
        enabled=True,
        secret=SECRETS["webhook secret"],
    )
    webhooks = Webhooks(jobs.store.database)
    jobs.store.transactions.run(lambda session: webhooks.insert(webhook, session))


@contextmanager
def running_worker(
    config: Config, node: RealNode, log: Path, environ: Mapping[str, str]
) -> Iterator[None]:
    nodes = node.config.url.replace("://", f"://azscraper:{PASSWORD}@")
    more = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT_ROOT),
        "MONGODB_DATABASE": config.mongodb_database,
        "SCRAPYD_NODES": nodes,
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
        "LEASE_SECONDS": str(3 * HEARTBEAT_SECONDS),
        "SEARCH_CRAWLERS": "1",
        "DETAIL_CRAWLERS": "0",
        "BESTSELLERS_CRAWLERS": "0",
        "SITE_CRAWLERS": "0",
    }
    command = [sys.executable, "-m", "control_api.worker"]
    child = start_child(command, log=log, env={**environ, **more})
    yield
    stop_child(child)


def test_no_crawl_process_listens_and_no_secret_is_in_sight(jobs: Jobs, system: System) -> None:
    assert_nothing_listens(system.crawlers)
    shown = {
        "process list": process_list(),
        "scrapyd's log": system.node.log,
        "worker's log": system.worker_log.read_text(),
        **pages_of(system.node),
        **files_of(system.node),
    }
    assert any(f"job_id={system.jobs[0]}" in line for line in shown["process list"].splitlines())
    # Whoever may read these has the job: they show its arguments, and no other secret.
    run_logs = {f"log of {job_id}": log_of(jobs, job_id) for job_id in system.jobs}
    assert all(run_logs.values())
    assert f"://{USER}:***@" in run_logs[f"log of {system.jobs[2]}"], (
        "the spider told its environment"
    )
    found = [
        (place, name)
        for place, text in {**shown, **run_logs}.items()
        for name, secret in SECRETS.items()
        if secret in text and not (name == "argument" and place in run_logs)
    ]
    assert found == []


def assert_nothing_listens(crawlers: Sequence[int]) -> None:
    here = socket.create_server(("127.0.0.1", 0))
    try:
        assert listening([os.getpid()]), "a listening socket is not seen"
    finally:
        here.close()
    for pid in crawlers:
        assert listening([pid, *descendants(pid)]) == []


def listening(pids: Sequence[int]) -> list[str]:
    """Addresses on which these processes listen: TCP sockets in state LISTEN (0A), by inode."""
    found = []
    for pid in pids:
        links = [
            str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()
        ]
        inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
        for table in ("tcp", "tcp6"):
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
            entries = [line.split() for line in lines]
            found += [f"{pid} {e[1]}" for e in entries if e[3] == "0A" and e[9] in inodes]
    return found


def descendants(pid: int) -> list[int]:
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [
        (int(child), int(parent)) for child, parent in map(str.split, shown.stdout.splitlines())
    ]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


def process_list() -> str:
    """As anyone on the machine sees it; not what `environ` shows to the owner."""
    command = ["ps", "-ww", "-eo", "args"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pages_of(node: RealNode) -> dict[str, str]:
    """All that scrapyd serves to those who have its password."""
    pages = [
        "", "jobs", "logs", "logs/azscraper", "items", "daemonstatus.json", "listprojects.json",
        "listversions.json?project=azscraper", "listspiders.json?project=azscraper",
        "listjobs.json", "listjobs.json?project=azscraper",
    ]  # fmt: skip
    with httpx.Client(base_url=node.config.url, trust_env=False, timeout=30) as client:
        assert client.get("daemonstatus.json").status_code == 401
        client.auth = (node.config.username, node.config.password)
        answers = {page: client.get(page, follow_redirects=True) for page in pages}
    assert answers["jobs"].status_code == 200
    assert "counting" in answers["listjobs.json"].text
    return {f"scrapyd's /{page}": answer.text for page, answer in answers.items()}


def files_of(node: RealNode) -> dict[str, str]:
    """Everything that scrapyd keeps: logs of crawlers, queues, databases."""
    files = [path for path in node.folder.rglob("*") if path.is_file()]
    assert files
    return {str(path): path.read_bytes().decode(errors="replace") for path in files}


def log_of(jobs: Jobs, job_id: str) -> str:
    page = RunLogs(jobs.store.database).read(job_id, offset=0, limit=5_000)
    return "\n".join(page.lines)
