"""axe-core on a page: what it finds, each as a line that says where and what is wrong.

Its script comes in by the browser's tools, so the page's policy neither lets it in nor stops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_VENDOR = Path(__file__).with_name("vendor")
# The rules that its authors call a failure of WCAG 2.2 AA, and their best practices.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ("color-contrast", "link-in-text-block")
_RUN = """async (rules) => (await axe.run(document, {
    runOnly: rules, resultTypes: ["violations"], preload: false,
})).violations"""


@cache
def script() -> str:
    return (_VENDOR / "axe.min.js").read_text()


def findings(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """By all rules, or by these alone."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(script())
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(rules or _TAGS))
    return [
        f"{one['impact']} {one['id']}: {node['target'][0]} {node['html'][:160]} – {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
