from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from spiders.frontier.middleware import TargetMiddleware
from spiders.frontier.seclusion import Seclusion
from spiders.frontier.tracker import Tracker
from spiders.items.search import SearchRow
from spiders.work.target import REQUEST_ID, TARGET_ID, LeasedTarget, TargetRow
from storage.base.records import Failure
from storage.queue.leases import SeedWork


@dataclass
class Item:
    page: int | None = None
    position: int | None = None


async def no_mark(target: LeasedTarget, work: SeedWork) -> None:
    """None of these targets works alone."""


class Scene:
    """One target, one response, and what its callback makes."""

    def __init__(self) -> None:
        self.ends: list[Failure | None] = []
        self.tracker = Tracker(lambda target, failure: self.ends.append(failure))
        self.target = LeasedTarget(id="t", url="", params={}, token=1, deaths=0, lease_until=0.0)
        self.tracker.begin(self.target)

    def run(self, callback: AsyncIterator[Any]) -> list[Any]:
        return asyncio.run(self._collect(callback))

    async def _collect(self, callback: AsyncIterator[Any]) -> list[Any]:
        request = Request("https://www.amazon.com/", meta={TARGET_ID: "t"})
        response = Response("https://www.amazon.com/", request=request)
        middleware = TargetMiddleware(self.tracker, Seclusion(no_mark))
        return [output async for output in middleware.process_spider_output(response, callback)]


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def making(*outputs: Any) -> AsyncIterator[Any]:
    for output in outputs:
        yield output


def test_items_get_their_place_and_the_target_waits_for_them(scene: Scene) -> None:
    placed = SearchRow(asin="B000000001", page=2, position=7)
    rows = scene.run(making(placed, Item(), {"page": "about", "position": 1}, Item(2, 7)))
    assert all(isinstance(row, TargetRow) for row in rows)
    # What a stranger's item calls its page is no place of ours: two of them may say the same.
    assert [(row.page, row.position) for row in rows] == [(2, 7), (1, 2), (1, 3), (1, 4)]
    assert scene.ends == []
    for _ in rows:
        scene.tracker.item_done("t")
    assert scene.ends == [None]


def test_requests_belong_to_the_same_target_and_keep_it_open(scene: Scene) -> None:
    (request,) = scene.run(making(Request("https://www.amazon.com/2", meta={"x": 1})))
    assert request.meta == {"x": 1, TARGET_ID: "t"}
    assert scene.ends == []
    scene.tracker.request_done("t")
    assert scene.ends == [None]


def test_requests_carry_the_id_of_the_request_that_made_the_job(scene: Scene) -> None:
    scene.target.request_id = "the-request"
    (request,) = scene.run(making(Request("https://www.amazon.com/2")))
    assert request.meta == {TARGET_ID: "t", REQUEST_ID: "the-request"}


def test_a_callback_that_makes_nothing_ends_its_target(scene: Scene) -> None:
    assert scene.run(making()) == []
    assert scene.ends == [None]


def test_a_callback_that_breaks_fails_its_target_with_the_reason(scene: Scene) -> None:
    async def breaking() -> AsyncIterator[Any]:
        yield Item()
        raise KeyError("price")

    with pytest.raises(KeyError):
        scene.run(breaking())
    assert scene.ends == [], "one item is still on its way"
    scene.tracker.item_done("t")
    (failure,) = scene.ends
    assert failure is not None
    assert (failure.code, failure.message) == (
        "PARSE_ERROR",
        "the spider broke on this page: KeyError: 'price'",
    )


def test_what_a_callback_makes_for_a_lost_target_is_for_nobody(scene: Scene) -> None:
    async def losing() -> AsyncIterator[Any]:
        yield Item()
        scene.tracker.drop("t")
        yield Item()

    assert len(scene.run(losing())) == 1
    assert scene.ends == []
