from __future__ import annotations

import re

import pytest

from spiders.sites.marketplaces import (
    MARKETPLACES,
    UnsupportedLanguage,
    UnsupportedMarketplace,
    find_marketplace_by_host,
    locale_for,
    marketplace_from_code_or_host,
    supported_langs,
)

TABLE = [
    # lang, marketplace, language, currency, cookie
    ("en-US", "US", "en_US", "USD", "lc-main"),
    ("es-US", "US", "es_US", "USD", "lc-main"),
    ("en-CA", "CA", "en_CA", "CAD", "lc-acbca"),
    ("fr-CA", "CA", "fr_CA", "CAD", "lc-acbca"),
    ("es-MX", "MX", "es_MX", "MXN", "lc-acbmx"),
    ("pt-BR", "BR", "pt_BR", "BRL", "lc-acbbr"),
    ("en-GB", "UK", "en_GB", "GBP", "lc-acbuk"),
    ("en-UK", "UK", "en_GB", "GBP", "lc-acbuk"),
    ("en-IE", "IE", "en_IE", "EUR", "lc-acbie"),
    ("de-DE", "DE", "de_DE", "EUR", "lc-acbde"),
    ("en-DE", "DE", "en_GB", "EUR", "lc-acbde"),
    ("fr-FR", "FR", "fr_FR", "EUR", "lc-acbfr"),
    ("it-IT", "IT", "it_IT", "EUR", "lc-acbit"),
    ("es-ES", "ES", "es_ES", "EUR", "lc-acbes"),
    ("nl-NL", "NL", "nl_NL", "EUR", "lc-acbnl"),
    ("fr-BE", "BE", "fr_BE", "EUR", "lc-acbbe"),
    ("sv-SE", "SE", "sv_SE", "SEK", "lc-acbse"),
    ("pl-PL", "PL", "pl_PL", "PLN", "lc-acbpl"),
    ("tr-TR", "TR", "tr_TR", "TRY", "lc-acbtr"),
    ("en-AE", "AE", "en_AE", "AED", "lc-acbae"),
    ("ar-SA", "SA", "ar_AE", "SAR", "lc-acbsa"),
    ("en-SA", "SA", "en_AE", "SAR", "lc-acbsa"),
    ("ar-EG", "EG", "ar_AE", "EGP", "lc-acbeg"),
    ("hi-IN", "IN", "hi_IN", "INR", "lc-acbin"),
    ("ja-JP", "JP", "ja_JP", "JPY", "lc-acbjp"),
    ("en-JP", "JP", "en_US", "JPY", "lc-acbjp"),
    ("en-SG", "SG", "en_SG", "SGD", "lc-acbsg"),
    ("en-AU", "AU", "en_AU", "AUD", "lc-acbau"),
    ("en-ZA", "ZA", "en_ZA", "ZAR", "lc-acbza"),
    ("zh-CN", "CN", "zh_CN", "CNY", None),
]


@pytest.mark.parametrize(("lang", "code", "language", "currency", "cookie"), TABLE)
def test_lang_picks_store_and_language(
    lang: str, code: str, language: str, currency: str, cookie: str | None
) -> None:
    locale = locale_for(lang=lang, marketplace=None)
    store = locale.marketplace
    assert (store.code, locale.language, locale.lang) == (code, language, lang)
    assert (store.currency, store.lang_cookie, locale.warnings) == (currency, cookie, ())


@pytest.mark.parametrize("lang", supported_langs())
def test_every_listed_lang_is_accepted_without_a_warning(lang: str) -> None:
    assert locale_for(lang=lang, marketplace=None).warnings == ()


@pytest.mark.parametrize("lang", ["xx-US", "en-ZZ", "english", "", "en-", "e", "en-USA", "12-34"])
def test_unknown_lang_lists_the_supported_ones(lang: str) -> None:
    with pytest.raises(UnsupportedLanguage, match=re.escape(repr(lang)) + ".*de-DE.*pt-BR"):
        locale_for(lang=lang, marketplace=None)


@pytest.mark.parametrize("text", ["XX", "amazon.xyz", "", "www.amazon.com.evil.example"])
def test_unknown_marketplace_lists_the_supported_ones(text: str) -> None:
    with pytest.raises(UnsupportedMarketplace, match=re.escape(repr(text)) + ".*US.*sandbox"):
        marketplace_from_code_or_host(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("amazon.de", "DE"), ("www.amazon.de", "DE"),
        ("WWW.Amazon.DE", "DE"), ("www.amazon.de:443", "DE"), ("UK", "UK"), ("GB", "UK"),
        ("amazon.co.uk", "UK"), ("amazon.co.jp", "JP"), ("sandbox", "sandbox"), ("sandbox.test", "sandbox"),
    ],
)  # fmt: skip
def test_marketplace_by_code_or_host(text: str, code: str) -> None:
    assert marketplace_from_code_or_host(text).code == code


@pytest.mark.parametrize("host", ["amazon.jp", "evil-amazon.com", "amazon.com.evil.example", ""])
def test_foreign_hosts_are_no_store(host: str) -> None:
    assert find_marketplace_by_host(host) is None


def test_marketplace_beats_host_beats_country_beats_us() -> None:
    everything = locale_for(lang="fr-FR", marketplace="IT", url_host="www.amazon.de")
    host_and_lang = locale_for(lang="fr-FR", marketplace=None, url_host="www.amazon.de")
    assert everything.marketplace.code == "IT"
    assert host_and_lang.marketplace.code == "DE"
    assert locale_for(lang="fr-FR", marketplace=None).marketplace.code == "FR"
    assert locale_for(lang=None, marketplace=None).marketplace.code == "US"
    assert locale_for(lang="de", marketplace=None).marketplace.code == "US"


def test_missing_lang_means_the_stores_own() -> None:
    locale = locale_for(lang=None, marketplace="DE")
    assert (locale.language, locale.lang, locale.warnings) == ("de_DE", "de-DE", ())


def test_language_the_store_does_not_offer_is_warned_about() -> None:
    locale = locale_for(lang="fr-DE", marketplace=None)
    assert (locale.language, locale.warnings) == ("de_DE", ("language_not_offered",))


@pytest.mark.parametrize("lang", ["de-AT", "de-CH"])
def test_neighbours_are_served_by_germany_with_a_warning(lang: str) -> None:
    locale = locale_for(lang=lang, marketplace=None)
    assert (locale.marketplace.code, locale.language) == ("DE", "de_DE")
    assert locale.warnings == ("country_served_by_neighbour",)


def test_nearest_language_is_taken_within_an_explicit_store() -> None:
    assert locale_for(lang="en-US", marketplace="FR").language == "en_GB"


@pytest.mark.parametrize("lang", ["ja-JP", "ar-AE", "hi-IN", "sv-SE"])
def test_practice_store_speaks_many_languages(lang: str) -> None:
    locale = locale_for(lang=lang, marketplace="sandbox")
    assert (locale.marketplace.host, locale.language) == ("sandbox.test", lang.replace("-", "_"))


def test_codes_hosts_and_default_languages_are_unique_and_present() -> None:
    hosts = {store.host for store in MARKETPLACES.values()}
    assert len(hosts) == len(MARKETPLACES) == 25
    assert all(store.default_language == store.languages[0] for store in MARKETPLACES.values())
