"""The spider of the document's examples."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy


class MySpider(scrapy.Spider):
    """Shows its argument once, and twice more when the test lets it go on."""

    name = "my-spider"
    arguments = ("url",)

    async def start(self) -> AsyncIterator[Any]:
        yield {"url": self.url}
        while not Path(os.environ["MY_SPIDER_GATE"]).exists():
            await asyncio.sleep(0.1)
        for _ in range(2):
            yield {"url": self.url}
