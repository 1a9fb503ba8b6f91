"""Scrapy's log lines without whole items in them."""

from __future__ import annotations

import logging
from typing import Any, cast

from scrapy import Spider
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from spiders.work.target import REQUEST_ID, TARGET_ID, TargetRow, log_mark


def _of_target(line: LogFormatterResult, request: Request) -> LogFormatterResult:
    target_id = request.meta.get(TARGET_ID)
    return _marked(line, log_mark(target_id, request.meta.get(REQUEST_ID))) if target_id else line


def _of_item(line: LogFormatterResult, item: Any) -> LogFormatterResult:
    return _marked(line, item.target.log_mark) if isinstance(item, TargetRow) else line


def _marked(line: LogFormatterResult, mark: str) -> LogFormatterResult:
    """The operator's `story` names the same ids, and the API's log the request's."""
    args = line["args"]
    if isinstance(args, dict):
        line["msg"] += " %(mark)s"
        line["args"] = {**args, "mark": mark}
    return line


class QuietLogFormatter(LogFormatter):
    """An item is 13 kB; a log line names it."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return _of_target(super().crawled(request, response, spider), request)

    def spider_error(
        self, failure: Failure, request: Request, response: Response | Failure, spider: Spider
    ) -> LogFormatterResult:
        return _of_target(super().spider_error(failure, request, response, spider), request)

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        return _of_target(super().download_error(failure, request, spider, errmsg), request)

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
        line: LogFormatterResult = {
            "level": logging.WARNING,
            "msg": "Dropped an item of %(source)s: %(exception)s",
            "args": {"source": getattr(response, "url", None), "exception": exception},
        }
        return _of_item(line, item)

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        line: LogFormatterResult = {
            "level": logging.ERROR,
            "msg": "Broke on an item of %(source)s: %(exception)s",
            "args": {"source": getattr(response, "url", None), "exception": exception},
        }
        return _of_item(line, item)
