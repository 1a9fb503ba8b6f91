"""Scrapy's log lines without whole items in them."""

from __future__ import annotations

import logging
from typing import Any, cast

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """An item is 13 kB; a log line names it."""

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        # None means no line; Scrapy documents it, its annotation does not.
        return cast(LogFormatterResult, None)

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return {
            "level": logging.WARNING,
            "msg": "Dropped an item of %(source)s: %(exception)s",
            "args": {"source": getattr(response, "url", None), "exception": exception},
        }

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return {
            "level": logging.ERROR,
            "msg": "Broke on an item of %(source)s: %(exception)s",
            "args": {"source": getattr(response, "url", None), "exception": exception},
        }
