"""What each target takes: requests, answers, bytes, blocks. For the report of its job."""

from __future__ import annotations

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from spiders.frontier.tracker import Tracker
from spiders.work import signals as our_signals
from spiders.work.failures import BLOCKED_PREFIX, FailureCode
from spiders.work.target import TARGET_ID, Effort
from storage.base.records import Failure


class EffortCounter:
    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    def connect(self, crawler: Crawler) -> None:
        connect = crawler.signals.connect
        connect(self.request_sent, signal=signals.request_reached_downloader, weak=False)
        connect(self.answer_came, signal=signals.response_received, weak=False)
        connect(self.page_failed, signal=our_signals.page_failed, weak=False)

    def request_sent(self, request: Request) -> None:
        if effort := self._find(request):
            effort.requests += 1

    def answer_came(self, response: Response, request: Request) -> None:
        effort = self._find(request)
        # A failed download comes as a response too, with its code (FailedDownload).
        if effort and not isinstance(getattr(response, "code", None), FailureCode):
            effort.answers += 1
            effort.body_bytes += len(response.body)

    def page_failed(self, request: Request, failure: Failure) -> None:
        effort = self._find(request)
        if effort and failure.code.startswith(BLOCKED_PREFIX):
            effort.blocked += 1

    def _find(self, request: Request) -> Effort | None:
        target = self._tracker.find(request.meta.get(TARGET_ID, ""))
        return target.effort if target else None
