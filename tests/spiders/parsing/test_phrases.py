from __future__ import annotations

import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.phrases import Phrases

PATTERN = r"\bı?ndirim\S|(?P<Kind>Straße|ÉTÉ|ſet|[A-F]el)\W|\d kelvin"
LETTERS = "ıİiIſsSßẞKkéÉfelL ndrmNDRM.5vst"


@given(st.text(alphabet=LETTERS, max_size=24))
def test_finds_what_a_pattern_without_regard_to_case_finds(text: str) -> None:
    expected = re.compile(PATTERN, re.IGNORECASE).search(text)
    found = Phrases(PATTERN).search(text)
    assert (found and found.span()) == (expected and expected.span())


def test_each_letter_of_any_alphabet_is_found_in_both_cases() -> None:
    cased = [chr(code) for code in range(sys.maxunicode) if chr(code).lower() != chr(code)]
    for letter in cased:
        small = "i" if letter == "İ" else letter.lower()
        assert Phrases(small).match(letter), letter
        assert Phrases(letter).match(small), letter


def test_names_of_groups_and_classes_of_characters_stay_what_they_are() -> None:
    found = Phrases(r"(?P<Unit>\S+)\s\D").match("/FL Oz")
    assert found is not None
    assert found.span("Unit") == (0, 3)
    assert Phrases(r"\S").search(" ") is None
