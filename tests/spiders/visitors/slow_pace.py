"""A pace that lets the first pages out and holds the others until a file is there. For test_gate.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from spiders.visitors.visitor import VISIT

FIRST = 3


class SlowPaceAddon:
    def update_settings(self, settings: BaseSettings) -> None:
        # Where the pace stands.
        settings["DOWNLOADER_MIDDLEWARES"][f"{__name__}.SlowPaceMiddleware"] = 890


class SlowPaceMiddleware:
    def __init__(self, gate: Path) -> None:
        self._gate = gate
        self._pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SlowPaceMiddleware:
        return cls(Path(crawler.settings["SLOW_PACE_GATE"]))

    async def process_request(self, request: Request) -> None:
        if VISIT not in request.meta:
            return
        self._pages += 1
        if self._pages > FIRST:
            while not self._gate.exists():
                await asyncio.sleep(0.05)
