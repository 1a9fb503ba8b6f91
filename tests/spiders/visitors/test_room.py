"""What the visitors of one crawler have in common, whichever pages they were made for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from settings.config import load_config
from spiders.visitors.local import LocalVisitors
from spiders.visitors.room import MAX_IGNORED, VisitorRoom
from spiders.visitors.visitor import Visit

Play = Callable[[VisitorRoom], Coroutine[Any, Any, list[bool]]]


def played(play: Play) -> list[bool]:
    async def run() -> list[bool]:
        return await play(VisitorRoom(get_crawler(), LocalVisitors(), load_config({})))

    return asyncio.run(run())


def visit(number: int, key: str = "a place") -> Visit:
    return Visit(key, f"visitor-{number}", "", is_prover=True)


def test_a_store_that_keeps_no_place_is_asked_by_two_visitors_in_a_row() -> None:
    async def play(room: VisitorRoom) -> list[bool]:
        # Each of another page, none of which has seen what came of the others.
        return [await room.end_ignored(visit(number)) for number in range(2 * MAX_IGNORED)]

    assert played(play) == [True, False, True, False]


@pytest.mark.parametrize(("proven", "may_go_on"), [("a place", True), ("another", False)])
def test_a_place_that_was_proven_meanwhile_counts_anew(proven: str, *, may_go_on: bool) -> None:
    async def play(room: VisitorRoom) -> list[bool]:
        await room.end_ignored(visit(1))
        await room.prove(visit(2, proven))
        return [await room.end_ignored(visit(3))]

    assert played(play) == [may_go_on]
