from __future__ import annotations

import logging

import pytest
from scrapy import Spider
from scrapy.http import HtmlResponse, Request, Response
from twisted.python.failure import Failure

from spiders.extensions.log_formatter import QuietLogFormatter
from spiders.work.target import LeasedTarget, TargetRow

ITEM = {"title": "x" * 1000}
RESPONSE = Response("https://www.amazon.com/dp/B000000001")


def text_of(line: object) -> str:
    assert isinstance(line, dict)
    return str(line["msg"]) % line["args"]


def test_no_line_of_the_log_holds_an_item() -> None:
    formatter, spider, error = QuietLogFormatter(), Spider("quiet"), ValueError("no asin")
    assert formatter.scraped(ITEM, RESPONSE, spider) is None
    for line in (
        formatter.dropped(ITEM, error, RESPONSE, spider),
        formatter.item_error(ITEM, error, RESPONSE, spider),
    ):
        assert "no asin" in text_of(line)
        assert "https://www.amazon.com/dp/B000000001" in text_of(line)
        assert "xxx" not in text_of(line)


def test_a_dropped_item_is_a_warning_and_a_broken_one_an_error() -> None:
    formatter, spider = QuietLogFormatter(), Spider("quiet")
    dropped = formatter.dropped(ITEM, ValueError(), None, spider)
    broken = formatter.item_error(ITEM, ValueError(), None, spider)
    assert (dropped["level"], broken["level"]) == (logging.WARNING, logging.ERROR)


@pytest.mark.parametrize(
    ("request_id", "mark"),
    [(None, "[target 67e3:000004]"), ("order-7", "[target 67e3:000004, request order-7]")],
)
def test_lines_of_a_page_name_their_target_and_its_request(
    request_id: str | None, mark: str
) -> None:
    formatter = QuietLogFormatter()
    target = LeasedTarget(
        id="67e3:000004",
        url="",
        params={},
        request_id=request_id,
        token=1,
        deaths=0,
        lease_until=0.0,
    )
    request = Request("https://example.com/", meta=dict(target.request_meta))
    row = TargetRow(target, 1, 1, ITEM)
    response = HtmlResponse("https://example.com/", request=request)
    spider = Spider("a spider")
    failure = Failure(ValueError("broken"))
    lines = [
        formatter.crawled(request, response, spider),
        formatter.download_error(failure, request, spider),
        formatter.spider_error(failure, request, response, spider),
        formatter.dropped(row, ValueError(), response, spider),
        formatter.item_error(row, ValueError(), response, spider),
    ]
    for line in lines:
        assert (line["msg"] % line["args"]).endswith(f" {mark}")
    plain = formatter.crawled(Request("https://example.com/"), response, spider)
    assert "target" not in plain["msg"] % plain["args"]
