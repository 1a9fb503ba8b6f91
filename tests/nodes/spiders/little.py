"""Spiders without a network: what matters is how they live and end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy


class CountingSpider(scrapy.Spider):
    """Counts, as slowly as it is told to."""

    name = "counting"
    arguments = ("count", "delay")

    async def start(self) -> AsyncIterator[Any]:
        for number in range(int(getattr(self, "count", "10"))):
            await asyncio.sleep(float(getattr(self, "delay", "0")))
            yield {"number": number, "pid": os.getpid()}


class DrippingSpider(scrapy.Spider):
    """Counts on, two a second, until the file `gate` is there."""

    name = "dripping"
    arguments = ("gate",)

    async def start(self) -> AsyncIterator[Any]:
        number = 0
        while not Path(self.gate).exists():
            yield {"number": number, "pid": os.getpid()}
            number += 1
            await asyncio.sleep(0.5)


class ParentSpider(scrapy.Spider):
    """Counts for ever, has a child, and ends when it is asked to; its child does not."""

    name = "parent"
    arguments = ("pids_file",)

    async def start(self) -> AsyncIterator[Any]:
        code = "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(600)"
        child = subprocess.Popen([sys.executable, "-c", code])
        Path(self.pids_file).write_text(f"{os.getpid()} {child.pid}")
        while True:
            yield {"pid": os.getpid()}
            await asyncio.sleep(0.1)


class EmptySpider(scrapy.Spider):
    """Finds nothing, which is a success."""

    name = "empty"

    async def start(self) -> AsyncIterator[Any]:
        self.logger.warning("nothing here, %s", os.environ["REDIS_URL"])
        for _ in ():
            yield {}


class AskingSpider(scrapy.Spider):
    """Asks for the addresses of `urls`, and makes no item of any."""

    name = "asking"
    arguments = ("urls",)

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls.split():
            yield scrapy.Request(url)

    def parse(self, response: Any) -> None: ...


class StubbornSpider(scrapy.Spider):
    """Ignores SIGINT and SIGTERM, has a child that does so too, and never stops by itself."""

    name = "stubborn"
    arguments = ("pids_file",)

    async def start(self) -> AsyncIterator[Any]:
        assert threading.current_thread() is threading.main_thread()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(self.pids_file).write_text(f"{os.getpid()} {child.pid}")
        yield {"pid": os.getpid()}
        await asyncio.sleep(1.0)
        while True:
            # Not awaited: a close of the spider never gets a turn either.
            time.sleep(0.1)


class BrokenSpider(scrapy.Spider):
    """Cannot be made."""

    name = "broken"

    def __init__(self, *args: Any, **arguments: Any) -> None:
        raise RuntimeError("no such luck")


class SuicideSpider(scrapy.Spider):
    """Dies without a word in the middle of its work."""

    name = "suicide"

    async def start(self) -> AsyncIterator[Any]:
        for number in range(5):
            yield {"number": number}
            await asyncio.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)
