"""Scrapy's `crawl`, with one line instead of a traceback for a wrong spider argument; and, where the
worker has dispatched it for a spider job (`-a job_id=... -a _job=...`), the run of that job."""

from __future__ import annotations

import argparse
import os

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from settings.dedicated import CLAIM, DEDICATED, SUPERVISOR
from spiders.base import BadArgument, TargetSpider
from spiders.commands.outcomes import tell_outcome
from spiders.frontier.dedicated import claim_fields, claim_run, end_run_at_start
from spiders.frontier.orphan import Supervised
from spiders.types.registry import TYPE_OF_SPIDER
from storage.runs.run_claims import ClaimedRun

JOB_ID = "job_id"
DISPATCH_ID = "_job"
CHECKED_HANDLER = "spiders.extensions.checked_download.CheckedDownloadHandler"


class Command(crawl.Command):
    _run: ClaimedRun | None = None
    _created: Crawler | None = None
    # Where scrapyd's runner has started us, not a developer.
    _supervised: Supervised | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if DISPATCH_ID in opts.spargs:
            self._supervised = Supervised(os.getppid())
        if JOB_ID not in opts.spargs:
            return
        self._run = claim_run(opts.spargs[JOB_ID], opts.spargs.get(DISPATCH_ID, ""))
        if self._run is None:
            # Started twice, taken back, cancelled, or started by hand: it is not to run here.
            raise UsageError("this job is not waiting for this process", print_help=False)
        opts.spargs = dict(self._run.arguments)
        self._apply(self._run)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self._crawl(args, opts)
        finally:
            if self._supervised is not None:
                self._supervised.end_orphans()

    def _crawl(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            if len(args) == 1:
                self._check_arguments(args[0], opts.spargs)
            super().run(args, opts)
        except UsageError as error:
            self._tell_job("BAD_ARGUMENT", str(error))
            raise
        except Exception as error:
            self._tell_job("SPIDER_ERROR", f"{type(error).__name__}: {error}")
            raise
        assert self.crawler_process is not None
        if self.crawler_process.bootstrap_failed:
            self._tell_job("SPIDER_ERROR", "the spider could not be made; see the log")
        elif self._run is None and self._created is not None:
            self.exitcode = tell_outcome([self._created])

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        # Scrapy forgets a crawler as soon as it has ended.
        self._created = super()._create_crawler(spidercls)
        return self._created

    def _apply(self, run: ClaimedRun) -> None:
        assert self.settings is not None
        known = TYPE_OF_SPIDER.get(run.spider)
        if known is None or not known.stays_in_stores:
            # URLs may come from a user: no socket opens to an address that is not allowed.
            handlers = {"http": CHECKED_HANDLER, "https": CHECKED_HANDLER}
            self.settings.set("DOWNLOAD_HANDLERS", handlers, priority="project")
        self.settings.setdict(dict(run.settings), priority="cmdline")
        self.settings.setdict(DEDICATED, priority="cmdline")
        self.settings.set(CLAIM, claim_fields(run.claim), priority="cmdline")
        self.settings.set(SUPERVISOR, os.getppid(), priority="cmdline")

    def _tell_job(self, code: str, message: str) -> None:
        if self._run is not None:
            end_run_at_start(self._run.claim, code=code, message=message)

    def _check_arguments(self, name: str, arguments: dict[str, str]) -> None:
        """Scrapy would make the spider inside its event loop, where an error is a lost task's."""
        assert self.crawler_process is not None
        known = sorted(self.crawler_process.spider_loader.list())
        if name not in known:
            text = f"there is no spider {name!r}; there are: {', '.join(known)}"
            raise UsageError(text, print_help=False)
        spider = self.crawler_process.spider_loader.load(name)
        if not issubclass(spider, TargetSpider):
            return
        try:
            spider.from_crawler(self.crawler_process.create_crawler(spider), **arguments)
        except BadArgument as error:
            raise UsageError(f"{name}: {error}", print_help=False) from error
