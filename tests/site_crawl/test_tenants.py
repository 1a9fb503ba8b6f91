"""D2: no tenant's page, selector, header, redirect or download holds up another's work.

Real crawlers on real stores. A hostile job runs first and is still at work when another organization's
small job comes; that one ends within two seconds of its time on an idle crawler.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import pytest

from spiders.extensions.page_download import SLOW_SECONDS
from storage.base.records import NewJob, TargetStatus
from tests.crash.farm import ORGANIZATION, Farm
from tests.site_crawl.hostile import ADDRESSES, SLOW_SELECTOR
from tests.site_crawl.running import page_list_job
from tests.stores import recount

MAX_EXTRA_SECONDS = 2.0
MAX_STANDSTILL_SECONDS = 0.1
STOOD_STILL = re.compile(r"stood still for ([0-9.]+) s")
# How a job hurts: the path of its pages, what else it says, and how its targets end.
HOSTILE: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "selectors": ("/deep", {"selectors": {"all": SLOW_SELECTOR}}, "more than 0.5 s of processor"),
    "links": ("/links", {"followLinks": True, "maxPages": 3}, ""),
    "bomb": ("/bomb", {}, "larger than 8388608 bytes"),
    "nesting": ("/nested", {}, ""),
    "redirects": ("/loop", {}, "more than 5 redirects"),
    "drip": ("/drip", {}, ""),
    "silence": ("/silent", {}, ""),
    "dripping head": ("/dripping-head", {}, ""),
    "large head": ("/large-head", {}, ""),
    "large line": ("/large-line", {}, ""),
}

# `make test` tries the kinds of which each hurts in another place; `make chaos` tries all.
SHORT = {"selectors", "bomb"}
KINDS = [pytest.param(kind, marks=[] if kind in SHORT else [pytest.mark.chaos]) for kind in HOSTILE]


def job(site: str, path: str, *, count: int, organization: str, **params: Any) -> NewJob:
    """`count` pages of the site, each a target."""
    urls = [f"{site}{path}/{number}" for number in range(count)]
    return page_list_job(urls, organization=organization, respectRobots=False, **params)


def seconds_of_small_job(farm: Farm, site: str) -> float:
    started = time.monotonic()
    job_id = farm.submit_job(job(site, "/quick", count=5, organization="another"))
    ended = farm.wait_for_end(job_id, seconds=60)
    assert ended.counts.success == 5
    return time.monotonic() - started


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_small_job_of_another_is_done_in_its_time(
    make_tenants_farm: Any, hostile_site: str, kind: str
) -> None:
    farm = make_tenants_farm()
    path, params, reason = HOSTILE[kind]
    usual = max(seconds_of_small_job(farm, hostile_site) for _ in range(3))
    hostile = farm.submit_job(
        job(hostile_site, path, count=60, organization=ORGANIZATION, **params)
    )
    farm.wait_for(
        lambda: (
            recount(farm.database, hostile).running > 20
            or recount(farm.database, hostile).failed > 5
            or not farm.job(hostile).is_open
        ),
        what="the hostile job is at work",
    )
    times = []
    for _ in range(3):
        times.append(seconds_of_small_job(farm, hostile_site))
        time.sleep(0.3)
    assert max(times) < usual + MAX_EXTRA_SECONDS, (usual, times)
    assert longest_standstill(farm) < MAX_STANDSTILL_SECONDS
    assert farm.processes["crawler"].poll() is None
    failed = farm.targets.list_page(hostile, limit=100, status=TargetStatus.FAILED)
    messages = {target.failure.message for target in failed if target.failure}
    assert "LEASE_EXHAUSTED" not in {target.failure.code for target in failed if target.failure}
    if reason:
        farm.wait_for(
            lambda: farm.targets.list_page(hostile, limit=1, status=TargetStatus.FAILED),
            what="the first of them fails",
        )
        failed = farm.targets.list_page(hostile, limit=100, status=TargetStatus.FAILED)
        messages = {target.failure.message for target in failed if target.failure}
        assert all(reason in message for message in messages), messages


@pytest.mark.alone
@pytest.mark.slow
def test_small_job_does_not_wait_behind_a_thousand_targets_on_silent_hosts(
    make_tenants_farm: Any, hostile_site: str
) -> None:
    farm = make_tenants_farm()
    usual = max(seconds_of_small_job(farm, hostile_site) for _ in range(3))
    urls = [
        f"{hostile_site.replace('127.0.0.1', address)}/silent/{number}"
        for number in range(1_020 // len(ADDRESSES))
        for address in ADDRESSES
    ]
    silent = farm.submit_job(page_list_job(urls, respectRobots=False))
    farm.wait_for(lambda: farm.job(silent).counts.running, what="the first of them are leased")
    at_once = seconds_of_small_job(farm, hostile_site)
    farm.wait_for(lambda: holds_all_it_takes(farm), what="the crawler takes no more of them")
    later = max(seconds_of_small_job(farm, hostile_site) for _ in range(3))
    assert max(at_once, later) < usual + MAX_EXTRA_SECONDS, (usual, at_once, later)


def holds_all_it_takes(farm: Farm) -> bool:
    """Three times as long as a crawler waits for a page before it takes another target beside it."""
    before = farm.queue.depth("site").leased
    time.sleep(3 * SLOW_SECONDS)
    return farm.queue.depth("site").leased == before > 0


def longest_standstill(farm: Farm) -> float:
    found = STOOD_STILL.findall((farm.folder / "crawler.log").read_text())
    return max(map(float, found), default=0.0)
