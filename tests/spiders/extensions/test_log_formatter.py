from __future__ import annotations

import logging

from scrapy import Spider
from scrapy.http import HtmlResponse, Request, Response
from twisted.python.failure import Failure

from spiders.extensions.log_formatter import QuietLogFormatter

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


def test_lines_of_a_page_name_their_target() -> None:
    formatter = QuietLogFormatter()
    request = Request("https://example.com/", meta={"target_id": "67e3:000004"})
    response = HtmlResponse("https://example.com/", request=request)
    spider = Spider("a spider")
    failure = Failure(ValueError("broken"))
    lines = [
        formatter.crawled(request, response, spider),
        formatter.download_error(failure, request, spider),
        formatter.spider_error(failure, request, response, spider),
    ]
    for line in lines:
        assert (line["msg"] % line["args"]).endswith("[target 67e3:000004]")
    plain = formatter.crawled(Request("https://example.com/"), response, spider)
    assert "target" not in plain["msg"] % plain["args"]
