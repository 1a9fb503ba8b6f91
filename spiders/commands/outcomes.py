"""What the commands that run a spider have in common: the last line and the exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

from scrapy.crawler import Crawler
from scrapy.extensions.feedexport import FeedExporter

from spiders.extensions.outcome import CrawlOutcome

logger = logging.getLogger(__name__)


def tell_outcome(crawlers: Iterable[Crawler]) -> int:
    """Say what became of the crawls; the exit code is 1 where one of them failed."""
    code = 0
    for crawler in crawlers:
        outcome = crawler.get_extension(CrawlOutcome)
        if outcome is None:
            continue
        if crawler.settings.getdict("FEEDS") and crawler.get_extension(FeedExporter) is None:
            # Scrapy has logged why: an unknown format, a storage that is not there.
            code = 1
        failed = outcome.is_failure
        logger.log(logging.ERROR if failed else logging.INFO, "%s", outcome.line())
        if failed:
            code = 1
            if not crawler.settings.getbool("LOG_ENABLED"):
                print(outcome.line(), file=sys.stderr)
    return code
