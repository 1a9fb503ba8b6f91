"""What the two Scrapy settings modules promise, as a crawl process reads them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT = """
import json
from scrapy.utils.project import get_project_settings
print(json.dumps(get_project_settings().copy_to_dict(), default=str))
"""


def settings_of(project: str, **environ: str) -> dict[str, Any]:
    env = {"PATH": os.environ["PATH"], "SCRAPY_PROJECT": project, **environ}
    done = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=ROOT,
        env=env,
        capture_output=True,
        timeout=30,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def direct() -> dict[str, Any]:
    return settings_of("default")


@pytest.fixture(scope="module")
def pool() -> dict[str, Any]:
    return settings_of("azscraper", CRAWLER_CONCURRENCY="8")


def test_no_crawl_process_opens_a_listening_socket(
    direct: dict[str, Any], pool: dict[str, Any]
) -> None:
    for settings in (direct, pool):
        assert settings["TELNETCONSOLE_ENABLED"] is False
        assert settings["REMOTE_CONTROL_ENABLED"] is False


def test_direct_mode_asks_each_real_marketplace_once_a_second_at_most(
    direct: dict[str, Any],
) -> None:
    assert direct["DOWNLOAD_DELAY"] == 1.0
    assert direct["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert not direct.get("RANDOMIZE_DOWNLOAD_DELAY") or direct["DOWNLOAD_DELAY_JITTER"] == 0.0


def test_direct_mode_does_not_pace_servers_of_ours() -> None:
    settings = settings_of(
        "default", AMAZON_ORIGIN="http://127.0.0.1:1", SANDBOX_URL="http://127.0.0.1:2"
    )
    assert settings["DOWNLOAD_DELAY"] == 0.0
    assert settings["DOWNLOAD_SLOTS"]["sandbox.test"]["delay"] == 0.0


def test_the_pool_has_room_for_requests_that_wait(pool: dict[str, Any]) -> None:
    assert pool["CONCURRENT_REQUESTS_PER_DOMAIN"] == 8
    assert pool["LEASE_WINDOW"] == 16
    assert pool["CONCURRENT_REQUESTS"] == pool["MAX_LEASES"] > 10 * pool["LEASE_WINDOW"]


def test_only_the_pool_leases_and_writes(direct: dict[str, Any], pool: dict[str, Any]) -> None:
    assert "POOL_MODE" not in direct
    assert "pipelines.results.ResultsPipeline" not in direct["ITEM_PIPELINES"]
    assert "pipelines.results.ResultsPipeline" in pool["ITEM_PIPELINES"]
    assert "pipelines.validation.ValidationPipeline" in pool["ITEM_PIPELINES"]
    assert pool["POOL_MODE"] is True


def test_names_that_nobody_answers_for_leave_threads_for_others() -> None:
    program = (
        "import asyncio, os, uvloop, settings.scrapy_base\n"
        "async def look(): await asyncio.get_running_loop().getaddrinfo('localhost', 80)\n"
        "uvloop.run(look())\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 60
