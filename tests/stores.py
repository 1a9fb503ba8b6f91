"""Real stores for the tests of everything that writes to them, and a small language to fill them.

`mongodb_uri` and `redis_url` come from tests/conftest.py. A folder that needs the fixtures below
imports them into its conftest.py.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis

from control_api.worker.seeds import seed_from_target
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.accounts.credits import Credits
from storage.accounts.organizations import Organizations
from storage.base.connections import (
    Document,
    MongoDatabase,
    connect_async_redis,
    connect_mongo,
    connect_redis,
    open_database,
)
from storage.base.indexes import INDEXES, create_indexes
from storage.base.records import (
    Counts,
    Failure,
    Job,
    Lease,
    NewJob,
    NewRow,
    NewTarget,
    Priority,
    Seed,
    StartedTarget,
    TargetEnd,
    TargetStatus,
)
from storage.base.transactions import Transactions
from storage.jobs.jobs import Jobs
from storage.jobs.outbox import Outbox
from storage.jobs.results import Results
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from storage.queue.leases import Leases
from storage.queue.seed_queue import SeedQueue

SPIDER = "amazon_detail"


@dataclass(frozen=True)
class Store:
    """Every repository on one database, and one Redis."""

    config: Config
    database: MongoDatabase
    redis: Redis

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.database)

    @property
    def targets(self) -> Targets:
        return Targets(self.database)

    @property
    def results(self) -> Results:
        return Results(self.database)

    @property
    def credits(self) -> Credits:
        return Credits(self.database)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database)

    @property
    def settlement(self) -> Settlement:
        return Settlement(self.database.client, self.database)

    @property
    def transactions(self) -> Transactions:
        return Transactions(self.database.client)

    @property
    def queue(self) -> SeedQueue:
        return SeedQueue(self.redis, POOL_SPIDERS)

    def add_organization(self, *, balance: int = 0) -> str:
        def work(session: Any) -> str:
            organization = Organizations(self.database).insert("tests", "free", session=session)
            if balance:
                self.credits.grant(organization.id, balance, reason="test", session=session)
            return organization.id

        return self.transactions.run(work)

    def add_job(
        self,
        targets: int | Sequence[NewTarget] = 1,
        *,
        organization_id: str = "an-organization",
        spider: str = SPIDER,
        priority: Priority = Priority.NORMAL,
        credits_per_target: int = 0,
        target_limit: int | None = None,
        request_id: str | None = None,
        monitor_id: str | None = None,
    ) -> Job:
        new = [new_target(i) for i in range(targets)] if isinstance(targets, int) else targets

        def work(session: Any) -> Job:
            job = self.jobs.insert(
                NewJob(
                    organization_id=organization_id,
                    project_id="a-project",
                    kind="details",
                    spider=spider,
                    config={},
                    targets=new,
                    priority=priority,
                    credits_per_target=credits_per_target,
                    credits_reserved=credits_per_target * max(len(new), target_limit or 0),
                    target_limit=target_limit,
                    request_id=request_id,
                    monitor_id=monitor_id,
                ),
                session,
            )
            self.targets.insert(job.id, new, session)
            reserved = self.credits.reserve(
                organization_id, job.credits_reserved, job_id=job.id, session=session
            )
            assert reserved, "the organization of this test has too few credits"
            return job

        return self.transactions.run(work)

    def job(self, job_id: str) -> Job:
        job = self.jobs.find(job_id)
        assert job is not None
        return job

    def seeds(self, job: Job) -> list[Seed]:
        return [
            seed_from_target(target, job.organization_id, job.request_id)
            for target in self.targets.values(job.id)
        ]

    def statuses(self, job_id: str) -> list[str]:
        return [target.status.value for target in self.targets.values(job_id)]

    def raw_job(self, job_id: str) -> Document:
        document = self.database["jobs"].find_one({"_id": job_id})
        assert document is not None
        return document


def recount(database: MongoDatabase, job_id: str) -> Counts:
    """The job's counts, computed anew from its targets."""
    stages = [
        {"$match": {"jobId": job_id}},
        {"$group": {"_id": "$status", "n": {"$sum": 1}}},
    ]
    by_status = {group["_id"]: group["n"] for group in database["targets"].aggregate(stages)}
    return Counts(
        total=sum(by_status.values()),
        **{status.value: by_status.get(status.value, 0) for status in TargetStatus},
    )


