"""Requests that ended without a page, as a crawl's statistics tell of them.

For spiders that are not ours: ours decide on each failed download themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from spiders.work.failures import FailureCode
from storage.base.records import Failure

# By the code behind it: requests that failed and were not tried again.
LOST = "requests/lost/"
LOST_REASON = "requests/lost_reason"
# Scrapy's own: answers with a status that the spider does not handle.
_REFUSED = "httperror/response_ignored_status_count/"


def failure_of_all(stats: Mapping[str, Any]) -> Failure | None:
    """Why no request of the crawl got a page; None where one did, or none was made."""
    codes = _codes(stats)
    if _pages(stats) > 0 or not (codes or stats.get("scheduler/enqueued")):
        return None
    if not codes:
        # A redirect without end, a body that cannot be decoded: the errback alone hears of these.
        return Failure(FailureCode.PARSE_ERROR, "no request got a page; the log says why")
    counted = ", ".join(f"{code} {count}" for code, count in codes.most_common())
    reason = stats.get(LOST_REASON) or f"the site answered with HTTP {next(_statuses(stats))[0]}"
    message = f"no request got a page ({counted}), the first because: {reason}"
    return Failure(codes.most_common(1)[0][0], message)


def code_from_status(status: int) -> FailureCode:
    """Of an answer that is not a page."""
    if status in (404, 410):
        return FailureCode.NOT_FOUND
    if status >= 500 or status == 429:
        return FailureCode.SERVER_ERROR
    return FailureCode.FORBIDDEN if status >= 400 else FailureCode.PARSE_ERROR


def _pages(stats: Mapping[str, Any]) -> int:
    """Those that a callback was given: neither a robots.txt nor a status that is not handled."""
    refused = sum(count for _, count in _statuses(stats))
    robots = stats.get("robotstxt/response_count", 0)
    return int(stats.get("response_received_count", 0)) - int(robots) - refused


def _codes(stats: Mapping[str, Any]) -> Counter[FailureCode]:
    codes: Counter[FailureCode] = Counter()
    for name, count in stats.items():
        if name.startswith(LOST):
            codes[FailureCode(name.removeprefix(LOST))] += count
    for status, count in _statuses(stats):
        codes[code_from_status(status)] += count
    return codes


def _statuses(stats: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for name, count in stats.items():
        if name.startswith(_REFUSED):
            yield int(name.removeprefix(_REFUSED)), count
