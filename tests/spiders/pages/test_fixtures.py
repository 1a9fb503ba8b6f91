from __future__ import annotations

import re

import pytest

from tests.spiders.pages.cases import Case, all_cases, misses

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_gives_what_its_case_expects(case: Case) -> None:
    assert misses(case) == [], case.meta["trap"]


def test_there_is_a_case_for_every_parsing_trap() -> None:
    """Numbers of the list of known traps; 9, 17, 22, 23 and 25 have tests of their own."""
    named = {
        int(n) for case in CASES for n in re.findall(r"\b(\d{1,2})\b(?=[,:])", case.meta["trap"])
    }
    assert named >= set(range(1, 25)) - {17, 22, 23}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixture_carries_nothing_of_a_real_visit(case: Case) -> None:
    """25: session ids, tokens and addresses of a person never enter the repository."""
    html = (case.folder / "input.html").read_text(encoding="utf-8")
    for forbidden in (
        r"\d{3}-\d{7}-\d{7}",
        r"csrf",
        r"session-?id",
        r"ubid",
        r"[\w.]+@(?!amazon\.com)\w+\.\w+",
    ):
        assert not re.search(forbidden, html, re.IGNORECASE), forbidden
