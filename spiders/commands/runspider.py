"""Scrapy's `runspider`, with a last line and an exit code that say what became of the crawl."""

from __future__ import annotations

import argparse

from scrapy.commands import runspider
from scrapy.crawler import Crawler
from scrapy.spiders import Spider

from spiders.commands.outcomes import tell_outcome


class Command(runspider.Command):
    _created: Crawler | None = None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        if self._created is not None and not self.exitcode:
            self.exitcode = tell_outcome([self._created])

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        # Scrapy forgets a crawler as soon as it has ended.
        self._created = super()._create_crawler(spidercls)
        return self._created
