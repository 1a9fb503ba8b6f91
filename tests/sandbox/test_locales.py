from decimal import Decimal

import pytest

from sandbox.locales import locale_for

AMOUNT = Decimal("1234567.89")


@pytest.mark.parametrize(
    ("language", "money", "rating"),
    [
        ("en_US", "$1,234,567.89", "4.6 out of 5 stars"),
        ("en_GB", "£1,234,567.89", "4.6 out of 5 stars"),
        ("en_IN", "₹12,34,567.89", "4.6 out of 5 stars"),
        ("de_DE", "1.234.567,89\u00a0€", "4,6 von 5 Sternen"),
        ("fr_FR", "1\u202f234\u202f567,89\u00a0€", "4,6 sur 5 étoiles"),
        ("es_ES", "1.234.567,89\u00a0€", "4,6 de 5 estrellas"),
        ("it_IT", "1.234.567,89\u00a0€", "4,6 su 5 stelle"),
        ("nl_NL", "€\u00a01.234.567,89", "4,6 van 5 sterren"),
        ("pl_PL", "1\u00a0234\u00a0567,89\u00a0zł", "4,6 z 5 gwiazdek"),
        ("sv_SE", "1\u00a0234\u00a0567,89\u00a0kr", "4,6 av 5 stjärnor"),
        ("tr_TR", "1.234.567,89\u00a0TL", "5 yıldız üzerinden 4,6"),
        ("pt_BR", "R$\u00a01.234.567,89", "4,6 de 5 estrelas"),
        ("ja_JP", "￥1,234,568", "5つ星のうち4.6"),
        ("ar_AE", "1,234,567.89\u00a0د.إ.\u200f", "4.6 من 5 نجوم"),
    ],
)
def test_language_decides_numbers_and_words(language: str, money: str, rating: str) -> None:
    locale = locale_for("sandbox.test", language)
    assert locale.money(AMOUNT) == money
    assert locale.words.rating.format(rating=locale.decimal(4.6)) == rating


@pytest.mark.parametrize(
    ("host", "language", "code", "currency"),
    [
        ("127.0.0.1", None, "en_US", "USD"),
        ("www.amazon.de", None, "de_DE", "EUR"),
        ("www.amazon.de", "en_GB", "en_GB", "EUR"),
        ("www.amazon.se", "en_GB", "en_GB", "SEK"),
        ("www.amazon.com", "de_DE", "de_DE", "USD"),
        ("amazon.co.jp", None, "ja_JP", "JPY"),
        ("sandbox.test", "de_DE", "de_DE", "EUR"),
        ("sandbox.test", "de_AT", "de_AT", "EUR"),
        ("sandbox.test", "hi_IN", "en_IN", "INR"),
        ("sandbox.test", 'de_DE"><b>', "en_US", "USD"),
    ],
)
def test_currency_is_the_hosts_and_language_as_asked(
    host: str, language: str | None, code: str, currency: str
) -> None:
    locale = locale_for(host, language)
    assert (locale.code, locale.currency.code) == (code, currency)


def test_letters_stand_apart_from_the_number_in_english() -> None:
    assert locale_for("www.amazon.ae", "en_AE").money(Decimal("1349.10")) == "AED\u00a01,349.10"
    assert locale_for("www.amazon.ie", None).money(Decimal("19.00")) == "€19.00"
