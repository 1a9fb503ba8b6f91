"""Whether a crawl got any page at all, from its statistics."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.test import get_crawler

from spiders.middlewares.lost_requests import LostRequestsMiddleware
from spiders.work.failures import FailureCode
from spiders.work.lost_requests import code_from_status, failure_of_all

IGNORED = "httperror/response_ignored_status_count/"


@pytest.mark.parametrize(
    "stats",
    [
        {},
        {"scheduler/enqueued": 1, "response_received_count": 1},
        {"requests/lost/TIMEOUT": 4, "scheduler/enqueued": 5, "response_received_count": 1},
        {f"{IGNORED}404": 4, "scheduler/enqueued": 5, "response_received_count": 5},
        {"robotstxt/response_count": 1, "response_received_count": 2},
        # Read within the spider, without the scheduler.
        {"response_received_count": 1},
    ],
)
def test_a_crawl_that_read_a_page_or_asked_for_none_has_not_lost_all(stats: dict[str, Any]) -> None:
    assert failure_of_all(stats) is None


@pytest.mark.parametrize(
    ("stats", "code", "words"),
    [
        (
            {
                "requests/lost/ROBOTS_DENIED": 2,
                "requests/lost_reason": "Forbidden by robots.txt",
                "robotstxt/response_count": 1,
                "response_received_count": 1,
            },
            FailureCode.ROBOTS_DENIED,
            "no request got a page (ROBOTS_DENIED 2), the first because: Forbidden by robots.txt",
        ),
        (
            {f"{IGNORED}403": 1, f"{IGNORED}503": 2, "response_received_count": 3},
            FailureCode.SERVER_ERROR,
            "no request got a page (SERVER_ERROR 2, FORBIDDEN 1), the first because: the site"
            " answered with HTTP 403",
        ),
        (
            {"scheduler/enqueued": 1},
            FailureCode.PARSE_ERROR,
            "no request got a page; the log says why",
        ),
    ],
)
def test_the_most_common_reason_is_the_code(
    stats: dict[str, Any], code: FailureCode, words: str
) -> None:
    failure = failure_of_all(stats)
    assert failure is not None
    assert (failure.code, failure.message) == (code, words)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "PARSE_ERROR"),
        (401, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (410, "NOT_FOUND"),
        (429, "SERVER_ERROR"),
        (500, "SERVER_ERROR"),
    ],
)
def test_a_status_is_a_code(status: int, code: str) -> None:
    assert code_from_status(status) == code


def test_a_request_that_a_middleware_refused_without_a_word_is_lost_too() -> None:
    crawler = get_crawler()
    assert crawler.stats is not None
    request = Request("https://example.com/")
    LostRequestsMiddleware(crawler).process_exception(request, IgnoreRequest())
    failure = failure_of_all(crawler.stats.get_stats())
    assert failure is not None and failure.code == FailureCode.ADDRESS_REFUSED
    assert failure.message is not None and "did not say why" in failure.message
