"""Language, number style and currency of a page: the language is asked for, the currency is the
host's, or the language's own where the host is no marketplace."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from sandbox.languages import (
    arabic,
    dutch,
    english,
    french,
    german,
    italian,
    japanese,
    polish,
    portuguese,
    spanish,
    swedish,
    turkish,
)
from sandbox.places import Place, home_place, place_for
from sandbox.words import Words

NBSP = "\u00a0"
NARROW = "\u202f"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    group: str
    decimal: str
    is_symbol_first: bool
    gap: str = ""
    has_lakhs: bool = False

    def grouped(self, digits: str) -> str:
        head, tail = digits[:-3], digits[-3:]
        width = 2 if self.has_lakhs else 3
        groups = [tail]
        while head:
            groups.append(head[-width:])
            head = head[:-width]
        return self.group.join(reversed(groups))


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    symbol: str
    decimals: int
    per_dollar: Decimal


@dataclass(frozen=True, slots=True)
class Locale:
    code: str
    words: Words
    style: NumberStyle
    currency: Currency
    site: str
    place: Place

    def amount(self, dollars: Decimal) -> Decimal:
        """A price in this currency, with an ending of shops: 17.99, or 1,990 without decimals."""
        raw = dollars * self.currency.per_dollar
        if self.currency.decimals:
            return max(raw.quantize(Decimal(1)), Decimal(1)) - Decimal("0.01")
        return max((raw / 10).quantize(Decimal(1)) * 10, Decimal(10))

    def count(self, value: int) -> str:
        return self.style.grouped(str(value))

    def decimal(self, value: Decimal | float) -> str:
        """A rating or another short number."""
        return f"{value:.1f}".replace(".", self.style.decimal)

    def whole_and_fraction(self, amount: Decimal) -> tuple[str, str]:
        whole, _, fraction = f"{amount:.{self.currency.decimals}f}".partition(".")
        return self.style.grouped(whole), fraction

    def money(self, amount: Decimal) -> str:
        whole, fraction = self.whole_and_fraction(amount)
        number = f"{whole}{self.style.decimal}{fraction}" if fraction else whole
        symbol = self.currency.symbol
        if self.style.is_symbol_first:
            return f"{symbol}{self.symbol_gap}{number}"
        return f"{number}{self.symbol_gap}{symbol}"

    @property
    def symbol_gap(self) -> str:
        """Letters as a symbol stand apart (SEK 19.00), signs as the language has it."""
        is_letters = self.currency.symbol.isalpha() and self.currency.symbol.isascii()
        return NBSP if is_letters else self.style.gap


_EN = NumberStyle(",", ".", True)
_STYLES = {
    "en": _EN,
    "en_IN": NumberStyle(",", ".", True, has_lakhs=True),
    "de": NumberStyle(".", ",", False, NBSP),
    "fr": NumberStyle(NARROW, ",", False, NBSP),
    "es": NumberStyle(".", ",", False, NBSP),
    "es_MX": _EN,
    "es_US": _EN,
    "it": NumberStyle(".", ",", False, NBSP),
    "nl": NumberStyle(".", ",", True, NBSP),
    "pl": NumberStyle(NBSP, ",", False, NBSP),
    "sv": NumberStyle(NBSP, ",", False, NBSP),
    "tr": NumberStyle(".", ",", False, NBSP),
    "pt": NumberStyle(".", ",", True, NBSP),
    "ja": _EN,
    "ar": NumberStyle(",", ".", False, NBSP),
}

_MODULES = (
    arabic,
    dutch,
    english,
    french,
    german,
    italian,
    japanese,
    polish,
    portuguese,
    spanish,
    swedish,
    turkish,
)
_WORDS = {module.WORDS.code: module.WORDS for module in _MODULES}
# Only the United States put the month first.
_DAY_FIRST_ENGLISH = replace(english.WORDS, date="{day} {month} {year}")
_LANGUAGE_FORM = re.compile(r"[a-z]{2}_[A-Z]{2}")
# In Arabic text a currency's Latin code gives way to its Arabic sign.
_ARABIC_SIGNS = {"AED": "د.إ.\u200f", "SAR": "ر.س.\u200f", "EGP": "ج.م.\u200f"}

_CURRENCIES = {
    code: Currency(code, symbol, decimals, Decimal(rate))
    for code, symbol, decimals, rate in (
        ("USD", "$", 2, "1"),
        ("CAD", "$", 2, "1.4"),
        ("MXN", "$", 2, "19"),
        ("BRL", "R$", 2, "5.4"),
        ("GBP", "£", 2, "0.8"),
        ("EUR", "€", 2, "0.95"),
        ("SEK", "kr", 2, "10.5"),
        ("PLN", "zł", 2, "4"),
        ("TRY", "TL", 2, "34"),
        ("AED", "AED", 2, "3.7"),
        ("SAR", "SAR", 2, "3.75"),
        ("EGP", "EGP", 2, "48"),
        ("INR", "₹", 2, "84"),
        ("JPY", "￥", 0, "150"),
        ("SGD", "S$", 2, "1.3"),
        ("AUD", "$", 2, "1.5"),
        ("ZAR", "R", 2, "18"),
        # No store of ours charges these; a visitor may ask to see them.
        ("CHF", "CHF", 2, "0.9"),
        ("CNY", "CNY", 2, "7.2"),
        ("CZK", "CZK", 2, "23"),
        ("DKK", "DKK", 2, "7"),
        ("HKD", "HKD", 2, "7.8"),
        ("ILS", "ILS", 2, "3.7"),
        ("KRW", "KRW", 0, "1380"),
        ("NOK", "NOK", 2, "10.8"),
        ("NZD", "NZD", 2, "1.6"),
        ("PKR", "PKR", 2, "280"),
        ("TWD", "TWD", 2, "32"),
    )
}

# host: (language, currency)
_HOSTS = {
    "amazon.com": ("en_US", "USD"),
    "amazon.ca": ("en_CA", "CAD"),
    "amazon.com.mx": ("es_MX", "MXN"),
    "amazon.com.br": ("pt_BR", "BRL"),
    "amazon.co.uk": ("en_GB", "GBP"),
    "amazon.ie": ("en_IE", "EUR"),
    "amazon.de": ("de_DE", "EUR"),
    "amazon.fr": ("fr_FR", "EUR"),
    "amazon.it": ("it_IT", "EUR"),
    "amazon.es": ("es_ES", "EUR"),
    "amazon.nl": ("nl_NL", "EUR"),
    "amazon.com.be": ("nl_BE", "EUR"),
    "amazon.se": ("sv_SE", "SEK"),
    "amazon.pl": ("pl_PL", "PLN"),
    "amazon.com.tr": ("tr_TR", "TRY"),
    "amazon.ae": ("en_AE", "AED"),
    "amazon.sa": ("ar_AE", "SAR"),
    "amazon.eg": ("ar_AE", "EGP"),
    "amazon.in": ("en_IN", "INR"),
    "amazon.co.jp": ("ja_JP", "JPY"),
    "amazon.sg": ("en_SG", "SGD"),
    "amazon.com.au": ("en_AU", "AUD"),
    "amazon.co.za": ("en_ZA", "ZAR"),
}
# On the practice host the language brings its currency and its place along.
_HOME_OF_LANGUAGE = {language: host for host, (language, _) in _HOSTS.items()} | {
    "ar_AE": "amazon.ae"
}
# A language nobody speaks here still has a country: hi_IN leads to amazon.in in English.
_HOME_OF_COUNTRY = {language[3:]: host for host, (language, _) in reversed(_HOSTS.items())}
_HOME_OF_SHORT = {language[:2]: host for host, (language, _) in reversed(_HOSTS.items())}


@lru_cache(maxsize=1024)
def locale_for(host: str, language: str | None) -> Locale:
    """Unknown languages fall back to the host's own, as Amazon does."""
    site = host.removeprefix("www.")
    if language is None or not _LANGUAGE_FORM.fullmatch(language):
        language = None
    asked = language if language and language[:2] in _WORDS else None
    if site not in _HOSTS:
        site = _practice_site(language or "en_US")
    own, currency = _HOSTS[site]
    code = asked or own
    short = code.partition("_")[0]
    words = _DAY_FIRST_ENGLISH if short == "en" and code != "en_US" else _WORDS[short]
    style = _STYLES.get(code) or _STYLES[short]
    return Locale(code, words, style, _currency(currency, short), site, home_place(site))


