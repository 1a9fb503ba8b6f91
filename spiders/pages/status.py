from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from spiders.work.failures import FailureCode


class PageStatus(StrEnum):
    """What an answer turned out to be; the only two good ones are ok and no_results."""

    OK = "ok"
    NOT_FOUND = "not_found"
    NO_RESULTS = "no_results"
    NOT_A_LISTING = "not_a_listing"
    THROTTLED = "throttled"
    CAPTCHA = "captcha"
    CONTINUE_GATE = "continue_gate"
    WAF_CHALLENGE = "waf_challenge"
    SCRIPT_CHALLENGE = "script_challenge"
    SIGNIN = "signin"
    STRIPPED = "stripped"
    PARTIAL = "partial"
    TRUNCATED = "truncated"
    EMPTY_UNEXPLAINED = "empty_unexplained"
    WRONG_PRODUCT = "wrong_product"
    SERVER_ERROR = "server_error"
    FORBIDDEN = "forbidden"
    NOT_HTML = "not_html"
    NETWORK_ERROR = "network_error"


_FAILURES: Mapping[PageStatus, FailureCode] = MappingProxyType(
    {
        PageStatus.NOT_FOUND: FailureCode.NOT_FOUND,
        PageStatus.NOT_A_LISTING: FailureCode.NOT_A_LISTING,
        PageStatus.THROTTLED: FailureCode.BLOCKED_THROTTLED,
        PageStatus.CAPTCHA: FailureCode.BLOCKED_CAPTCHA,
        PageStatus.CONTINUE_GATE: FailureCode.BLOCKED_CONTINUE,
        PageStatus.WAF_CHALLENGE: FailureCode.BLOCKED_WAF,
        PageStatus.SCRIPT_CHALLENGE: FailureCode.BLOCKED_CHALLENGE,
        PageStatus.SIGNIN: FailureCode.BLOCKED_SIGNIN,
        PageStatus.STRIPPED: FailureCode.STRIPPED_PAGE,
        PageStatus.PARTIAL: FailureCode.PARTIAL_PAGE,
        PageStatus.TRUNCATED: FailureCode.TRUNCATED_PAGE,
        PageStatus.EMPTY_UNEXPLAINED: FailureCode.EMPTY_PAGE,
        PageStatus.WRONG_PRODUCT: FailureCode.WRONG_PRODUCT,
        PageStatus.SERVER_ERROR: FailureCode.SERVER_ERROR,
        PageStatus.FORBIDDEN: FailureCode.FORBIDDEN,
        PageStatus.NOT_HTML: FailureCode.PARSE_ERROR,
        PageStatus.NETWORK_ERROR: FailureCode.NETWORK_ERROR,
    }
)


def failure_from_status(status: PageStatus) -> FailureCode | None:
    """None for the two good ones: a search that proves to be empty is a success without rows."""
    return _FAILURES.get(status)
