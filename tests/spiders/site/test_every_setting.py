"""Every setting of what reads pages for the site spider does something: a table with a line for each.

A line looks at the readers or the browser of a spider, which asks the environment for their settings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spiders.extensions.browser import BrowserFailed, NoBrowser
from spiders.site.reading import NotRead
from spiders.site.spider import SiteSpider
from tests.services import require_browser
from tests.settings.environment import environment
from tests.site_crawl.hostile import QUICK
from tests.spiders.site.reader_processes import TASK, children

# More than the smaller limits allow, and well within the larger ones.
COSTLY = "<h1>Large</h1><i>" + "<b x=1></b>" * 400_000 + "</i>"


@dataclass(frozen=True)
class Line:
    """What `look` sees of a spider, with a folder of its own, by the variable's value."""

    look: Callable[[SiteSpider, Path], Awaitable[Any]]
    seen: dict[str, Any]


async def processes(spider: SiteSpider, folder: Path) -> int:
    await spider._page_readers.read(TASK, QUICK.encode(), owner="a")
    return len(children())


async def reason_of_failure(spider: SiteSpider, folder: Path) -> str | None:
    """The setting that the message names."""
    try:
        await spider._page_readers.read(TASK, COSTLY.encode(), owner="a")
    except NotRead as error:
        return error.failure.message.rpartition("(")[2].rstrip(")")
    return None


async def browser_is_started(spider: SiteSpider, folder: Path) -> bool:
    """A program that only says that it was called stands in for the browser."""
    require_browser()
    program, mark = folder / "chromium", folder / "called"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    try:
        await spider._pages.render("http://shop.test/", QUICK)
    except (NoBrowser, BrowserFailed):
        return mark.exists()
    finally:
        await spider._pages.close()
    raise AssertionError("a page was shown without a browser")


TABLE: dict[str, Line] = {
    "BROWSER_PATH": Line(
        browser_is_started, {"/nowhere/chromium": False, "{folder}/chromium": True}
    ),
    "PAGE_READERS": Line(processes, {"1": 1, "3": 3}),
    "PAGE_CPU_SECONDS": Line(reason_of_failure, {"0.05": "PAGE_CPU_SECONDS", "60": None}),
    "PAGE_MEMORY_MB": Line(reason_of_failure, {"48": "PAGE_MEMORY_MB", "512": None}),
}
CASES = [(name, value) for name, line in TABLE.items() for value in line.seen]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_setting_makes_its_difference(tmp_path: Path, name: str, value: str) -> None:
    async def look() -> Any:
        spider = SiteSpider()
        try:
            return await TABLE[name].look(spider, tmp_path)
        finally:
            spider._page_readers.close()

    with environment({name: value.format(folder=tmp_path)}):
        assert asyncio.run(look()) == TABLE[name].seen[value]
