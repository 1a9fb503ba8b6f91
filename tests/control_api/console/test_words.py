"""Values as pages write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from control_api.console.words import amount, duration, is_link, persons, plural, term


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("24.9900"), "24.99"), (Decimal("24.5"), "24.50"), (Decimal("1200.0000"), "1200"),
        (Decimal("0"), "0"), (19.9, "19.90"), (Decimal("0.125"), "0.125"), (100, "100"),
    ],
)  # fmt: skip
def test_an_amount_has_no_noughts_of_storage(value: Decimal, text: str) -> None:
    assert amount(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"), (0.04, "0.0 s"), (9.94, "9.9 s"), (59, "59 s"), (60, "1 min 0 s"),
        (3_599, "59 min 59 s"), (3_600, "1 h 0 min"), (90_000, "1 d 1 h"),
    ],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x",
        "//evil.example", "/path", "http://", "https:///x", "ftp://a.example", "http://a b.example",
        "https://a.example/\n", "http://[::1", "", None, 5, "\tjavascript:alert(1)",
    ],
)  # fmt: skip
def test_only_whole_web_addresses_are_links(text: object) -> None:
    assert not is_link(text)
    assert is_link("https://www.amazon.com/dp/B000000001?a=1#b")


def test_a_number_goes_with_its_word() -> None:
    assert [plural(n, "try", "tries") for n in (0, 1, 1_200)] == ["0 tries", "1 try", "1,200 tries"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("listPrice", "list price"), ("in_stock", "in stock"), ("price", "price"),
        ("subscribeAndSave", "subscribe and save"), ("notFound", "not found"), ("ASIN", "ASIN"),
        ("parentASIN", "parent ASIN"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_of_the_api_is_words_on_a_page(name: str, words: str) -> None:
    assert term(name) == words


def test_states_and_reasons_of_programs_are_told_as_a_person_says_them() -> None:
    assert [persons(one) for one in ("pending", "failed", "overlap", "hand")] == [
        "waiting", "given up", "the run before was still open", "a person",
    ]  # fmt: skip
    assert persons("quota_exceeded") == "quota exceeded"
