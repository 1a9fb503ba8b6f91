"""Every setting of crawls by proxies does something: a table with a line for each.

A line looks at the middleware that chooses proxies, made from an environment, on real stores.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from spiders.middlewares.proxy import EXIT, EXITS, PROXY_USE, ProxyMiddleware
from spiders.work.failures import FailureCode
from storage.accounts.proxies import Proxies
from storage.base.records import Failure
from storage.queue.proxy_states import FAILURES_TO_BAN, ProxyStates
from tests.settings.environment import environment
from tests.stores import Store

PROXIES = 5


@dataclass(frozen=True)
class Scene:
    proxies: ProxyMiddleware
    store: Store

    async def exit_of(self, request: Request) -> str:
        await self.proxies.choose_exit(request, None)
        chosen: str = request.meta[EXIT]
        return chosen


@dataclass(frozen=True)
class Line:
    """What `look` sees, by the variable's value."""

    look: Callable[[Scene], Awaitable[Any]]
    seen: dict[str, Any]


def request() -> Request:
    return Request("https://www.amazon.com/dp/B000000001", meta={EXITS: "a place"})


async def exits_of_a_place(scene: Scene) -> int:
    return len({await scene.exit_of(request()) for _ in range(2 * PROXIES)})


async def is_banned_for_long(scene: Scene) -> bool:
    page = request()
    banned = await scene.exit_of(page)
    for _ in range(FAILURES_TO_BAN):
        await scene.proxies.process_request(page)
        scene.proxies.page_failed(page, Failure(FailureCode.BLOCKED_CAPTCHA, "a captcha"))
        page.meta.pop(PROXY_USE)
    await asyncio.gather(*scene.proxies._pool._background)
    state = ProxyStates(scene.store.redis).states([banned])[banned]
    assert state.is_banned
    return state.ban_seconds_left > 30


TABLE: dict[str, Line] = {
    "VISITOR_EXITS": Line(exits_of_a_place, {"2": 2, "4": 4}),
    "PROXY_BAN_SECONDS": Line(is_banned_for_long, {"30": False, "300": True}),
}
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(store: Store, name: str, value: str) -> None:
    for number in range(PROXIES):
        store.transactions.run(
            lambda session, number=number: Proxies(store.database).insert(
                f"http://10.0.0.{number}:3128", session=session
            )
        )

    async def look() -> Any:
        crawler = get_crawler()
        crawler.spider = crawler._create_spider("amazon_detail")
        crawler.spider.knows_block_pages = True
        proxies = ProxyMiddleware.from_crawler(crawler)
        await proxies.spider_opened(crawler.spider)
        try:
            await asyncio.wait_for(proxies._pool._known.wait(), 20)
            return await TABLE[name].look(Scene(proxies, store))
        finally:
            await proxies.spider_closed(crawler.spider)

    environ = {
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        name: value,
    }
    with environment(environ):
        assert asyncio.run(look()) == TABLE[name].seen[value]
