from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.rating import (
    is_rating_plausible,
    rating_from_star_class,
    rating_from_text,
)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4.6 out of 5 stars", "4.6"),
        ("4,6 von 5 Sternen", "4.6"),
        ("4,6 sur 5 étoiles", "4.6"),
        ("4,6 de 5 estrellas", "4.6"),
        ("4,6 su 5 stelle", "4.6"),
        ("4,6 van 5 sterren", "4.6"),
        ("4,6 av 5 stjärnor", "4.6"),
        ("4,6 z 5 gwiazdek", "4.6"),
        ("4,6 de 5 estrelas", "4.6"),
        ("5 yıldız üzerinden 4,6", "4.6"),
        ("5つ星のうち4.3", "4.3"),
        ("5つ星のうち 5.0", "5.0"),
        ("4.6 من 5 نجوم", "4.6"),
        ("٤٫٦ من ٥ نجوم", "4.6"),
        ("5 में से 4.1 स्टार", "4.1"),
        ("별 5개 중 4.4개", "4.4"),
        ("4.5 颗星，最多 5 颗星", "4.5"),
        ("5.0 out of 5 stars", "5.0"),
        ("5 out of 5 stars", "5"),
        ("4.5", "4.5"),
    ],
)
def test_rating_is_read_wherever_the_scale_stands(text: str, rating: str) -> None:
    assert rating_from_text(text) == Decimal(rating)


@pytest.mark.parametrize("text", ["", "no ratings yet", "87,349 ratings", None])
def test_what_is_no_rating_gives_none(text: str | None) -> None:
    assert rating_from_text(text) is None


@pytest.mark.parametrize(
    ("classes", "stars"),
    [
        ("a-icon a-icon-star-mini a-star-mini-4-5 mvt", "4.5"),
        ("a-icon a-icon-star a-star-4", "4"),
        ("a-icon a-icon-star-small a-star-small-2-5", "2.5"),
        ("a-icon a-icon-popover", None),
        (None, None),
    ],
)
def test_star_class_needs_no_language(classes: str | None, stars: str | None) -> None:
    assert rating_from_star_class(classes) == (Decimal(stars) if stars else None)


def test_star_class_contradicts_a_rating_of_another_card() -> None:
    assert is_rating_plausible(Decimal("4.3"), stars=Decimal("4.5"))
    assert not is_rating_plausible(Decimal("4.9"), stars=Decimal("4"))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    rating = rating_from_text(text)
    assert rating is None or 0 < rating <= 5
    rating_from_star_class(text)
