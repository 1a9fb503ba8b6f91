"""Scrapy's `bench`: as fast as the machine is, whatever pace the project keeps."""

from __future__ import annotations

import argparse

from scrapy.commands import bench

FULL_SPEED = {
    "DOWNLOAD_DELAY": 0.0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
}


class Command(bench.Command):
    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        self.settings.setdict(FULL_SPEED, priority="cmdline")
