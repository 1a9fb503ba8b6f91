from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.ranks import rank_from_text, without_top_100


@pytest.mark.parametrize(
    ("line", "rank", "category"),
    [
        ("#1,234 in Toys & Games (See Top 100 in Toys & Games)", 1234, "Toys & Games"),
        ("Nr. 1.234 in Spielzeug (Siehe Top 100 in Spielzeug)", 1234, "Spielzeug"),
        ("10.094 en Livres (Voir les 100 premiers en Livres)", 10094, "Livres"),
        ("n°50 dans Satires", 50, "Satires"),
        ("nº20.691 en Hogar (Ver el Top 100 en Hogar)", 20691, "Hogar"),
        ("nº 32 en Ollas", 32, "Ollas"),
        ("n. 2.477 in Casa e cucina (Visualizza i Top 100)", 2477, "Casa e cucina"),
        ("Nº 12,212 em Casa (Conheça o Top 100 na categoria Casa)", 12212, "Casa"),
        ("#49 449 i Hem", 49449, "Hem"),
        ("4,312位ペット用品", 4312, "ペット用品"),
        ("ドラッグストア - 6,125位", 6125, "ドラッグストア"),
        ("3,255 in Computer & Accessories", 3255, "Computer & Accessories"),
        ("1.234 w Zabawki", 1234, "Zabawki"),
        ("Oyuncak kategorisinde 1.234. sırada", 1234, "Oyuncak"),
        ("1,234 في ألعاب", 1234, "ألعاب"),
        ("Bebek içinde 4.567 numara", 4567, "Bebek"),
        ("第1,234名图书", 1234, "图书"),
        ("완구에서 #12위", 12, "완구"),
        ("nr 45 678 w Dom", 45678, "Dom"),
        ("#5 in Bandes dessinées (Livres)", 5, "Bandes dessinées (Livres)"),
    ],
)
def test_rank_and_category(line: str, rank: int, category: str) -> None:
    assert rank_from_text(line) == (rank, category)


@pytest.mark.parametrize("line", ["", "Toys", "in Toys", "#0 in Toys", None])
def test_lines_without_a_rank(line: str | None) -> None:
    assert rank_from_text(line) is None


def test_link_to_the_list_is_dropped_in_any_language() -> None:
    assert without_top_100("#5 in Toys (Ver el Top 100)") == "#5 in Toys"


@given(st.text())
def test_no_text_raises(text: str) -> None:
    rank = rank_from_text(text)
    assert rank is None or rank.rank > 0
