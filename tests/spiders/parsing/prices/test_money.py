from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.prices.money import (
    price_from_parts,
    price_from_text,
    price_range_from_text,
    prices_in_text,
)

READINGS = [
    # text, store's currency, amount, currency
    ("$1,249.99", "USD", "1249.99", "USD"),
    ("1.500,00 €", "EUR", "1500.00", "EUR"),
    ("€ 1.234,56", "EUR", "1234.56", "EUR"),
    ("€431.55", "EUR", "431.55", "EUR"),
    ("R$ 89,90", "BRL", "89.90", "BRL"),
    ("R$1.499,99", "BRL", "1499.99", "BRL"),
    ("6 499,00 zł", "PLN", "6499.00", "PLN"),
    ("6\u00a0499,00\u00a0zł", "PLN", "6499.00", "PLN"),
    ("6\u202f499,00 zł", "PLN", "6499.00", "PLN"),
    ("6\u2009499,00 zł", "PLN", "6499.00", "PLN"),
    ("1 234 kr", "SEK", "1234", "SEK"),
    ("199 kr", "SEK", "199", "SEK"),
    ("￥1,234", "JPY", "1234", "JPY"),
    ("¥1,234", "JPY", "1234", "JPY"),
    ("1,234円", "JPY", "1234", "JPY"),
    ("¥88.00", "CNY", "88.00", "CNY"),
    ("₹1,23,456", "INR", "123456", "INR"),
    ("₹1,23,456.50", "INR", "123456.50", "INR"),
    ("S$12.90", "SGD", "12.90", "SGD"),
    ("A$12.90", "AUD", "12.90", "AUD"),
    ("CDN$ 14.95", "CAD", "14.95", "CAD"),
    ("US$12.90", "MXN", "12.90", "USD"),
    ("MX$1,299.00", "USD", "1299.00", "MXN"),
    ("HK$99.00", "USD", "99.00", "HKD"),
    ("NT$990", "USD", "990", "TWD"),
    ("EUR 34.40", "USD", "34.40", "EUR"),
    ("EUR19.61", "USD", "19.61", "EUR"),
    ("EUR 2,99", "EUR", "2.99", "EUR"),
    ("IDR 501,282.85", "USD", "501282.85", "IDR"),
    ("SAR 1,349.10", "SAR", "1349.10", "SAR"),
    ("1.363,86 SAR", "EUR", "1363.86", "SAR"),
    ("1.234 €", "EUR", "1234", "EUR"),
    ("1 234 €", "EUR", "1234", "EUR"),
    ("$1,500", "USD", "1500", "USD"),
    ("506,14 €", "EUR", "506.14", "EUR"),
    ("1.299,00 TL", "TRY", "1299.00", "TRY"),
    ("₺1.299", "TRY", "1299", "TRY"),
    ("١٬٢٣٤٫٥٠ ر.س.", "SAR", "1234.50", "SAR"),
    ("د.إ ٢٦٫٠٠", "AED", "26.00", "AED"),
    ("جنيه ٢٬٥٠٠", "EGP", "2500", "EGP"),
    ("R1 234,56", "ZAR", "1234.56", "ZAR"),
    ("R1,234.56", "ZAR", "1234.56", "ZAR"),
    ("\u200e$5.00\u200f", "USD", "5.00", "USD"),
    ("$0.00", "USD", "0.00", "USD"),
    ("12.345.678,90 €", "EUR", "12345678.90", "EUR"),
]


@pytest.mark.parametrize(("text", "store", "amount", "currency"), READINGS)
def test_price_is_read_in_every_grouping(text: str, store: str, amount: str, currency: str) -> None:
    money = price_from_text(text, store_currency=store)
    assert money is not None
    assert (money.amount, money.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["XXL 100", "USB 3", "4K 60", "", "free", "100", "Pack of 2", "Nr. 5", "Kr", "5 cm"]
)
def test_numbers_without_a_currency_are_no_prices(text: str) -> None:
    assert price_from_text(text, store_currency="EUR") is None


def test_shared_symbol_stays_open_where_the_store_does_not_use_it() -> None:
    money = price_from_text("$19.00", store_currency="EUR")
    assert money is not None
    assert (money.amount, money.currency, money.raw) == (Decimal("19.00"), None, "$19.00")


def test_brazilian_symbol_is_not_read_as_dollar() -> None:
    money = price_from_text("R$ 10,00", store_currency="USD")
    assert money is not None
    assert money.currency == "BRL"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("$10.99 - $24.99", "10.99", "24.99"), ("10,99 € – 24,99 €", "10.99", "24.99")],
)
def test_dash_makes_a_range(text: str, low: str, high: str) -> None:
    found = price_range_from_text(text, store_currency="USD")
    assert found is not None
    assert (found[0].amount, found[1].amount) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["$10.99 $24.99", "$10.99", "$24.99 - $10.99", "10 - 20"])
def test_two_prices_without_a_dash_are_no_range(text: str) -> None:
    assert price_range_from_text(text, store_currency="USD") is None


def test_parts_use_the_decimal_mark_the_page_shows() -> None:
    money = price_from_parts("1.249,", "99", mark="€", decimal_mark=",", store_currency="EUR")
    assert money is not None
    assert (money.amount, money.currency) == (Decimal("1249.99"), "EUR")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for money in prices_in_text(text, store_currency="USD"):
        assert money.amount >= 0
    price_range_from_text(text, store_currency=None)


@given(
    whole=st.integers(0, 9_999_999),
    cents=st.integers(0, 99),
    style=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", ".")]),
)
def test_every_grouping_gives_the_same_amount(
    whole: int, cents: int, style: tuple[str, str]
) -> None:
    group, mark = style
    text = f"{whole:,}".replace(",", group) + f"{mark}{cents:02d} €"
    money = price_from_text(text, store_currency="EUR")
    assert money is not None
    assert money.amount == Decimal(f"{whole}.{cents:02d}")
