"""Amazon's stores as data: host, currency, languages, cookies; and how `config.lang` picks one.

A language listed here was stated by Amazon's or a vendor's documentation; stores with one language
were seen with that one only. Currency is what the store charges by default: the page decides what
is *shown*, see `parsing.money`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

DecimalMark = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class Marketplace:
    code: str
    host: str
    currency: str
    languages: tuple[str, ...]
    lang_cookie: str | None
    decimal_mark: DecimalMark = "."

    @property
    def default_language(self) -> str:
        return self.languages[0]

    @property
    def origin(self) -> str:
        return f"https://{self.host}"


class UnsupportedMarketplace(ValueError):
    """Neither a code nor a host of the table; the message lists the codes."""


class UnsupportedLanguage(ValueError):
    """Not `ll` or `ll-CC` of a language and a country we know; the message lists both."""


SANDBOX_LANGUAGES = (
    "en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "ja_JP", "pt_BR", "en_GB",
    "nl_NL", "pl_PL", "sv_SE", "tr_TR", "ar_AE", "en_IN", "hi_IN",
)  # fmt: skip

_TABLE = (
    Marketplace("US", "www.amazon.com", "USD", ("en_US", "es_US", "zh_CN", "zh_TW", "ko_KR", "pt_BR", "he_IL", "ar_AE", "de_DE"), "lc-main"),
    Marketplace("CA", "www.amazon.ca", "CAD", ("en_CA", "fr_CA"), "lc-acbca"),
    Marketplace("MX", "www.amazon.com.mx", "MXN", ("es_MX",), "lc-acbmx"),
    Marketplace("BR", "www.amazon.com.br", "BRL", ("pt_BR",), "lc-acbbr", ","),
    Marketplace("UK", "www.amazon.co.uk", "GBP", ("en_GB",), "lc-acbuk"),
    Marketplace("IE", "www.amazon.ie", "EUR", ("en_IE",), "lc-acbie"),
    Marketplace("DE", "www.amazon.de", "EUR", ("de_DE", "en_GB", "cs_CZ", "nl_NL", "pl_PL", "tr_TR", "da_DK"), "lc-acbde", ","),
    Marketplace("FR", "www.amazon.fr", "EUR", ("fr_FR", "en_GB"), "lc-acbfr", ","),
    Marketplace("IT", "www.amazon.it", "EUR", ("it_IT", "en_GB"), "lc-acbit", ","),
    Marketplace("ES", "www.amazon.es", "EUR", ("es_ES",), "lc-acbes", ","),
    Marketplace("NL", "www.amazon.nl", "EUR", ("nl_NL", "en_GB"), "lc-acbnl", ","),
    Marketplace("BE", "www.amazon.com.be", "EUR", ("nl_BE", "fr_BE", "en_GB"), "lc-acbbe", ","),
    # Vendors write se_SE here; the site's own code is sv_SE.
    Marketplace("SE", "www.amazon.se", "SEK", ("sv_SE", "en_GB"), "lc-acbse", ","),
    Marketplace("PL", "www.amazon.pl", "PLN", ("pl_PL",), "lc-acbpl", ","),
    Marketplace("TR", "www.amazon.com.tr", "TRY", ("tr_TR",), "lc-acbtr", ","),
    Marketplace("AE", "www.amazon.ae", "AED", ("en_AE", "ar_AE"), "lc-acbae"),
    # Saudi Arabia and Egypt speak the Emirates' codes: ar_SA and en_SA do not exist.
    Marketplace("SA", "www.amazon.sa", "SAR", ("ar_AE", "en_AE"), "lc-acbsa"),
    Marketplace("EG", "www.amazon.eg", "EGP", ("ar_AE", "en_AE"), "lc-acbeg"),
    Marketplace("IN", "www.amazon.in", "INR", ("en_IN", "hi_IN", "ta_IN", "te_IN", "kn_IN", "ml_IN", "bn_IN", "mr_IN"), "lc-acbin"),
    Marketplace("JP", "www.amazon.co.jp", "JPY", ("ja_JP", "en_US", "zh_CN"), "lc-acbjp"),
    Marketplace("SG", "www.amazon.sg", "SGD", ("en_SG",), "lc-acbsg"),
    Marketplace("AU", "www.amazon.com.au", "AUD", ("en_AU",), "lc-acbau"),
    Marketplace("ZA", "www.amazon.co.za", "ZAR", ("en_ZA",), "lc-acbza"),
    # Largely closed; allowed, not promised.
    Marketplace("CN", "www.amazon.cn", "CNY", ("zh_CN",), None),
    # Our practice store. Its pages show many currencies; USD is only where a bare "$" leads.
    Marketplace("sandbox", "sandbox.test", "USD", SANDBOX_LANGUAGES, "lc-main"),
)  # fmt: skip

MARKETPLACES: Mapping[str, Marketplace] = MappingProxyType({m.code: m for m in _TABLE})

# As the seller API publishes them; some addresses name their store by it. None is known of CN.
MARKETPLACE_IDS: Mapping[str, str] = MappingProxyType(
    {
        "US": "ATVPDKIKX0DER", "CA": "A2EUQ1WTGCTBG2", "MX": "A1AM78C64UM0Y8", "BR": "A2Q3Y263D00KWC",
        "UK": "A1F83G8C2ARO7P", "IE": "A28R8C7NBKEWEA", "DE": "A1PA6795UKMFR9", "FR": "A13V1IB3VIYZZH",
        "IT": "APJ6JRA9NG5V4", "ES": "A1RKKUPIHCS9HS", "NL": "A1805IZSGTT6HS", "BE": "AMEN7PMS3EDWL",
        "SE": "A2NODRKZP88ZB9", "PL": "A1C3SOZRARQ6R3", "TR": "A33AVAJ2PDY3EV", "AE": "A2VIGQ35RCS4UG",
        "SA": "A17E79C6D8DWNP", "EG": "ARBP9OOSHTCHU", "IN": "A21TJRUUN4KGV", "JP": "A1VC38T7YXB528",
        "SG": "A19VAU5U5O7RUS", "AU": "A39IBJ37TRP1C6", "ZA": "AE08WJ6YKNBMC",
    }
)  # fmt: skip

_BY_DOMAIN = {m.host.removeprefix("www."): m for m in _TABLE}
_BY_CODE = {m.code.casefold(): m for m in _TABLE} | {"gb": MARKETPLACES["UK"]}
_HOST_PREFIX = re.compile(r"^(?:www|smile|m)\.")

# Countries without a store of their own that Amazon serves from a neighbour's.
_SERVED_BY = {"AT": "DE", "CH": "DE"}

_LANGUAGE_NAMES = frozenset(language[:2] for m in _TABLE for language in m.languages)
_LANG = re.compile(r"^([a-z]{2})(?:[-_]([a-z]{2}))?$", re.IGNORECASE)


def find_marketplace_by_host(host: str) -> Marketplace | None:
    name = host.strip().rstrip(".").casefold().partition(":")[0]
    return _BY_DOMAIN.get(_HOST_PREFIX.sub("", name))


def marketplace_from_code_or_host(text: str) -> Marketplace:
    found = _BY_CODE.get(text.strip().casefold()) or find_marketplace_by_host(text)
    if found is None:
        supported = ", ".join(MARKETPLACES)
        raise UnsupportedMarketplace(
            f"unsupported marketplace {text!r}; supported: {supported}, or their hosts"
        )
    return found


@dataclass(frozen=True, slots=True)
class Locale:
    """What one job asks for: a store and the language its pages shall speak."""

    marketplace: Marketplace
    language: str
    lang: str
    warnings: tuple[str, ...]


def locale_for(*, lang: str | None, marketplace: str | None, url_host: str | None = None) -> Locale:
    """An explicit marketplace beats the URL's host, which beats lang's country, which beats US."""
    wanted, country = _language_and_country(lang)
    store, warnings = _store_for(marketplace, url_host, country=country)
    if lang is None or wanted is None:
        return Locale(store, store.default_language, store.default_language.replace("_", "-"), ())
    language = _offered_language(store, wanted, country=country)
    if language is None:
        language, warnings = store.default_language, (*warnings, "language_not_offered")
    return Locale(store, language, lang, warnings)


def supported_langs() -> tuple[str, ...]:
    """Every `ll-CC` that one of the stores offers as such, for error messages and docs."""
    names = {
        f"{language[:2]}-{'GB' if m.code == 'UK' else m.code}"
        for m in _TABLE
        if m.code != "sandbox"
        for language in m.languages
    }
    return tuple(sorted(names))


def _language_and_country(lang: str | None) -> tuple[str | None, str | None]:
    if lang is None:
        return None, None
    match = _LANG.match(lang.strip())
    language = match.group(1).lower() if match else ""
    country = (match.group(2) or "").upper() if match else ""
    known_country = not country or country in _SERVED_BY or country.casefold() in _BY_CODE
    if language not in _LANGUAGE_NAMES or not known_country:
        raise UnsupportedLanguage(
            f"unsupported lang {lang!r}; supported: {', '.join(supported_langs())},"
            " or a language alone"
        )
    return language, country or None


def _store_for(
    marketplace: str | None, url_host: str | None, *, country: str | None
) -> tuple[Marketplace, tuple[str, ...]]:
    if marketplace is not None:
        return marketplace_from_code_or_host(marketplace), ()
    if url_host is not None:
        return marketplace_from_code_or_host(url_host), ()
    if country in _SERVED_BY:
        return MARKETPLACES[_SERVED_BY[country]], ("country_served_by_neighbour",)
    return (_BY_CODE[country.casefold()] if country else MARKETPLACES["US"]), ()


def _offered_language(store: Marketplace, language: str, *, country: str | None) -> str | None:
    exact = f"{language}_{country}"
    if exact in store.languages:
        return exact
    return next((offered for offered in store.languages if offered.startswith(language)), None)
