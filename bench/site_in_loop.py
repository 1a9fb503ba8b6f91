"""What site_crawl.py compares with: settings.pool with a crawler that reads pages in its event loop, where a
selector that takes long would hold up every other page."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Any

from settings.pool import *  # noqa: F403
from spiders.site.reading import NotRead, ReadPage, ReadTask, read_page
from spiders.site.spider import SiteSpider

SPIDER_MODULES = ["bench.site_in_loop"]


class LoopReader:
    def read(self, task: ReadTask, body: bytes, *, owner: str) -> asyncio.Future[ReadPage]:
        answer: asyncio.Future[ReadPage] = asyncio.get_running_loop().create_future()
        try:
            answer.set_result(read_page(task, body))
        except NotRead as error:
            answer.set_exception(error)
        return answer

    def close(self) -> None:
        pass


class SiteInLoopSpider(SiteSpider):
    @cached_property
    def _page_readers(self) -> Any:
        return LoopReader()
