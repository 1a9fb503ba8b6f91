"""Pool crawlers behind the operator's proxies: traffic moves away from what fails, and comes back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from spiders.sites.page_urls import page_key
from storage.accounts.proxies import Proxies
from storage.base.records import Job, NewTarget
from storage.queue.proxy_states import ProxyState, ProxyStates
from storage.queue.seed_keys import proxy_key
from tests.proxies.forward_proxy import ENCODED, PASSWORD, ForwardProxy, running_proxy, self_signed
from tests.spiders import little_store as pages
from tests.spiders.crawling import pool_crawler, wait_until
from tests.spiders.little_store import LittleStore, running_store
from tests.stores import SPIDER, Store

LOOPBACK = "127.0.0.0/8"
PARAMS = {"selectors": {"title": "h1::text"}, "maxPages": 1, "depth": 0, "respectRobots": False}
# The proxies of these tests read what passes by, with a certificate of their own.
QUICK = {
    "VERIFY_CERTIFICATES": "false",
    "ALLOWED_NETWORKS": LOOPBACK,
    "RETRY_DELAY_SECONDS": "0.05",
    "REQUEST_TIMEOUT_SECONDS": "5",
    "PROXY_BAN_SECONDS": "3",
    "MARKETPLACE_REQUESTS_PER_MINUTE": "60000",
}


@pytest.fixture
def shop() -> Iterator[LittleStore]:
    def titled(visit: pages.Visit) -> None:
        visit.send(body=b"<html><h1>a page</h1></html>")

    with running_store({"/page": titled}) as shop:
        yield shop


@pytest.fixture
def start_proxy() -> Iterator[Callable[..., ForwardProxy]]:
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(running_proxy(**options))


@pytest.fixture
def add_proxy(store: Store) -> Callable[[str], str]:
    def add(url: str) -> str:
        return store.transactions.run(
            lambda session: Proxies(store.database).insert(url, session=session)
        ).id

    return add


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def add_pages(store: Store, shop: LittleStore, numbers: Sequence[int], **params: Any) -> Job:
    urls = [f"{shop.url}/page{number}" for number in numbers]
    targets = [NewTarget(url, url, "site", {**PARAMS, **params}, key=page_key(url)) for url in urls]
    job = store.add_job(targets, spider="site")
    store.queue.push("site", store.seeds(job))
    return job


def add_products(store: Store, count: int) -> Job:
    job = store.add_job(count)
    store.queue.push(SPIDER, store.seeds(job))
    return job


def state_of(store: Store, proxy_id: str) -> ProxyState:
    return ProxyStates(store.redis).states([proxy_id])[proxy_id]


def wait_for_end(store: Store, job: Job, log: Path) -> None:
    wait_until(
        lambda: not store.job(job.id).is_open,
        lambda: f"{store.statuses(job.id)} {log.read_text()[-3000:]}",
    )


def product_site(path: str) -> tuple[int, bytes]:
    return 200, pages.product_html(path.rpartition("/")[2].partition("?")[0])


def busy_site(path: str) -> tuple[int, bytes]:
    return 503, b"<html>busy</html>"


def everything_said(store: Store, log: Path) -> str:
    """What an observer can read: the log, the jobs and targets, all of Redis."""
    said = [log.read_text()]
    for name in ("jobs", "targets", "results", "run_logs"):
        said += [str(found) for found in store.database[name].find()]
    for key in store.redis.scan_iter("*"):
        kind = store.redis.type(key)
        said.append(str(store.redis.hgetall(key)) if kind == "hash" else key)
    return "\n".join(said)


def command_lines() -> str:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found.append((folder / "cmdline").read_bytes().decode("latin-1"))
            except OSError:
                continue
    return "\n".join(found)


def test_traffic_moves_away_from_a_dead_proxy_and_returns_after_its_trial(
    store: Store,
    shop: LittleStore,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    first, second = start_proxy(), start_proxy()
    dead = ForwardProxy(port=closed_port())
    ids = [add_proxy(proxy.url) for proxy in (first, second, dead)]
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK):
        job = add_pages(store, shop, range(60))
        wait_for_end(store, job, log)
        assert store.job(job.id).counts.success == 60
        wait_until(lambda: state_of(store, ids[2]).is_banned, lambda: log.read_text()[-2000:])
        # Each page came by a proxy, none directly, and by both in turn.
        assert len(first.requests) + len(second.requests) == sum(shop.visits.values())
        assert min(len(first.requests), len(second.requests)) >= 15
        assert PASSWORD not in command_lines() and ENCODED not in command_lines()

        with running_proxy(dead):
            # After its cool-down one request at most tries it, and brings it back.
            numbers = iter(range(100, 10_000))
            deadline = time.monotonic() + 20
            while state_of(store, ids[2]).is_banned:
                assert time.monotonic() < deadline, log.read_text()[-3000:]
                wait_for_end(store, add_pages(store, shop, [next(numbers)]), log)
            assert len(dead.requests) == 1
            wait_for_end(store, add_pages(store, shop, range(20_000, 20_030)), log)
            assert len(dead.requests) > 5
    states = [state_of(store, proxy_id) for proxy_id in ids]
    for proxy, state in zip((first, second, dead), states, strict=True):
        assert state.successes == len(proxy.requests)
    assert states[0].failures == states[1].failures == 0
    assert states[2].failures >= 5
    assert states[2].last_failure == "NETWORK_ERROR"
    said = everything_said(store, log)
    assert "s3cret" not in said and "operator" not in said
    assert f"***@127.0.0.1:{dead.port} is banned" in log.read_text()


def test_with_all_proxies_banned_requests_wait_and_none_goes_directly(
    store: Store, shop: LittleStore, add_proxy: Callable[[str], str], tmp_path: Path
) -> None:
    dead = ForwardProxy(port=closed_port())
    proxy_id = add_proxy(dead.url)
    log = tmp_path / "crawler.log"
    variables = {**QUICK, "PAGE_ATTEMPTS": "20"}
    with pool_crawler(store.config, "site", log=log, **variables):
        job = add_pages(store, shop, range(5))
        wait_until(lambda: state_of(store, proxy_id).is_banned, lambda: log.read_text()[-2000:])
        time.sleep(1.5)
        assert not shop.visits
        assert store.job(job.id).counts.failed == 0
        with running_proxy(dead):
            wait_for_end(store, job, log)
    assert store.job(job.id).counts.success == 5
    assert len(dead.requests) == sum(shop.visits.values()) == 5


def test_a_crawler_that_closes_while_its_requests_wait_gives_the_targets_back(
    store: Store, shop: LittleStore, add_proxy: Callable[[str], str], tmp_path: Path
) -> None:
    proxy_id = add_proxy(ForwardProxy(port=closed_port()).url)
    until = round((time.time() + 600) * 1000)
    store.redis.hset(proxy_key(proxy_id), "bannedUntil", until)
    log = tmp_path / "crawler.log"
    # One try: whatever counted as a failure would end the target.
    with pool_crawler(store.config, "site", log=log, **QUICK, PAGE_ATTEMPTS="1") as child:
        job = add_pages(store, shop, range(5))
        wait_until(
            lambda: store.queue.depth("site").leased == 5 and "go by 1" in log.read_text(),
            lambda: log.read_text()[-2000:],
        )
        time.sleep(1)
    assert child.returncode == 0
    assert set(store.statuses(job.id)) <= {"pending", "running"}
    assert store.queue.depth("site").ready == 5
    assert not shop.visits


def test_proxies_that_are_added_and_removed_count_without_a_restart(
    store: Store,
    shop: LittleStore,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    proxy = start_proxy()
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK):
        wait_for_end(store, add_pages(store, shop, [1]), log)
        assert not proxy.requests
        proxy_id = add_proxy(proxy.url)
        wait_until(lambda: "go by 1 proxies" in log.read_text(), lambda: log.read_text()[-2000:])
        wait_for_end(store, add_pages(store, shop, [2]), log)
        assert len(proxy.requests) == 1
        store.transactions.run(
            lambda session: Proxies(store.database).remove(proxy_id, session=session)
        )
        wait_until(lambda: "go by 0 proxies" in log.read_text(), lambda: log.read_text()[-2000:])
        wait_for_end(store, add_pages(store, shop, [3]), log)
    assert len(proxy.requests) == 1
    assert sum(shop.visits.values()) == 3


def test_a_site_that_refuses_everybody_bans_no_proxy(
    store: Store,
    shop: LittleStore,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    """Else any user could take all proxies away by a page job for such a site."""
    shop.pages["/page"] = pages.status(500)
    proxy = start_proxy()
    proxy_id = add_proxy(proxy.url)
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, "site", log=log, **QUICK, PAGE_ATTEMPTS="2"):
        job = add_pages(store, shop, range(10))
        wait_for_end(store, job, log)
    state = state_of(store, proxy_id)
    assert state.failures == len(proxy.requests) == 20
    assert not state.is_banned


@pytest.mark.parametrize("by", ["proxy", "page"])
def test_addresses_are_checked_through_a_proxy(
    store: Store,
    shop: LittleStore,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
    by: str,
) -> None:
    """H3: the proxy's own address where the socket opens, the page's before the proxy is asked."""
    proxy = start_proxy()
    if by == "proxy":
        # Allowed is what the page's address needs, not what the proxy's does.
        proxy_id = add_proxy(proxy.url.replace("127.0.0.1", "127.0.0.2"))
        url = shop.url
    else:
        proxy_id = add_proxy(proxy.url)
        url = shop.url.replace("127.0.0.1", "127.0.0.2")
    target = NewTarget(url, f"{url}/page", "site", PARAMS, key=page_key(f"{url}/page"))
    job = store.add_job([target], spider="site")
    store.queue.push("site", store.seeds(job))
    log = tmp_path / "crawler.log"
    variables = {**QUICK, "ALLOWED_NETWORKS": "127.0.0.1/32", "PAGE_ATTEMPTS": "2"}
    with pool_crawler(store.config, "site", log=log, **variables):
        wait_for_end(store, job, log)
    error = store.targets.values(job.id)[0].failure
    assert error is not None
    if by == "proxy":
        assert (error.code, error.message) == (
            "NETWORK_ERROR",
            "the proxy leads to an address that is not public",
        )
        assert state_of(store, proxy_id).failures == 2
    else:
        assert error.code == "ADDRESS_REFUSED"
        assert state_of(store, proxy_id).failures == 0
    assert not proxy.requests and not shop.visits


def test_amazon_is_asked_by_proxies_and_a_blocked_exit_is_banned(
    store: Store,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    tls = self_signed(tmp_path)
    good = start_proxy(site=product_site, tls=tls)
    blocked = start_proxy(site=busy_site, tls=tls)
    ids = [add_proxy(proxy.url) for proxy in (good, blocked)]
    log = tmp_path / "crawler.log"
    variables = {**QUICK, "PROXY_BAN_SECONDS": "600"}
    with pool_crawler(store.config, SPIDER, log=log, **variables):
        job = add_products(store, 60)
        wait_for_end(store, job, log)
    assert store.job(job.id).counts.success == 60
    states = [state_of(store, proxy_id) for proxy_id in ids]
    assert not states[0].is_banned and states[1].is_banned
    assert (states[0].successes, states[0].failures) == (60, 0)
    assert (states[1].successes, states[1].failures) == (0, len(blocked.requests))
    assert states[1].last_failure == "BLOCKED_THROTTLED"
    assert not good.leaked and not blocked.leaked


def test_our_own_servers_are_asked_directly(
    store: Store,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    proxy = start_proxy()
    add_proxy(proxy.url)
    log = tmp_path / "crawler.log"
    asins = [f"B{number:09d}" for number in range(3)]
    answers: dict[str, Any] = {f"/dp/{asin}": pages.product(asin) for asin in asins}
    with (
        running_store(answers) as origin,
        pool_crawler(store.config, SPIDER, log=log, **QUICK, AMAZON_ORIGIN=origin.url),
    ):
        job = add_products(store, 3)
        wait_for_end(store, job, log)
    assert store.job(job.id).counts.success == 3
    assert not proxy.requests


def test_a_proxy_that_refuses_the_password_is_banned_and_its_refusal_quotes_nothing(
    store: Store,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    proxy = start_proxy(site=product_site, tls=self_signed(tmp_path))
    proxy_id = add_proxy(f"http://operator:wr0ngword@127.0.0.1:{proxy.port}")
    log = tmp_path / "crawler.log"
    with pool_crawler(store.config, SPIDER, log=log, **QUICK, PAGE_ATTEMPTS="1"):
        job = add_products(store, 5)
        wait_for_end(store, job, log)
    assert {t.failure.code for t in store.targets.values(job.id) if t.failure} == {"NETWORK_ERROR"}
    assert state_of(store, proxy_id).is_banned
    said = everything_said(store, log)
    assert "wr0ngword" not in said and "operator" not in said


@pytest.mark.usefixtures("browser")
def test_what_a_shown_pages_scripts_ask_for_goes_by_the_pages_proxy(
    store: Store,
    start_proxy: Callable[..., ForwardProxy],
    add_proxy: Callable[[str], str],
    tmp_path: Path,
) -> None:
    def page(visit: pages.Visit) -> None:
        visit.send(body=b"<html><script src='/moved.js'></script></html>")

    def script(visit: pages.Visit) -> None:
        body = b"document.write('<h1>by script</h1>')"
        visit.send(body=body, Content_Type="text/javascript")

    proxy = start_proxy()
    add_proxy(proxy.url)
    log = tmp_path / "crawler.log"
    answers = {"/page": page, "/moved.js": pages.redirect("/real.js"), "/real.js": script}
    with running_store(answers) as site:
        job = add_pages(store, site, [1], engine="playwright")
        with pool_crawler(store.config, "site", log=log, **QUICK):
            wait_for_end(store, job, log)
        assert [row.data["data"] for row in store.results.iterate(job.id)] == [
            {"title": "by script"}
        ], log.read_text()
        assert site.visits == {"/page1": 1, "/moved.js": 1, "/real.js": 1}
    assert len(proxy.requests) == 3
