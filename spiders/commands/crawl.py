"""Scrapy's `crawl`, with one line instead of a traceback for a wrong spider argument."""

from __future__ import annotations

import argparse

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from spiders.base import BadArgument, TargetSpider


class Command(crawl.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) == 1:
            self._check_arguments(args[0], opts.spargs)
        super().run(args, opts)

    def _check_arguments(self, name: str, arguments: dict[str, str]) -> None:
        """Scrapy would make the spider inside its event loop, where an error is a lost task's."""
        assert self.crawler_process is not None
        if name not in self.crawler_process.spider_loader.list():
            return
        spider = self.crawler_process.spider_loader.load(name)
        if not issubclass(spider, TargetSpider):
            return
        try:
            spider.from_crawler(self.crawler_process.create_crawler(spider), **arguments)
        except BadArgument as error:
            raise UsageError(f"{name}: {error}", print_help=False) from error
