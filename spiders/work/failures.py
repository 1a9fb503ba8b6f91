"""Why a target failed, and whether trying again can help."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

# Of the codes that mean a refusal by the store.
BLOCKED_PREFIX = "BLOCKED_"


class FailureCode(StrEnum):
    BLOCKED_CAPTCHA = "BLOCKED_CAPTCHA"
    BLOCKED_CONTINUE = "BLOCKED_CONTINUE"
    BLOCKED_THROTTLED = "BLOCKED_THROTTLED"
    BLOCKED_WAF = "BLOCKED_WAF"
    BLOCKED_CHALLENGE = "BLOCKED_CHALLENGE"
    BLOCKED_SIGNIN = "BLOCKED_SIGNIN"
    STRIPPED_PAGE = "STRIPPED_PAGE"
    PARTIAL_PAGE = "PARTIAL_PAGE"
    TRUNCATED_PAGE = "TRUNCATED_PAGE"
    EMPTY_PAGE = "EMPTY_PAGE"
    WRONG_PRODUCT = "WRONG_PRODUCT"
    NOT_FOUND = "NOT_FOUND"
    NO_RESULTS = "NO_RESULTS"
    NOT_A_LISTING = "NOT_A_LISTING"
    SERVER_ERROR = "SERVER_ERROR"
    FORBIDDEN = "FORBIDDEN"
    NETWORK_ERROR = "NETWORK_ERROR"
    TIMEOUT = "TIMEOUT"
    PARSE_ERROR = "PARSE_ERROR"
    ROBOTS_DENIED = "ROBOTS_DENIED"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    WRONG_PLACE = "WRONG_PLACE"
    PLACE_REFUSED = "PLACE_REFUSED"
    LEASE_EXHAUSTED = "LEASE_EXHAUSTED"
    CANCELLED = "CANCELLED"


class Failure(NamedTuple):
    retryable: bool
    message: str


FAILURES: Mapping[FailureCode, Failure] = MappingProxyType(
    {
        FailureCode.BLOCKED_CAPTCHA: Failure(True, "Amazon asked for a captcha"),
        FailureCode.BLOCKED_CONTINUE: Failure(True, 'Amazon showed its "continue shopping" gate'),
        FailureCode.BLOCKED_THROTTLED: Failure(True, "Amazon refused for now (503 or 429)"),
        FailureCode.BLOCKED_WAF: Failure(True, "Amazon's firewall asked for a browser challenge"),
        FailureCode.BLOCKED_CHALLENGE: Failure(
            True, "Amazon's edge asked for a browser that runs its script"
        ),
        # Another try is led to the same sign-in page: the route itself is closed.
        FailureCode.BLOCKED_SIGNIN: Failure(False, "Amazon asked to sign in; we never do"),
        FailureCode.STRIPPED_PAGE: Failure(True, "Amazon sent the page without its product"),
        FailureCode.TRUNCATED_PAGE: Failure(True, "the page ended before its end"),
        FailureCode.PARTIAL_PAGE: Failure(True, "Amazon sent the product without its offer"),
        FailureCode.EMPTY_PAGE: Failure(True, "the page held no results and did not say why"),
        FailureCode.WRONG_PRODUCT: Failure(True, "the page shows another product"),
        FailureCode.NOT_FOUND: Failure(False, "Amazon has no such page"),
        FailureCode.NO_RESULTS: Failure(False, "nothing was found; a success without rows"),
        FailureCode.NOT_A_LISTING: Failure(
            False, "the page leads to lists and is not one; name a category that it leads to"
        ),
        FailureCode.SERVER_ERROR: Failure(True, "Amazon answered with a server error"),
        FailureCode.FORBIDDEN: Failure(True, "access was refused (403)"),
        FailureCode.NETWORK_ERROR: Failure(True, "the page could not be fetched"),
        FailureCode.TIMEOUT: Failure(True, "the answer took too long"),
        FailureCode.PARSE_ERROR: Failure(False, "the answer is not a page we can read"),
        FailureCode.ROBOTS_DENIED: Failure(False, "robots.txt of the site denies this page"),
        FailureCode.ADDRESS_REFUSED: Failure(False, "this address may not be fetched"),
        # The visitor middleware has tried again by itself, with another visitor.
        FailureCode.WRONG_PLACE: Failure(False, "Amazon shows another place than was asked for"),
        FailureCode.PLACE_REFUSED: Failure(False, "Amazon does not take the place asked for"),
        FailureCode.LEASE_EXHAUSTED: Failure(False, "its crawler died again and again"),
        FailureCode.CANCELLED: Failure(False, "the job was cancelled"),
    }
)
