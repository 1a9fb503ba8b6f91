"""The list of proxies as a crawler keeps it, on a real MongoDB and Redis that refuse it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from spiders.middlewares import proxy_pool
from spiders.middlewares.proxy_pool import ProxyPool, ProxyUse
from storage.accounts.proxies import Proxy
from storage.base.clock import utc_now
from tests.failing_mongod import failing
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

PROXY = Proxy(id="one", url="http://10.0.0.1:3128", created_at=utc_now())


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_pool, "REFRESH_SECONDS", 0.05)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.02)


def test_a_list_that_may_not_be_read_is_counted_and_read_when_it_may(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    defects: list[int] = []

    async def play() -> None:
        pool = ProxyPool(store.config, on_ban=print, on_defect=lambda: defects.append(1))
        with failing(store.database, "find", code=13, collection="proxies"):
            pool.open()
            await until(lambda: len(defects) >= 2)
            assert not pool.is_known
        await until(lambda: pool.is_known)
        await pool.close()

    asyncio.run(play())
    assert "Proxies stay as they were" in caplog.text
    assert "OperationFailure" in caplog.text


def test_a_list_that_cannot_be_read_now_is_no_defect(store: Store) -> None:
    defects: list[int] = []

    async def play() -> None:
        pool = ProxyPool(store.config, on_ban=print, on_defect=lambda: defects.append(1))
        with failing(store.database, "find", code=262, collection="proxies", times=2):
            pool.open()
            await until(lambda: pool.is_known)
        await pool.close()

    asyncio.run(play())
    assert defects == []


def test_an_outcome_that_redis_refuses_is_counted(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    defects: list[int] = []

    async def play() -> None:
        pool = ProxyPool(store.config, on_ban=print, on_defect=lambda: defects.append(1))
        pool._proxies = {PROXY.id: PROXY}
        # Another kind of key under the proxy's name: WRONGTYPE.
        store.redis.set("proxy:one", "a text")
        pool.record(ProxyUse(PROXY, "a.test"), "failure", failure="TIMEOUT")
        await until(lambda: bool(defects))
        await pool.close()

    asyncio.run(play())
    assert "An outcome of a proxy is lost" in caplog.text