def count_events(database: MongoDatabase, job_id: str) -> int:
    """How many terminal events the job has."""
    return database["outbox"].count_documents({"jobId": job_id})


def rows_by_hand(database: MongoDatabase) -> list[Document]:
    """Stored rows of seeds that were pushed into Redis by hand: they belong to no job."""
    return [found["row"] for found in database["results"].find({"jobId": None}).sort("_id", -1)]


def new_target(index: int, *, marketplace: str = "US") -> NewTarget:
    asin = f"B{index:09d}"
    return NewTarget(asin, f"https://www.amazon.com/dp/{asin}", marketplace, {"asin": asin})


def started(job: Job, index: int, *, token: int = 1) -> StartedTarget:
    return StartedTarget(f"{job.id}:{index:06d}", job.id, token)


def success(job: Job, index: int, *, token: int = 1, rows: int = 1) -> TargetEnd:
    return TargetEnd(
        id=f"{job.id}:{index:06d}",
        job_id=job.id,
        token=token,
        rows=[NewRow(1, place, {"asin": f"B{place:09d}"}) for place in range(1, rows + 1)],
    )


def failure(job: Job, index: int, *, token: int = 1, code: str = "NOT_FOUND") -> TargetEnd:
    return TargetEnd(
        id=f"{job.id}:{index:06d}", job_id=job.id, token=token, failure=Failure(code, "words")
    )


class CrawlerSide:
    """A crawler's asynchronous clients, called as if they were blocking."""

    def __init__(self, config: Config, runner: asyncio.Runner) -> None:
        self._config = config
        self._runner = runner
        self._opened: list[Leases] = []

    def run(self, work: Any) -> Any:
        return self._runner.run(_awaited(work))

    def leases(self, owner: str, *, spider: str = SPIDER, seconds: float = 60.0) -> Leases:
        leases = Leases(
            connect_async_redis(self._config), spider=spider, owner=owner, lease_seconds=seconds
        )
        self._opened.append(leases)
        return leases

    def take(
        self, leases: Leases, count: int, *, suspects: int = 100, alone: int = 1
    ) -> list[Lease]:
        found: list[Lease] = self.run(leases.take(count, suspects=suspects, alone=alone))
        return found

    def close(self) -> None:
        for leases in self._opened:
            self.run(leases.close())


async def _awaited(work: Any) -> Any:
    return await work


@pytest.fixture(scope="session")
def store_config(mongodb_uri: str, redis_url: str) -> Config:
    return Config(
        mongodb_uri=mongodb_uri,
        mongodb_database=f"azscraper_test_{secrets.token_hex(6)}",
        redis_url=redis_url,
    )


@pytest.fixture(scope="session")
def indexed_database(store_config: Config) -> Iterator[MongoDatabase]:
    """Made once: creating the indexes for each test would take most of the tests' time."""
    with connect_mongo(store_config) as client:
        database = open_database(client, store_config)
        create_indexes(database)
        yield database
        end_transactions_of_the_killed(database)
        client.drop_database(store_config.mongodb_database)


def end_transactions_of_the_killed(database: MongoDatabase) -> None:
    """What a killed process of the last test has locked would hold the next one up for ten seconds."""
    # Not on a server that others use as well.
    if not os.environ.get("MONGODB_URI"):
        database.client.admin.command("killAllSessions", [])


@pytest.fixture
def database(indexed_database: MongoDatabase) -> MongoDatabase:
    end_transactions_of_the_killed(indexed_database)
    for name in INDEXES:
        indexed_database[name].delete_many({})
    return indexed_database


@pytest.fixture
def redis(store_config: Config, redis_client: Redis) -> Iterator[Redis]:
    """The product's own client, on a Redis that is empty."""
    with connect_redis(store_config) as client:
        yield client


@pytest.fixture
def store(store_config: Config, database: MongoDatabase, redis: Redis) -> Store:
    return Store(store_config, database, redis)


@pytest.fixture
def crawler_side(store_config: Config, redis: Redis) -> Iterator[CrawlerSide]:
    with asyncio.Runner() as runner:
        side = CrawlerSide(store_config, runner)
        yield side
        side.close()
