"""Scrapy's `parse`: which of the project's spiders reads an address, and what it finds there."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.commands import parse
from scrapy.exceptions import UsageError
from scrapy.utils import display
from scrapy.utils.spider import spidercls_for_request

from spiders.base import BadArgument, TargetSpider
from spiders.items.formats.json_text import json_values
from spiders.items.formats.plain import plain_from_item
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.types.registry import FALLBACK, TYPE_OF_SPIDER, type_of_address


class Command(parse.Command):
    def set_spidercls(self, url: str, opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        name = opts.spider or _name_of_ours(url)
        if name is None:
            found = spidercls_for_request(loader, Request(url))
            if found is None:
                known = ", ".join(loader.list())
                raise UsageError(
                    f"no spider of this project reads {url}: choose one of {known} with --spider",
                    print_help=False,
                )
            name = found.name
        if name not in loader.list():
            raise UsageError(
                f"there is no spider {name}; known: {', '.join(loader.list())}", print_help=False
            )
        opts.spider = name
        spider = loader.load(name)
        if not issubclass(spider, TargetSpider):
            super().set_spidercls(url, opts)
            return
        self._check(spider, url, opts)
        self.spidercls = spider
        command = self

        async def start(spider: TargetSpider) -> AsyncIterator[Any]:
            for target in spider._direct_targets:
                yield command.prepare_request(spider, spider.first_request(target), opts)

        spider.start = start  # type: ignore[method-assign,assignment]

    def print_items(self, lvl: int | None = None, colour: bool = True) -> None:
        """As they are in every feed, rather than as Python objects."""
        levels = self.items.values() if lvl is None else [self.items.get(lvl, [])]
        rows = [json_values(plain_from_item(item)) for level in levels for item in level]
        print("# Scraped Items ", "-" * 60)
        display.pprint(rows, colorize=colour)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        if self.spidercls is not None and not self.first_response:
            self.exitcode = 1

    def _check(self, spider: type[Spider], url: str, opts: argparse.Namespace) -> None:
        """The spider's own reading of the address, before anything is asked for."""
        assert self.crawler_process is not None
        if known := TYPE_OF_SPIDER.get(spider.name):
            opts.spargs.setdefault(known.targets_argument, url)
        try:
            spider.from_crawler(self.crawler_process.create_crawler(spider), **opts.spargs)
        except BadArgument as error:
            raise UsageError(f"{spider.name}: {error}", print_help=False) from error


def _name_of_ours(url: str) -> str | None:
    if find_marketplace_by_host(urlsplit(url).hostname or "") is None:
        return None
    return (type_of_address(url) or FALLBACK).spider
