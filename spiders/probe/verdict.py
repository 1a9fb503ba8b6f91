"""What the findings mean for a crawl, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from spiders.probe.findings import KEPT_OUT, LET_IN, NO_BROWSER, Findings
from spiders.work.download_faults import find_remedy
from spiders.work.failures import FAILURES, FailureCode


class Level(IntEnum):
    """The exit codes of `scrapy probe`."""

    WORKS = 0
    LIMITS = 1
    BLOCKED = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    level: Level
    line: str
    advice: tuple[str, ...] = ()


CHALLENGES = frozenset({"BLOCKED_WAF", "BLOCKED_CHALLENGE"})
# With a smaller share of priced results the place is the likely reason: abroad about four of ten.
_FEW_PRICES = 0.6

_ADVICE = {
    "BLOCKED_CAPTCHA": "Wait an hour and ask more rarely, or use another exit (--proxy). No captcha is solved here.",
    "BLOCKED_CONTINUE": "Wait an hour and ask more rarely, or use another exit (--proxy).",
    "BLOCKED_THROTTLED": "The store refuses this address for now: wait some minutes and lower MARKETPLACE_REQUESTS_PER_MINUTE.",
    "BLOCKED_SIGNIN": "The store wants a login on this route, and none is ever used here. Try another exit.",
    "FORBIDDEN": "The store or the proxy refuses this exit: use another one.",
    "STRIPPED_PAGE": "It comes and goes; a crawl tries again. If it stays, use another exit.",
    "EMPTY_PAGE": "The page did not say why it is empty. Probe again; if it stays, keep the page and report it.",
    "TIMEOUT": "The exit is slow or silent: check the connection and REQUEST_TIMEOUT_SECONDS.",
    "NETWORK_ERROR": "Check the connection, the name server and the proxy's address.",
    "ADDRESS_REFUSED": "A private address is refused unless ALLOWED_NETWORKS names its network.",
    "ROBOTS_DENIED": "OBEY_ROBOTS is on, and robots.txt denies the page.",
    "NOT_FOUND": "The store has no such product: give another ASIN.",
    "SERVER_ERROR": "The store has a fault of its own: probe again later.",
}

_NO_SANDBOX = (
    "No practice store listens at SANDBOX_URL: `make up` starts one, and so does python -m sandbox."
)


def verdict_of(findings: Findings) -> Verdict:
    """One line, what to do, and how far a crawl by this exit would come."""
    if not findings.is_reached:
        return _blocked(findings)
    limits = [*_page_limits(findings), *_place_limits(findings), *_shown_limits(findings)]
    if not limits:
        return Verdict(Level.WORKS, _works(findings))
    lines = [line for line, _ in limits]
    advice = tuple(dict.fromkeys(tip for _, tip in limits if tip))
    return Verdict(Level.LIMITS, f"works with limits: {'; '.join(lines)}", advice)


def overall(verdicts: Sequence[Verdict]) -> Level:
    """All work: 0; none does: 2; anything between: 1."""
    levels = {verdict.level for verdict in verdicts}
    return levels.pop() if len(levels) == 1 else Level.LIMITS


def _works(findings: Findings) -> str:
    parts = ["works: pages come"]
    if findings.place_after:
        asked = " as asked" if findings.is_place_confirmed else ""
        parts.append(f"for {findings.place_after}{asked}")
    if findings.shown_currency:
        parts.append(f"in {findings.shown_currency}")
    return " ".join(parts)


def _blocked(findings: Findings) -> Verdict:
    if findings.browser == LET_IN:
        line = "works with limits: a script challenge stands before every page, a browser is let in"
        advice = "Use engine=auto for jobs by this exit (it needs a Chromium on each crawl node)."
        return Verdict(Level.LIMITS, line, (advice,))
    step = next((step for step in findings.steps if step.code and step.what != "robots"), None)
    if step is None or step.code is None:
        return Verdict(Level.BLOCKED, "blocked: no page came")
    line = f"blocked: {step.message or step.code} ({step.code} at the {step.what} page)"
    if step.code in CHALLENGES:
        return Verdict(Level.BLOCKED, line, _challenge_advice(findings))
    if findings.marketplace == "sandbox" and "refused the connection" in line:
        # The message names the host of its pages, not the address where it should listen.
        return Verdict(Level.BLOCKED, line, (_NO_SANDBOX,))
    return Verdict(Level.BLOCKED, line, tuple(_tips(step.code, step.message or "")))


def _challenge_advice(findings: Findings) -> tuple[str, ...]:
    if findings.browser == KEPT_OUT:
        return ("A browser is kept out by this exit as well: use another one (--proxy).",)
    if findings.browser == NO_BROWSER:
        return (
            "A browser might be let in: install a Chromium and `pip install -r requirements/browser.txt`,"
            " then probe again.",
        )
    return ("Use another exit (--proxy).",)


def _page_limits(findings: Findings) -> Iterator[tuple[str, str]]:
    for step in findings.failed_pages:
        line = f"the {step.what} page did not come ({step.code})"
        yield line, next(_tips(step.code or "", step.message or ""), "")


def _place_limits(findings: Findings) -> Iterator[tuple[str, str]]:
    asked = findings.place_asked
    if asked is None:
        return
    if findings.place_problem_code == "PLACE_REFUSED":
        yield f"the place was refused: {findings.place_problem}", _refused_tip(findings)
    elif findings.place_problem:
        tip = next(_place_tips(findings), "Probe again, or another exit.")
        yield f"the store could not be asked for {asked}: {findings.place_problem}", tip
    elif findings.is_place_confirmed is False and findings.place_after is None:
        yield (
            f"pages name no place, so {asked} is unconfirmed",
            'Rows get the warning "place_unconfirmed"; compare a price with what a browser shows.',
        )
    elif findings.is_place_confirmed is False:
        yield (
            f"asked for {asked}, pages show {findings.place_after}",
            "Targets would fail with WRONG_PLACE. Check the code; try another exit; or keep such rows"
            ' with onWrongPlace: "keep".',
        )


def _place_tips(findings: Findings) -> Iterator[str]:
    return _tips(findings.place_problem_code or "", findings.place_problem or "")


def _refused_tip(findings: Findings) -> str:
    if "robots.txt" in (findings.place_problem or ""):
        return "OBEY_ROBOTS is on: without it the dialogue could be asked; or ask for no place."
    return "Check the postal code: it must exist in the store's country."


def _shown_limits(findings: Findings) -> Iterator[tuple[str, str]]:
    wanted, shown = findings.currency_asked, findings.shown_currency
    if wanted and shown and shown != wanted:
        yield (
            f"asked for {wanted}, prices are in {shown}",
            "Some stores convert only for deliveries abroad. Leave currency out, and convert yourself.",
        )
    if findings.language and not _is_same_language(findings):
        yield (
            f"asked for {findings.language_asked}, pages are in {findings.language}",
            "Choose a language that the store offers (docs/places.md).",
        )
    if findings.rows and (findings.rows_with_price or 0) < _FEW_PRICES * findings.rows:
        where = findings.place_after or "this place"
        line = f"{findings.rows_with_price} of {findings.rows} results show a price for {where}"
        yield line, "" if findings.is_place_confirmed else "Ask for a place: --deliver-to CODE."
    elif findings.rows is None and findings.offer and findings.offer.state == "location_blocked":
        where = findings.place_after or "this place"
        tip = "" if findings.is_place_confirmed else "Ask for a place: --deliver-to CODE."
        yield f"the product is not delivered to {where}, so it shows no price", tip


def _is_same_language(findings: Findings) -> bool:
    return (findings.language or "")[:2].lower() == findings.language_asked[:2].lower()


def _tips(code: str, message: str) -> Iterator[str]:
    if "not public" in message:
        yield "ALLOWED_NETWORKS must name the network of a private proxy, such as 10.0.0.0/8."
    elif remedy := find_remedy(message):
        yield remedy
    elif code in _ADVICE:
        yield _ADVICE[code]
    elif code in FailureCode.__members__ and FAILURES[FailureCode(code)].retryable:
        yield "Another try may help: probe again."
