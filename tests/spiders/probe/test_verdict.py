"""What a user is told, for what was seen. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from spiders.probe.findings import KEPT_OUT, LET_IN, NO_BROWSER, Findings, Offer, Step
from spiders.probe.text import lines_of
from spiders.probe.verdict import CHALLENGES, Level, Verdict, overall, verdict_of
from spiders.work.download_faults import FAULTS, DownloadFault, Fault, find_remedy
from spiders.work.failures import FAILURES, FailureCode

OFFER = Offer("B0ABCDEFG1", "A lamp", "€10.00", "EUR", "featured")


def findings(*, codes: tuple[str | None, ...] = (None, None), **seen: Any) -> Findings:
    base: dict[str, Any] = {
        "exit": "direct",
        "marketplace": "DE",
        "user_agent": "azscraper",
        "language_asked": "de-DE",
        "language": "de-DE",
        "rows": 20,
        "rows_with_price": 20,
        "offer": OFFER,
        "place_after": "10115 Berlin",
    }
    made = Findings(**{**base, **seen})
    for what, code in zip(("search", "product"), codes, strict=False):
        message = FAILURES[FailureCode(code)].message if code else None
        made.steps.append(Step(what, 200 if code is None else 503, 5, code, message))
    return made


def test_all_well_says_for_where_and_in_what() -> None:
    verdict = verdict_of(findings())
    assert verdict == Verdict(Level.WORKS, "works: pages come for 10115 Berlin in EUR")
    asked = findings(place_asked="10115", is_place_confirmed=True)
    assert verdict_of(asked).line == "works: pages come for 10115 Berlin as asked in EUR"


@pytest.mark.parametrize(
    ("seen", "said", "tip"),
    [
        (
            {"place_asked": "80331", "is_place_confirmed": False},
            "asked for 80331, pages show 10115 Berlin",
            "WRONG_PLACE",
        ),
        (
            {"place_asked": "80331", "is_place_confirmed": False, "place_after": None},
            "pages name no place",
            "place_unconfirmed",
        ),
        (
            {
                "place_asked": "80331",
                "place_problem": "the store DE does not take 80331",
                "place_problem_code": "PLACE_REFUSED",
            },
            "the place was refused: the store DE does not take 80331",
            "must exist",
        ),
        (
            {
                "place_asked": "80331",
                "place_problem": "robots.txt of the store denies the address dialogue",
                "place_problem_code": "PLACE_REFUSED",
            },
            "robots.txt",
            "OBEY_ROBOTS",
        ),
        (
            {
                "place_asked": "80331",
                "place_problem": "Amazon refused for now",
                "place_problem_code": "BLOCKED_THROTTLED",
            },
            "the store could not be asked for 80331",
            "MARKETPLACE_REQUESTS_PER_MINUTE",
        ),
        ({"currency_asked": "USD"}, "asked for USD, prices are in EUR", "abroad"),
        ({"language": "en-GB"}, "asked for de-DE, pages are in en-GB", "docs/places.md"),
        (
            {"rows_with_price": 8, "place_after": "Pakistan"},
            "8 of 20 results show a price for Pakistan",
            "--deliver-to",
        ),
        (
            {
                "rows": None,
                "offer": Offer("B0ABCDEFG1", "A lamp", None, None, "location_blocked"),
                "place_after": "Pakistan",
            },
            "not delivered to Pakistan",
            "--deliver-to",
        ),
    ],
)
def test_each_limit_is_named_with_what_to_do(seen: dict[str, Any], said: str, tip: str) -> None:
    verdict = verdict_of(findings(**seen))
    assert verdict.level is Level.LIMITS
    assert verdict.line.startswith("works with limits: ") and said in verdict.line
    assert tip in " ".join(verdict.advice)


def test_few_prices_where_the_place_is_as_asked_give_no_advice_to_ask_for_it() -> None:
    seen = findings(rows_with_price=8, place_asked="80331", is_place_confirmed=True)
    assert verdict_of(seen).advice == ()


@pytest.mark.parametrize("code", [code for code in FailureCode if code.startswith("BLOCKED_")])
def test_blocked_names_the_block_and_what_to_do(code: FailureCode) -> None:
    verdict = verdict_of(findings(codes=(code, code), offer=None, rows=None))
    assert verdict.level is Level.BLOCKED
    assert code in verdict.line and FAILURES[code].message in verdict.line
    assert verdict.advice


def test_a_practice_store_that_does_not_listen_is_looked_for_at_its_variable() -> None:
    message = "sandbox.test refused the connection on port 443"
    for marketplace, tip in (("sandbox", "SANDBOX_URL"), ("DE", "Nothing listens there")):
        seen = findings(marketplace=marketplace, codes=(), rows=None, offer=None)
        seen.steps.append(Step("home", None, 3, "NETWORK_ERROR", message))
        assert tip in verdict_of(seen).advice[0]


def test_one_good_page_of_two_is_a_limit() -> None:
    verdict = verdict_of(findings(codes=("BLOCKED_CAPTCHA", None), rows=None))
    assert verdict.level is Level.LIMITS
    assert "the search page did not come (BLOCKED_CAPTCHA)" in verdict.line


def test_a_product_that_is_not_there_is_no_block() -> None:
    verdict = verdict_of(findings(codes=("NOT_FOUND",), rows=None, offer=None))
    assert verdict.level is Level.LIMITS and "another ASIN" in verdict.advice[0]


@pytest.mark.parametrize("code", sorted(CHALLENGES & set(FailureCode)))
@pytest.mark.parametrize(
    ("browser", "level", "tip"),
    [
        (LET_IN, Level.LIMITS, "engine=auto"),
        (KEPT_OUT, Level.BLOCKED, "another one"),
        (NO_BROWSER, Level.BLOCKED, "install a Chromium"),
        (None, Level.BLOCKED, "another exit"),
    ],
)
def test_a_challenge_is_judged_by_what_a_browser_met(
    code: str, browser: str | None, level: Level, tip: str
) -> None:
    seen = findings(codes=(code,), rows=None, offer=None, browser=browser)
    verdict = verdict_of(seen)
    assert verdict.level is level
    assert tip in " ".join(verdict.advice)


def test_robots_is_not_what_blocks() -> None:
    seen = findings(codes=("BLOCKED_CAPTCHA",), rows=None, offer=None)
    seen.steps.insert(0, Step("robots", None, 1, "TIMEOUT", "too long"))
    assert "BLOCKED_CAPTCHA at the search page" in verdict_of(seen).line


@pytest.mark.parametrize(
    ("levels", "together"),
    [
        ((0,), 0), ((2,), 2), ((1,), 1), ((0, 0), 0), ((2, 2), 2), ((0, 2), 1), ((0, 1), 1),
    ],
)  # fmt: skip
def test_several_exits_work_together(levels: tuple[int, ...], together: int) -> None:
    assert overall([Verdict(Level(level), "") for level in levels]) == together


def test_text_leaves_out_what_was_not_seen() -> None:
    seen = Findings("direct", "DE", "azscraper", "de-DE", place_asked="10115")
    seen.steps.append(Step("home", None, 3, "TIMEOUT", "the answer took too long"))
    text = "\n".join(lines_of(seen, verdict_of(seen)))
    assert "None" not in text and "asked for  " not in text
    assert "reached     no" in text and "home        3 ms, TIMEOUT" in text


@pytest.mark.parametrize("fault", list(Fault))
def test_each_reason_for_no_page_comes_with_its_remedy(fault: Fault) -> None:
    details = {"host": "www.amazon.de", "port": 443, "seconds": 15, "rate": 100, "status": 502}
    message = str(DownloadFault(fault, **details, line_bytes=10, all_bytes=20))
    remedy = find_remedy(message)
    assert remedy is not None
    begin = FAULTS[fault].remedy.partition("{")[0]
    assert remedy.startswith(begin) and "{" not in remedy
    seen = Findings("direct", "DE", "azscraper", "de-DE")
    seen.steps.append(Step("search", None, 3, str(FAULTS[fault].code), message))
    assert verdict_of(seen).advice == (remedy,)


def test_other_words_have_no_remedy() -> None:
    assert find_remedy("Amazon asked for a captcha") is None
