"""The downloader middlewares, each for itself; together they are in ../frontier/test_outcomes.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
import redis
from pymongo.errors import OperationFailure
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from settings.config import Config
from spiders.middlewares.delay import DELAY, DelayMiddleware
from spiders.middlewares.failed_download import FailedDownload, FailedDownloadMiddleware
from spiders.middlewares.pace import PaceMiddleware
from spiders.middlewares.redirect import MAX_REDIRECTS, REDIRECTS, SameSiteRedirectMiddleware
from spiders.work import signals as our_signals
from spiders.work.waits import Waits
from storage.base.away import MongoAway, RedisAway
from storage.base.connections import connect_async_redis
from storage.queue.pace import Pace

PAGE = "https://www.amazon.com/dp/B000000001"


def redirected(location: str, **meta: object) -> Response | Request:
    request = Request(PAGE, meta={"target_id": "t", **meta}, cb_kwargs={"page_url": PAGE})
    response = Response(PAGE, status=302, headers={"Location": location})
    return SameSiteRedirectMiddleware().process_response(request, response)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/dp/B000000002", "https://www.amazon.com/dp/B000000002"),
        ("https://amazon.com/x", "https://amazon.com/x"),
        ("?th=1", f"{PAGE}?th=1"),
    ],
)
def test_a_redirect_inside_the_store_is_followed_for_the_same_target(
    location: str, url: str
) -> None:
    followed = redirected(location)
    assert isinstance(followed, Request)
    assert followed.url == url
    assert followed.meta == {"target_id": "t", REDIRECTS: 1}
    assert followed.cb_kwargs == {"page_url": PAGE}


@pytest.mark.parametrize(
    "location",
    [
        "https://example.com/",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "//example.com/x",
        "https://www.amazon.com.example.com/",
        "https://www.amazon.com@example.com/",
        "https://example.com\\@www.amazon.com/",
        "https://sandbox.test/dp/B000000001",
        "http://[broken",
    ],
)
def test_a_redirect_out_of_the_store_is_refused(location: str) -> None:
    refused = redirected(location)
    assert isinstance(refused, FailedDownload)
    assert refused.code == "ADDRESS_REFUSED"


def test_a_circle_of_redirects_ends() -> None:
    ended = redirected("/dp/B000000002", **{REDIRECTS: MAX_REDIRECTS})
    assert isinstance(ended, FailedDownload)
    assert ended.code == "NETWORK_ERROR"


@pytest.mark.parametrize("status", [200, 304, 404])
def test_other_answers_pass(status: int) -> None:
    response = Response(PAGE, status=status, headers={"Location": "/x"})
    passed = SameSiteRedirectMiddleware().process_response(Request(PAGE), response)
    assert passed is response


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: DownloadTimeoutError("60 s"), "TIMEOUT"),
        (lambda: TimeoutError(), "TIMEOUT"),
        (lambda: ConnectionResetError("reset"), "NETWORK_ERROR"),
        (lambda: IgnoreRequest("Forbidden by robots.txt"), "ROBOTS_DENIED"),
        (lambda: IgnoreRequest("the sandbox needs SANDBOX_URL"), "ADDRESS_REFUSED"),
    ],
)
def test_a_download_that_failed_becomes_an_answer_with_its_reason(
    make: Callable[[], Exception], code: str
) -> None:
    middleware = FailedDownloadMiddleware(get_crawler())
    answer = middleware.process_exception(Request(PAGE), make())
    assert (answer.code, answer.url) == (code, PAGE)
    assert type(make()).__name__ not in answer.message


@pytest.mark.parametrize(
    "error", [redis.AuthenticationError("WRONGPASS"), OperationFailure("not authorized", 13)]
)
def test_a_defect_of_a_store_is_counted_and_blames_no_site(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    crawler = get_crawler()
    met: list[str] = []

    def count(part: str) -> None:
        met.append(part)

    crawler.signals.connect(count, signal=our_signals.defect_met)
    answer = FailedDownloadMiddleware(crawler).process_exception(Request(PAGE), error)
    assert answer is not None
    assert (answer.code, met) == ("PARSE_ERROR", ["requests"])
    assert answer.message == "an error of the service itself; the crawler's log has it"
    assert str(error) in caplog.text


@pytest.mark.parametrize("error", [RedisAway("away"), MongoAway("away")])
def test_a_store_that_is_away_is_no_defect(error: Exception) -> None:
    answer = FailedDownloadMiddleware(get_crawler()).process_exception(Request(PAGE), error)
    assert answer is not None
    assert answer.code == "NETWORK_ERROR"


def test_a_delayed_request_waits_once() -> None:
    request = Request(PAGE, meta={DELAY: 0.1})

    async def send_twice() -> list[float]:
        waits = []
        delay = DelayMiddleware(Waits(get_crawler()))
        for _ in range(2):
            begun = time.monotonic()
            await delay.process_request(request)
            waits.append(time.monotonic() - begun)
        return waits

    first, second = asyncio.run(send_twice())
    assert first >= 0.09
    assert second < 0.05


def test_without_redis_each_crawler_keeps_the_pace_alone() -> None:
    async def send() -> float:
        client = connect_async_redis(Config(redis_url="redis://127.0.0.1:1/0"))
        pace = PaceMiddleware(
            Pace(client, default_per_minute=60), Waits(get_crawler()), fallback_seconds=0.2
        )
        begun = time.monotonic()
        await pace.process_request(Request(PAGE))
        await client.aclose()
        return time.monotonic() - begun

    assert asyncio.run(send()) >= 0.2


def test_the_sandbox_has_no_pace() -> None:
    async def send() -> float:
        client = connect_async_redis(Config(redis_url="redis://127.0.0.1:1/0"))
        pace = PaceMiddleware(
            Pace(client, default_per_minute=1), Waits(get_crawler()), fallback_seconds=60
        )
        begun = time.monotonic()
        await pace.process_request(Request("https://sandbox.test/dp/B000000001"))
        await client.aclose()
        return time.monotonic() - begun

    assert asyncio.run(send()) < 0.1
