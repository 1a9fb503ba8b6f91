"""A small crawl farm on loopback whose processes can be killed one by one."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from deploy.embedded.children import start_child, stop_child
from deploy.embedded.layout import PROJECT_ROOT
from settings.config import Config, load_config
from spiders.sites.marketplaces import locale_for
from spiders.sites.urls import product_url
from spiders.types.registry import POOL_SPIDERS
from storage.base.away import StorageAway
from storage.base.connections import connect_mongo, connect_redis, open_database
from storage.base.indexes import create_indexes
from storage.base.records import Job, NewJob, NewTarget, TargetStatus
from storage.base.transactions import in_transaction
from storage.jobs.jobs import Jobs
from storage.jobs.results import Results
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.seed_queue import SeedQueue
from tests.stores import recount

T = TypeVar("T")

ORGANIZATION = "an-organization"
SANDBOX_READY = re.compile(rb"listening on (http://\S+)")

FAST = {
    "HEARTBEAT_SECONDS": "0.5",
    "LEASE_SECONDS": "1.5",
    "RECONCILE_SECONDS": "0.5",
    "RETRY_DELAY_SECONDS": "0.1",
    "LOG_LEVEL": "INFO",
}


class Farm:
    """Processes by name; every one is stopped at the end, however the test ends."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.environ = {
            **os.environ,
            **FAST,
            **environ,
            "SCRAPY_PROJECT": "azscraper",
            "SCRAPY_SETTINGS_MODULE": "settings.pool",
            "PYTHONPATH": str(PROJECT_ROOT),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.config: Config = load_config(self.environ)
        self._mongo = connect_mongo(self.config)
        self.database = open_database(self._mongo, self.config)
        self.redis = connect_redis(self.config)
        self.jobs = Jobs(self.database)
        self.targets = Targets(self.database)
        self.results = Results(self.database)
        self.queue = SeedQueue(self.redis, POOL_SPIDERS)
        self.settlement = Settlement(self._mongo, self.database)

    def prepare(self) -> None:
        create_indexes(self.database)
        self.database["organizations"].insert_one(
            {"_id": ORGANIZATION, "creditBalance": 10_000, "creditReserved": 0}
        )

    def close(self) -> None:
        # The servers last: what runs on them ends cleanly first.
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
            stop_child(process, grace_seconds=15)
        self._mongo.close()
        self.redis.close()

    def start(self, name: str, *module: str) -> subprocess.Popen[bytes]:
        return self.start_program(name, [sys.executable, "-m", *module])

    def start_program(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        process = start_child(command, log=self.folder / f"{name}.log", env=self.environ)
        self.processes[name] = process
        return process

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def start_worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        return self.start(name, "control_api.worker")

    def start_crawler(self, name: str, spider: str = "amazon_detail") -> subprocess.Popen[bytes]:
        return self.start(name, "scrapy", "crawl", spider)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self.processes[name]
        process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            process.wait(30)

    def submit(self, asins: Sequence[str], *, price: int = 0) -> str:
        """A details job; returns its id."""
        locale = locale_for(lang="en-US", marketplace="sandbox")
        seed = {"lang": locale.lang, "language": locale.language}
        new = NewJob(
            organization_id=ORGANIZATION,
            project_id="a-project",
            kind="details",
            spider="amazon_detail",
            config={},
            credits_per_target=price,
            credits_reserved=0,
            targets=[
                NewTarget(
                    asin,
                    product_url(locale.marketplace, asin, language=locale.language),
                    "sandbox",
                    {**seed, "asin": asin},
                )
                for asin in asins
            ],
        )

        return self.submit_job(new)

    def submit_job(self, new: NewJob) -> str:
        def write(session: object) -> Job:
            job = self.jobs.insert(new, session)  # type: ignore[arg-type]
            self.targets.insert(job.id, new.targets, session)  # type: ignore[arg-type]
            return job

        job = in_transaction(self._mongo, write)
        self.queue.wake_feeder()
        return job.id

    def job(self, job_id: str) -> Job:
        job = self.jobs.find(job_id)
        assert job is not None
        return job

    def wait_for(self, condition: Callable[[], T], *, seconds: float = 60, what: str = "") -> T:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # A server that this farm has just killed is no reason to give up.
            with suppress(StorageAway):
                if found := condition():
                    return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.log_tails()}")

    def wait_for_end(self, job_id: str, *, seconds: float = 90) -> Job:
        def ended() -> Job | None:
            job = self.job(job_id)
            return None if job.is_open else job

        return self.wait_for(ended, seconds=seconds, what=f"{self.job(job_id)}")

    def failures(self, job_id: str) -> list[str]:
        """Why targets of the job failed."""
        failed = self.targets.list_page(job_id, limit=10, status=TargetStatus.FAILED)
        return [
            f"{one.value}: {one.failure.code} {one.failure.message}"
            for one in failed
            if one.failure
        ]

    def assert_books_are_right(self, job_id: str) -> None:
        """Lost 0, doubled 0, the counters add up, the rows are those of the successful targets."""
        job = self.job(job_id)
        counts = job.counts
        assert counts == recount(self.database, job_id)
        assert counts.total == (
            counts.pending + counts.running + counts.success + counts.failed + counts.cancelled
        )
        succeeded = self.targets.list_page(job_id, limit=counts.total, status=TargetStatus.SUCCESS)
        rows = Counter(row.data["requestedAsin"] for row in self.results.iterate(job_id))
        assert rows == Counter(target.value for target in succeeded)
        assert job.result_count == sum(rows.values())

    def log_tails(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs
        )


@contextmanager
def running_sandbox(folder: Path, *options: str) -> Iterator[str]:
    log = folder / "sandbox.log"
    child = start_child([sys.executable, "-m", "sandbox", "--port", "0", *options], log=log)
    try:
        deadline = time.monotonic() + 20
        while not (found := SANDBOX_READY.search(log.read_bytes())):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield found[1].decode()
    finally:
        stop_child(child)


@contextmanager
def running_farm(
    folder: Path,
    *,
    mongodb_uri: str,
    redis_url: str,
    sandbox_url: str,
    is_prepared: bool = True,
    **more: str,
) -> Iterator[Farm]:
    """`is_prepared` False: MongoDB is not there yet; call `prepare` when it is."""
    name = f"azscraper_crash_{secrets.token_hex(6)}"
    environ = {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": name,
        "REDIS_URL": redis_url,
        "SANDBOX_URL": sandbox_url,
        **more,
    }
    farm = Farm(folder, environ)
    try:
        if is_prepared:
            farm.prepare()
        yield farm
    finally:
        farm.close()
