"""Reader processes: bounded in time and memory, replaced when they end, and nobody waits for another's."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spiders.site.readers import MAX_BODY_IN_MEMORY, QUICK_SECONDS, PageReaders
from spiders.site.reading import NotRead, ReadPage, ReadTask
from tests.site_crawl.hostile import QUICK, SLOW_SELECTOR, deep_html, links_html
from tests.spiders.site.reader_processes import TASK, children

MAX_STANDSTILL_SECONDS = 0.1
SLOW_TASK = replace(TASK, selectors={"all": SLOW_SELECTOR})


@asynccontextmanager
async def readers(**limits: Any) -> AsyncIterator[PageReaders]:
    given = {"places": 2, "cpu_seconds": 1.0, "memory_mb": 256, **limits}
    made = PageReaders(**given)
    try:
        yield made
    finally:
        made.close()
    assert children() == []


def wait_for_ends(pids: list[int]) -> None:
    """The kernel needs a moment for each. The event loop stands still, so that it hears of none."""
    for pid in pids:
        # That one was waited for already.
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


async def read(
    made: PageReaders, task: ReadTask, html: str = QUICK, *, owner: str = "a"
) -> ReadPage:
    return await made.read(task, html.encode(), owner=owner)


class Heart:
    """The longest that the loop stood still for work of its own thread: a machine that is busy otherwise
    lets everything wait."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        while True:
            started, used = time.monotonic(), time.thread_time()
            await asyncio.sleep(0.005)
            late = time.monotonic() - started - 0.005
            self.longest = max(self.longest, min(late, time.thread_time() - used))


def test_page_is_read_as_in_the_own_process() -> None:
    async def run() -> ReadPage:
        task = replace(TASK, finds_links=True, next_page_selector="a.next")
        async with readers() as made:
            return await read(made, task, '<h1>Größe</h1><a class=next href="/2">2</a>')

    found = asyncio.run(run())
    link = ("//shop.test/2", "http://shop.test/2")
    assert found == ReadPage(rows=[{"title": "Größe"}], links=[link], following=link)


@pytest.mark.alone
def test_selectors_that_take_too_long_fail_their_page_with_the_reason_and_the_next_is_read() -> (
    None
):
    async def run() -> None:
        async with readers() as made:
            started = time.monotonic()
            with pytest.raises(
                NotRead, match=r"more than 1 s of processor time .*PAGE_CPU_SECONDS"
            ):
                await read(made, SLOW_TASK, deep_html())
            assert time.monotonic() - started < 20
            assert (await read(made, TASK)).rows == [{"title": "Quick"}]

    asyncio.run(run())


def test_a_page_is_not_slow_because_the_machine_is() -> None:
    """Its process stands still for longer than a quick page may work, and goes on in its place."""

    async def run() -> None:
        async with readers(places=1) as made:
            await read(made, TASK)
            (process,) = children()
            os.kill(process, signal.SIGSTOP)
            reading = made.read(TASK, QUICK.encode(), owner="a")
            await asyncio.sleep(2 * QUICK_SECONDS)
            assert children() == [process], "no other process was started"
            os.kill(process, signal.SIGCONT)
            assert (await reading).rows == [{"title": "Quick"}]
            assert children() == [process]

    asyncio.run(run())


def test_a_page_whose_process_stands_still_for_long_gives_its_place_to_others() -> None:
    async def run() -> None:
        async with readers(places=1) as made:
            await read(made, TASK)
            (process,) = children()
            os.kill(process, signal.SIGSTOP)
            reading = made.read(TASK, QUICK.encode(), owner="a")
            assert (await read(made, TASK, owner="other")).rows == [{"title": "Quick"}]
            assert not reading.done()
            reading.cancel()

    asyncio.run(run())


@pytest.mark.alone
@pytest.mark.usefixtures("frozen_heap")
def test_others_are_read_meanwhile_and_the_loop_never_stands_still() -> None:
    """Fifty slow pages of one job; another's are read as if it were alone."""

    async def run() -> tuple[float, float]:
        heart = Heart()
        beating = asyncio.create_task(heart.beat())
        async with readers(cpu_seconds=3.0) as made:
            await read(made, TASK)
            hostile = [
                asyncio.create_task(read(made, SLOW_TASK, deep_html(), owner="hostile"))
                for _ in range(50)
            ]
            await asyncio.sleep(2 * QUICK_SECONDS)
            longest = 0.0
            for _ in range(20):
                started = time.monotonic()
                assert (await read(made, TASK, owner="other")).rows == [{"title": "Quick"}]
                longest = max(longest, time.monotonic() - started)
            for task in hostile:
                task.cancel()
            await asyncio.gather(*hostile, return_exceptions=True)
        beating.cancel()
        return longest, heart.longest

    longest, stood_still = asyncio.run(run())
    assert longest < 2.0
    assert stood_still < MAX_STANDSTILL_SECONDS


