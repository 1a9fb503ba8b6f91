from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.counts import bought_past_month_from_text, count_from_text


@pytest.mark.parametrize(
    ("text", "value", "approximate"),
    [
        ("16.516", 16516, False),
        ("55 229", 55229, False),
        ("55\u202f229 évaluations", 55229, False),
        ("55,229個の評価", 55229, False),
        ("339 レーティング", 339, False),
        ("87,349 Reviews", 87349, False),
        ("(277)", 277, False),
        ("1,23,456 ratings", 123456, False),
        ("١٬٢٣٤ تقييم", 1234, False),
        ("(1.2K)", 1200, True),
        ("(15,3K)", 15300, True),
        ("1,2 Tsd.", 1200, True),
        ("1,2 mil", 1200, True),
        ("1.1M ratings", 1100000, True),
        ("2万", 20000, True),
        ("3 B", 3000, True),
    ],
)
def test_counts_written_out_and_abbreviated(text: str, value: int, approximate: bool) -> None:
    count = count_from_text(text)
    assert count is not None
    assert (count.value, count.is_approximate) == (value, approximate)


def test_unit_words_are_no_multipliers() -> None:
    count = count_from_text("12 bewertungen")
    assert count is not None
    assert (count.value, count.is_approximate) == (12, False)


@pytest.mark.parametrize(
    ("text", "lower_bound"),
    [
        ("5K+ bought in past month", 5000),
        ("300+ bought in past month", 300),
        ("5000+ Mal im letzten Monat gekauft", 5000),
        ("500+ achetés au cours du mois dernier", 500),
        ("500+ comprados el mes pasado", 500),
        ("Mais de 200 compras no mês passado", 200),
        ("Oltre 500 acquistati nell'ultimo mese", 500),
        ("Più di 1000 acquisti nell'ultimo mese", 1000),
        ("1K+ gekocht in de afgelopen maand", 1000),
        ("Fler än 50 köpta den senaste månaden", 50),
        ("Ponad 100 kupionych w zeszłym miesiącu", 100),
        ("Geçen ay 500+ satın alındı", 500),
        ("過去1か月で500点以上購入されました", 500),
        ("過去1か月で1万点以上購入されました", 10000),
    ],
)
def test_bought_past_month_in_every_language(text: str, lower_bound: int) -> None:
    assert bought_past_month_from_text(text) == lower_bound


@pytest.mark.parametrize(
    "text", ["New on Amazon in past month", "1K+ bought in past week", "", None, "4.5 out of 5"]
)
def test_other_texts_of_the_same_slot_give_none(text: str | None) -> None:
    assert bought_past_month_from_text(text) is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    count = count_from_text(text)
    assert count is None or count.value >= 0
    bought_past_month_from_text(text)
