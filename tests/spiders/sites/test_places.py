from __future__ import annotations

from typing import Any

import pytest

from spiders.sites.currencies import BadCurrency, currency_from_asked
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.places import BadPlace, Place, place_from_asked, place_from_params

TAKEN = [
    ("US", "10001", "10001"), ("US", " 10001 ", "10001"), ("US", "10001-1234", "10001"),
    ("US", {"postalCode": "10001"}, "10001"), ("US", {"postalCode": "10001", "country": "us"}, "10001"),
    ("US", "１０００１", "10001"), ("US", "١٠٠٠١", "10001"), ("US", {"country": "de"}, "DE"), ("US", "DE", "DE"),
    ("US", {"country": "UK"}, "GB"), ("US", {"postalCode": None, "country": "FR"}, "FR"),
    ("UK", "sw1a 1aa", "SW1A 1AA"), ("UK", "SW1A1AA", "SW1A 1AA"), ("UK", "m25bq", "M2 5BQ"),
    ("DE", "10115", "10115"), ("AT", "10115", None), ("FR", "75001", "75001"), ("IT", "00184", "00184"),
    ("ES", "28001", "28001"), ("CA", "m5h2n2", "M5H 2N2"), ("CA", "M5H-2N2", "M5H 2N2"), ("MX", "06500", "06500"),
    ("BR", "01310000", "01310-000"), ("JP", "1000001", "100-0001"), ("JP", "〒100-0001", "100-0001"),
    ("JP", "１００−０００１", None), ("NL", "1012ab", "1012 AB"), ("BE", "1000", "1000"), ("SE", "11120", "111 20"),
    ("PL", "00001", "00-001"), ("TR", "34000", "34000"), ("IN", "560001", "560001"), ("SG", "018956", "018956"),
    ("AU", "2000", "2000"), ("ZA", "8001", "8001"), ("IE", "d01f5p2", "D01 F5P2"), ("AE", "DE", "DE"),
    ("SA", {"country": "AE"}, "AE"), ("sandbox", "10001", "10001"), ("CN", "100000", "100000"),
]  # fmt: skip
REFUSED: list[tuple[str, Any, str]] = [
    ("US", "1000", "such as"), ("US", "SW1A 1AA", "is not a postal code of US"), ("DE", "1011", "of DE"),
    ("UK", "10115", "of GB"), ("CA", "10001", "of CA"), ("JP", "10115", "of JP"), ("US", "", "is not a postal code"),
    ("US", {}, "must hold postalCode or country"), ("US", {"country": "US"}, "delivers there by postal code"),
    ("US", "US", "delivers there by postal code"), ("UK", {"country": "GB"}, "by postal code"),
    ("US", {"country": "XX"}, "not an ISO 3166 code"), ("US", {"country": "Germany"}, "not an ISO 3166 code"),
    ("US", {"country": "EU"}, "not an ISO 3166 code"), ("US", {"postalCode": "10115", "country": "DE"}, "takes postal codes of US"),
    ("US", {"zip": "10001"}, "'zip' is unknown"), ("US", {"postalCode": 10001}, "must be a string"),
    ("AE", "12345", "asks for a city or a district"), ("SA", "11564", "a city or a district"),
    ("EG", "11511", "a city or a district"), ("US", "10001; DROP", "is not a postal code"),
    ("US", "10001\r\nX-A: 1", "is not a postal code"),
]  # fmt: skip


@pytest.mark.parametrize(("store", "asked", "text"), [case for case in TAKEN if case[2]])
def test_a_place_in_its_normal_form(store: str, asked: Any, text: str) -> None:
    marketplace = MARKETPLACES[store]
    place = place_from_asked(asked, marketplace, language=marketplace.default_language)
    assert place.text == text
    assert place_from_params(place.to_params()) == place


@pytest.mark.parametrize(("store", "asked", "words"), REFUSED)
def test_what_the_store_cannot_be_asked_for_is_refused_by_name(
    store: str, asked: Any, words: str
) -> None:
    marketplace = MARKETPLACES[store]
    with pytest.raises(BadPlace, match=words):
        place_from_asked(asked, marketplace, language=marketplace.default_language)


@pytest.mark.parametrize(("language", "country"), [("de_DE", "DE"), ("en_GB", "GB")])
def test_the_practice_store_stands_in_the_country_of_its_language(
    language: str, country: str
) -> None:
    code = {"DE": "10115", "GB": "SW1A 1AA"}[country]
    place = place_from_asked(code, MARKETPLACES["sandbox"], language=language)
    assert place == Place(country, code)


def test_every_store_says_what_it_takes() -> None:
    """No store breaks on a code: it takes one, or says why not."""
    for marketplace in MARKETPLACES.values():
        with pytest.raises(BadPlace):
            place_from_asked("???", marketplace, language=marketplace.default_language)


def test_a_seed_that_hands_have_pushed_is_refused_not_broken_on() -> None:
    for params in ({}, {"country": 5}, "10001", None):
        with pytest.raises(BadPlace):
            place_from_params(params)  # type: ignore[arg-type]


def test_currencies_in_use() -> None:
    assert [currency_from_asked(text) for text in ("EUR", "eur", " Usd ")] == ["EUR", "EUR", "USD"]
    for text in ("DEM", "EURO", "", "XXX", "€", "E1R"):
        with pytest.raises(BadCurrency):
            currency_from_asked(text)
    for marketplace in MARKETPLACES.values():
        assert currency_from_asked(marketplace.currency) == marketplace.currency
