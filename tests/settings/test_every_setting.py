"""Every variable that is read has a line in a table that shows what it does."""

from __future__ import annotations

import inspect
import re

import pytest

from settings.config import load_config
from tests.control_api import test_every_setting as of_the_api
from tests.control_api.worker import test_every_setting as of_the_worker
from tests.site_crawl import test_every_setting as of_a_crawl

TABLES = (of_the_api.TABLE, of_the_worker.TABLE, of_a_crawl.TABLE)
# Read by crawlers and nodes alone; their lines are still to be written. Nothing may be added here.
NOT_YET = {
    "AMAZON_ORIGIN", "BROWSER_PATH", "COMMIT_INTERVAL_SECONDS", "COOKIES", "CRAWLER_CONCURRENCY",
    "HEARTBEAT_SECONDS", "LEASE_SECONDS",
    "MIN_BYTES_PER_SECOND", "NODE_NAME", "OBEY_ROBOTS",
    "PAGE_CPU_SECONDS", "PAGE_MEMORY_MB", "PAGE_READERS", "PROXY_BAN_SECONDS",
    "SANDBOX_URL", "SITE_REQUESTS_PER_HOST",
    "STOP_GRACE_SECONDS", "VERIFY_CERTIFICATES", "VERSION_LABEL", "VISITORS",
    "VISITOR_EXITS", "VISITOR_MAX_AGE_SECONDS", "VISITOR_MAX_PAGES",
}  # fmt: skip


def test_every_name_that_is_read_has_a_line() -> None:
    read = set(re.findall(r'read\(\s*"([A-Z0-9_]+)"', inspect.getsource(load_config)))
    told = {name for table in TABLES for name in table}
    assert told | NOT_YET == read
    assert not told & NOT_YET


@pytest.mark.parametrize("table", TABLES, ids=["api", "worker", "crawl"])
def test_a_line_tells_of_a_difference(table: dict) -> None:
    for name, line in table.items():
        first, second = line.seen.values()
        assert first != second, name
