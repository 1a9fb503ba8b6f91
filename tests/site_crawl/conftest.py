from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.farm import Farm, running_farm
from tests.services import running_redis
from tests.site_crawl.running import LOOPBACK, running_site

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
