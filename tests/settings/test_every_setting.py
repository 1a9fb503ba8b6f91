"""Every variable that is read has a line in a table that shows what it does."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from settings.config import load_config
from spiders.types.registry import TYPE_OF_SPIDER
from tests.control_api.every import test_every_setting as of_the_api
from tests.control_api.worker import test_every_setting as of_the_worker
from tests.nodes import test_every_setting as of_a_node
from tests.proxies import test_every_setting as of_proxies
from tests.site_crawl import test_every_setting as of_a_crawl
from tests.spiders.amazon import test_every_setting as of_amazon
from tests.spiders.frontier import test_every_setting as of_the_pool
from tests.spiders.saved import test_every_setting as of_saved_pages
from tests.spiders.site import test_every_setting as of_readers

TABLES: dict[str, dict[str, Any]] = {
    "api": of_the_api.TABLE,
    "worker": of_the_worker.TABLE,
    "node": of_a_node.TABLE,
    "proxies": of_proxies.TABLE,
    "crawl": of_a_crawl.TABLE,
    "amazon": of_amazon.TABLE,
    "pool": of_the_pool.TABLE,
    "readers": of_readers.TABLE,
    "saved pages": of_saved_pages.TABLE,
}


def test_every_name_that_is_read_has_a_line() -> None:
    read = set(re.findall(r'read\(\s*"([A-Z0-9_]+)"', inspect.getsource(load_config)))
    read |= {one.crawlers_variable for one in TYPE_OF_SPIDER.values()}
    assert {name for table in TABLES.values() for name in table} == read


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_line_tells_of_a_difference(table: dict[str, Any]) -> None:
    for name, line in table.items():
        first, second = line.seen.values()
        assert first != second, name