@lru_cache(maxsize=4096)
def visited_locale(
    host: str, language: str | None, *, currency: str, country: str, code: str
) -> Locale:
    """The host's locale as one visitor sees it; "" leaves currency or place as they are."""
    locale = locale_for(host, language)
    if currency in _CURRENCIES and currency != locale.currency.code:
        locale = with_currency(locale, currency)
    if country:
        place = place_for(locale.site, locale.code, country, code)
        locale = replace(locale, place=place)
    return locale


def with_currency(locale: Locale, code: str) -> Locale:
    """A converted price is shown with its ISO code, as the real stores do."""
    return replace(locale, currency=replace(_CURRENCIES[code], symbol=code))


def language_from_tag(tag: str) -> str | None:
    """`de-DE` or `de` of an Accept-Language header → `de_DE`; None for one nobody speaks here."""
    short, _, country = tag.strip().replace("_", "-").partition("-")
    short = short.lower()
    if short not in _WORDS:
        return None
    if country:
        return f"{short}_{country.upper()}"
    return _HOSTS[_HOME_OF_SHORT[short]][0] if short in _HOME_OF_SHORT else None


def _practice_site(language: str) -> str:
    short, _, country = language.partition("_")
    return (
        _HOME_OF_LANGUAGE.get(language)
        or _HOME_OF_COUNTRY.get(country)
        or _HOME_OF_SHORT.get(short)
        or "amazon.com"
    )


def _currency(code: str, language: str) -> Currency:
    currency = _CURRENCIES[code]
    if language == "ar" and code in _ARABIC_SIGNS:
        return replace(currency, symbol=_ARABIC_SIGNS[code])
    return currency