def test_owner_whose_pages_are_quick_again_is_no_longer_put_off() -> None:
    """Its next page still stands behind the slow ones of others; the one after that does not."""

    async def run() -> tuple[float, float]:
        async with readers(cpu_seconds=2.0) as made:
            with pytest.raises(NotRead):
                await read(made, SLOW_TASK, deep_html(), owner="a")
            slow = asyncio.create_task(read(made, SLOW_TASK, deep_html(), owner="b"))
            while not made._slow_busy:
                await asyncio.sleep(0.02)
            waited = []
            for _ in range(2):
                started = time.monotonic()
                await read(made, TASK, owner="a")
                waited.append(time.monotonic() - started)
            await asyncio.gather(slow, return_exceptions=True)
        return waited[0], waited[1]

    behind, before = asyncio.run(run())
    assert behind > 1.0
    assert before < 0.5


def test_owners_take_turns_in_the_slow_place() -> None:
    async def run() -> list[str]:
        order: list[str] = []

        async def fail(made: PageReaders, owner: str) -> None:
            with pytest.raises(NotRead):
                await read(made, SLOW_TASK, deep_html(), owner=owner)
            order.append(owner)

        async with readers(cpu_seconds=0.5) as made:
            many = [asyncio.create_task(fail(made, "many")) for _ in range(8)]
            await asyncio.sleep(QUICK_SECONDS / 2)
            one = asyncio.create_task(fail(made, "one"))
            await asyncio.gather(*many, one)
        return order

    order = asyncio.run(run())
    # One after another it would be the last, behind eight. How many it meets on its way there is the machine's.
    assert order.index("one") <= 4, order


def test_page_that_takes_too_much_memory_fails_with_the_reason_and_the_next_is_read() -> None:
    async def run() -> None:
        async with readers(memory_mb=48, cpu_seconds=20) as made:
            html = "<i>" + "<b x=1></b>" * 700_000 + "</i>"
            with pytest.raises(NotRead, match=r"more than 48 MB of memory \(PAGE_MEMORY_MB\)"):
                await read(made, TASK, html)
            assert (await read(made, TASK)).rows == [{"title": "Quick"}]

    asyncio.run(run())


def test_reader_that_is_killed_from_outside_fails_its_page_and_is_replaced() -> None:
    async def run() -> None:
        async with readers(cpu_seconds=30) as made:
            # A process that is killed while it starts costs no page.
            await read(made, TASK)
            reading = asyncio.create_task(read(made, SLOW_TASK, deep_html()))
            await asyncio.sleep(1.0)
            killed = children()
            for pid in killed:
                os.kill(pid, 9)
            with pytest.raises(NotRead, match="PAGE_MEMORY_MB"):
                await reading
            wait_for_ends(killed)
            assert (await read(made, TASK)).rows == [{"title": "Quick"}]

    asyncio.run(run())


def test_reader_that_died_between_two_pages_costs_none() -> None:
    async def run() -> None:
        async with readers() as made:
            await read(made, TASK)
            killed = children()
            for pid in killed:
                os.kill(pid, 9)
            wait_for_ends(killed)
            assert (await read(made, TASK)).rows == [{"title": "Quick"}]

    asyncio.run(run())


@pytest.mark.alone
@pytest.mark.usefixtures("frozen_heap")
def test_many_links_and_deep_nesting_are_read() -> None:
    links, deep = links_html(100_000), deep_html(1_500, 0)

    async def run() -> None:
        heart = Heart()
        beating = asyncio.create_task(heart.beat())
        async with readers(cpu_seconds=20) as made:
            task = replace(TASK, finds_links=True)
            found = await read(made, task, links)
            assert (found.rows, len(found.links)) == ([{"title": "Links"}], 2_000)
            assert (await read(made, TASK, deep)).rows == [{"title": "Deep"}]
        beating.cancel()
        assert heart.longest < MAX_STANDSTILL_SECONDS

    asyncio.run(run())


@pytest.mark.parametrize("by", ["cancel", "close"])
def test_files_of_pages_that_nobody_waits_for_are_closed(by: str) -> None:
    def open_files() -> int:
        return sum("azscraper-page" in name or "(deleted)" in name for name in opened())

    async def run() -> None:
        before = open_files()
        async with readers(cpu_seconds=30) as made:
            large = deep_html() + " " * MAX_BODY_IN_MEMORY
            reading = [asyncio.create_task(read(made, SLOW_TASK, large)) for _ in range(5)]
            while open_files() < before + 3:
                await asyncio.sleep(0.05)
            if by == "close":
                made.close()
            for task in reading if by == "cancel" else ():
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            assert open_files() == before

    asyncio.run(run())


def opened() -> Iterator[str]:
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            yield str(entry.readlink())


def test_bad_selector_is_named() -> None:
    async def run() -> None:
        async with readers() as made:
            with pytest.raises(NotRead, match="'h1::nope"):
                await read(made, replace(TASK, selectors={"title": "h1::nope("}))

    asyncio.run(run())
