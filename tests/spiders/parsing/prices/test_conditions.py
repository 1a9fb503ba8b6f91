from __future__ import annotations

import pytest

from sandbox.conditions import HEADINGS, Condition
from spiders.parsing.prices.conditions import condition_from_text


@pytest.mark.parametrize("language", HEADINGS)
def test_conditions_are_told_in_every_language_of_the_practice_store(language: str) -> None:
    read = [condition_from_text(text) for text in HEADINGS[language]]
    assert read == [condition.value for condition in Condition]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Used", "used"),
        ("Gebraucht", "used"),
        ("Very Good", "used_very_good"),
        ("Wie neu", "used_like_new"),
        ("全新", "new"),
        ("二手 - 非常好", "used_very_good"),
        ("중고 - 좋음", "used_good"),
        ("새 상품", "new"),
        ("Amazon Renewed", "renewed"),
        ("Reacondicionado - Excelente", "renewed"),
        ("Sammlerstück - Wie neu", "collectible"),
        ("Damaged", None),
        ("", None),
        (None, None),
    ],
)
def test_a_condition_is_read_from_its_words(text: str | None, condition: str | None) -> None:
    assert condition_from_text(text) == condition
