"""Findings as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator

from spiders.probe.findings import KEPT_OUT, LET_IN, NO_BROWSER, Findings
from spiders.probe.verdict import Verdict

_BROWSER = {
    LET_IN: "let in, where plain HTTP is not",
    KEPT_OUT: "kept out as well",
    NO_BROWSER: "none on this machine to try with",
}


def lines_of(findings: Findings, verdict: Verdict) -> Iterator[str]:
    yield f"{findings.marketplace} by {findings.exit}"
    for name, value in _facts(findings):
        yield f"  {name:<12}{value}"
    for step in findings.steps:
        outcome = "ok" if step.code is None else f"{step.code}: {step.message}"
        came = f"HTTP {step.status}, " if step.status else ""
        yield f"  {step.what:<12}{came}{step.milliseconds} ms, {outcome}"
    yield f"  {verdict.line}"
    for tip in verdict.advice:
        yield f"    → {tip}"


def _facts(findings: Findings) -> Iterator[tuple[str, str]]:
    reached = findings.reached_ms
    yield "reached", "no" if reached is None else f"in {reached} ms"
    if findings.language:
        yield "language", f"{findings.language} (asked for {findings.language_asked})"
    yield from _place(findings)
    if findings.shown_currency:
        asked = findings.currency_asked
        yield "currency", findings.shown_currency + (f" (asked for {asked})" if asked else "")
    if findings.rows is not None:
        yield "results", f"{findings.rows}, {findings.rows_with_price} with a price"
    if findings.offer:
        offer = findings.offer
        yield "offer", f"{offer.asin}: {offer.price or 'no price'} ({offer.state}), {offer.title}"
    if findings.browser in _BROWSER:
        reason = f" ({findings.browser_reason})" if findings.browser_reason else ""
        yield "a browser", _BROWSER[findings.browser] + reason
    yield "robots.txt", findings.robots or "not asked for"
    yield "User-Agent", findings.user_agent


def _place(findings: Findings) -> Iterator[tuple[str, str]]:
    if findings.place_before:
        yield "place", findings.place_before + (" (before)" if findings.place_asked else "")
    if findings.place_asked is None or findings.is_place_confirmed is None:
        return
    shown = (
        f"the page shows {findings.place_after}" if findings.place_after else "the page names none"
    )
    proof = "confirmed" if findings.is_place_confirmed else "not confirmed"
    form = ", by the older form address" if findings.has_needed_form else ""
    yield "asked for", f"{findings.place_asked}: {shown}, {proof}{form}"
