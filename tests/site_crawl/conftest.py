import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.embedded.children import start_child, stop_child
from tests.crash.farm import Farm, running_farm
from tests.services import running_redis
from tests.site_crawl.running import LOOPBACK, READY, running_site

MakeSite = Callable[..., str]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running_site(tmp_path, *options))


@pytest.fixture
def farm(tmp_path: Path, mongodb_uri: str) -> Iterator[Farm]:
    with (
        running_redis() as redis_url,
        running_farm(
            tmp_path,
            mongodb_uri=mongodb_uri,
            redis_url=redis_url,
            sandbox_url="",
            ALLOWED_NETWORKS=LOOPBACK,
        ) as farm,
    ):
        yield farm


@pytest.fixture
def make_tenants_farm(tmp_path: Path, mongodb_uri: str) -> Iterator[Callable[..., Farm]]:
    """A worker and one crawler, whose log tells when its event loop stood still."""
    with ExitStack() as stack:

        def make(**environ: str) -> Farm:
            given = {
                "ALLOWED_NETWORKS": LOOPBACK,
                "PAGE_CPU_SECONDS": "0.5",
                "PAGE_ATTEMPTS": "1",
                "LEASE_SECONDS": "5",
                **environ,
            }
            farm = stack.enter_context(
                running_farm(
                    tmp_path,
                    mongodb_uri=mongodb_uri,
                    redis_url=stack.enter_context(running_redis()),
                    sandbox_url="",
                    **given,
                )
            )
            farm.environ["SCRAPY_SETTINGS_MODULE"] = "tests.site_crawl.watched"
            farm.environ.pop("SCRAPY_PROJECT")
            farm.start_worker()
            farm.start_crawler("crawler", "site")
            farm.wait_for(lambda: farm.redis.hlen("crawlers") == 1, what="the crawler beats")
            return farm

        yield make


@pytest.fixture
def hostile_site(tmp_path: Path) -> Iterator[str]:
    log = tmp_path / "hostile.log"
    child = start_child([sys.executable, "-m", "tests.site_crawl.hostile"], log=log)
    try:
        deadline = time.monotonic() + 20
        while not (found := READY.search(log.read_bytes())):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield found[1].decode()
    finally:
        stop_child(child)
