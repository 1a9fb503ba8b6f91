"""Everything around the crawlers dies in turn: worker, scrapyd with its crawlers, Redis, MongoDB (W2)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.embedded.layout import PROJECT_ROOT
from deploy.embedded.ports import free_port
from deploy.embedded.servers.mongod import (
    mongod_binary,
    mongod_command,
    mongod_uri,
    wait_for_primary,
)
from deploy.embedded.servers.redis_server import (
    redis_binary,
    redis_config,
    redis_url,
    wait_for_redis,
)
from storage.base.records import JobStatus
from tests.crash.farm import Farm, running_farm, running_sandbox

SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "1").split(",")]
AWAY_SECONDS = 10.0

pytestmark = pytest.mark.timeout(300)


class FragileFarm:
    """A farm whose every server can be killed and started again."""

    def __init__(self, farm: Farm, *, mongod_port: int, redis_port: int, scrapyd_port: int) -> None:
        self.farm = farm
        self._mongod_port = mongod_port
        self._redis_port = redis_port
        self._scrapyd_port = scrapyd_port

    def start_mongod(self) -> None:
        data = self.farm.folder / "mongod"
        data.mkdir(exist_ok=True)
        self.farm.start_program(
            "mongod",
            mongod_command(mongod_binary(), port=self._mongod_port, data=data, cache_gb=0.25),
        )
        wait_for_primary(self._mongod_port)

    def start_redis(self) -> None:
        config = self.farm.folder / "redis.conf"
        text = redis_config(
            port=self._redis_port, data=self.farm.folder, password=None, is_durable=False
        )
        config.write_text(text)
        self.farm.start_program("redis", [str(redis_binary()), str(config)])
        wait_for_redis(redis_url(self._redis_port))

    def start_scrapyd(self) -> None:
        folder = self.farm.folder / "scrapyd"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        twistd = str(Path(sys.executable).with_name("twistd"))
        application = str(PROJECT_ROOT / "deploy" / "scrapyd" / "scrapyd_app.py")
        self.farm.start_program(
            "scrapyd",
            [twistd, "--nodaemon", "--pidfile=", "--rundir", str(folder), "--python", application],
        )

    def kill_worker(self) -> None:
        self.farm.kill("worker")
        self.farm.start_worker()

    def kill_scrapyd(self) -> None:
        """Its crawlers end with it; the fleet keeper starts others once it is back."""
        self.farm.kill("scrapyd")
        self.start_scrapyd()

    def kill_redis(self) -> None:
        """It comes back empty."""
        self.farm.kill("redis")
        self.start_redis()

    def kill_mongod(self) -> None:
        self.farm.kill("mongod")
        self.start_mongod()

    def pause_mongod(self) -> None:
        """Away for ten seconds."""
        self.farm.kill("mongod", signal.SIGSTOP)
        self.farm.sleep(AWAY_SECONDS)
        self.farm.kill("mongod", signal.SIGCONT)


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[FragileFarm]:
    mongod_port, redis_port, scrapyd_port = free_port(), free_port(), free_port()
    with ExitStack() as stack:
        sandbox_url = stack.enter_context(running_sandbox(tmp_path, "--delay=150", "--bulk=0"))
        farm = stack.enter_context(
            running_farm(
                tmp_path,
                mongodb_uri=mongod_uri(mongod_port),
                redis_url=redis_url(redis_port),
                sandbox_url=sandbox_url,
                SCRAPYD_NODES=f"http://azscraper:a-password@127.0.0.1:{scrapyd_port}",
                NODE_NAME=f"127.0.0.1:{scrapyd_port}",
                SCRAPYD_BIND_ADDRESS="127.0.0.1",
                SCRAPYD_HTTP_PORT=str(scrapyd_port),
                SCRAPYD_USERNAME="azscraper",
                SCRAPYD_PASSWORD="a-password",
                STACK_DATA=str(tmp_path),
                SEARCH_CRAWLERS="0",
                BESTSELLERS_CRAWLERS="0",
                SITE_CRAWLERS="0",
                is_prepared=False,
            )
        )
        fragile = FragileFarm(
            farm, mongod_port=mongod_port, redis_port=redis_port, scrapyd_port=scrapyd_port
        )
        fragile.start_mongod()
        fragile.start_redis()
        farm.prepare()
        fragile.start_scrapyd()
        farm.start_worker()
        yield fragile


@pytest.mark.chaos
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_dies_every_target_ends_once(
    fragile: FragileFarm, asins: list[str], seed: int
) -> None:
    farm = fragile.farm
    faults: list[Callable[[], None]] = [
        fragile.kill_worker,
        fragile.kill_scrapyd,
        fragile.kill_redis,
        fragile.kill_mongod,
        fragile.pause_mongod,
    ]
    random.Random(seed).shuffle(faults)
    job_id = farm.submit(asins)
    for number, fault in enumerate(faults, start=1):
        mark = len(asins) * number // (len(faults) + 2)
        farm.wait_for(
            lambda mark=mark: (
                farm.job(job_id).counts.success >= mark or not farm.job(job_id).is_open
            ),
            seconds=90,
            what=f"{mark} targets done, before {fault.__name__}",
        )
        fault()
    job = farm.wait_for_end(job_id, seconds=120)
    assert job.status is JobStatus.COMPLETED
    assert job.counts.success == len(asins)
    farm.assert_books_are_right(job_id)
