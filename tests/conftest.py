"""MongoDB and Redis for every test that asks for them: one server a session, clean per test."""

import fcntl
import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis

from deploy.embedded.errors import StackError
from spiders.pages.guard import FieldGuard
from tests.services import require_browser, running_mongod, running_redis, service_is_missing

# How long an example takes is the machine's as well as ours; limits of ours count processor time.
settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")


def pytest_configure() -> None:
    """Another seed each run, the same one in all its workers, which inherit the environment."""
    os.environ.setdefault("MANGLING_SEED", secrets.token_hex(4))


def pytest_report_header() -> str:
    return f"MANGLING_SEED={os.environ['MANGLING_SEED']}"


@pytest.fixture(autouse=True)
def _a_field_that_fails_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that raises fails its test; in a crawl it costs that field alone."""
    monkeypatch.setattr(FieldGuard, "raises", True)


@pytest.fixture(autouse=True)
def _turn(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Tests run two at a time (`make test`); one that is marked `alone` has the machine to itself."""
    is_alone = request.node.get_closest_marker("alone") is not None
    # The folder above is that of all workers of the run.
    with (tmp_path_factory.getbasetemp().parent / "turns.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        yield


@pytest.fixture
def frozen_heap() -> Iterator[None]:
    """For tests that count the processor time of this process: its garbage collector would go through
    all that pytest and other tests have made, which is no time of what is measured. Crawlers freeze
    theirs (spiders/frontier)."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """URI of a replica set, without a database name."""
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(running_mongod())
        except StackError as error:
            service_is_missing(f"MongoDB: {error}")
        yield uri


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_redis())
        except StackError as error:
            service_is_missing(f"Redis: {error}")
        yield url


@pytest.fixture(scope="session")
def browser() -> None:
    """For tests that show pages: `@pytest.mark.usefixtures("browser")`."""
    require_browser()


@pytest.fixture(scope="session")
def mongo_client(mongodb_uri: str) -> Iterator[MongoClient]:
    with MongoClient(mongodb_uri, tz_aware=True, serverSelectionTimeoutMS=10_000) as client:
        yield client


@pytest.fixture
def mongo_database(mongo_client: MongoClient) -> Iterator[Database]:
    """A database nobody else uses; its client is `mongo_database.client`."""
    name = f"azscraper_test_{secrets.token_hex(6)}"
    yield mongo_client[name]
    mongo_client.drop_database(name)


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """An empty Redis database. It is flushed: never point REDIS_URL at one with data in it."""
    with Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client
        client.flushdb()
