"""Prices in texts. The currency is what the text shows, never what the host suggests.

Order of proof: ISO code, then compound symbol (`R$`, `MX$`), then a bare `$ kr ¥`, which the
store's own currency resolves only if it is one of those the symbol can mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from spiders.items.money import Money
from spiders.parsing.numbers import NUMBER, SPACES, decimal_from_number, with_ascii_digits
from spiders.parsing.text import clean_text

# What Amazon can display. An allow-list, or "XXL 100" and "USB 3" become prices.
ISO_CODES = frozenset(
    [
        "AED",
        "ALL",
        "AMD",
        "ANG",
        "ARS",
        "AUD",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CZK",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ETB",
        "EUR",
        "FJD",
        "GBP",
        "GEL",
        "GHS",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "MAD",
        "MDL",
        "MKD",
        "MNT",
        "MOP",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SCR",
        "SEK",
        "SGD",
        "SRD",
        "THB",
        "TND",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VND",
        "XAF",
        "XCD",
        "XOF",
        "ZAR",
        "ZMW",
    ]
)

_SYMBOLS = {
    "R$": "BRL", "MX$": "MXN", "US$": "USD", "CDN$": "CAD", "CA$": "CAD", "C$": "CAD",
    "AU$": "AUD", "A$": "AUD", "S$": "SGD", "HK$": "HKD", "NT$": "TWD", "NZ$": "NZD",
    "€": "EUR", "£": "GBP", "E£": "EGP", "₹": "INR", "Rs.": "INR",
    "Rs": "INR", "円": "JPY", "元": "CNY",
    "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "₺": "TRY", "TL": "TRY", "₪": "ILS",
    "₩": "KRW", "฿": "THB", "₫": "VND", "₱": "PHP", "₦": "NGN", "₴": "UAH", "₽": "RUB",
    "ر.س.": "SAR", "ر.س": "SAR", "﷼": "SAR", "ريال": "SAR", "\u20c1": "SAR",
    "د.إ.": "AED", "د.إ": "AED", "درهم": "AED", "ج.م.": "EGP", "ج.م": "EGP", "جنيه": "EGP",
    "R": "ZAR",
}  # fmt: skip

# Symbols shared by several countries.
_SHARED = {
    "$": frozenset({"USD", "CAD", "AUD", "SGD", "MXN", "NZD", "HKD", "TWD", "ARS", "CLP", "COP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "￥": frozenset({"JPY", "CNY"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "kr.": frozenset({"SEK", "NOK", "DKK", "ISK"}),
}


def _by_first_character(marks: Iterable[str]) -> str:
    """One branch a first character: two hundred branches cost at every letter of a text."""
    branches: dict[str, list[str]] = {}
    for mark in sorted(marks, key=len, reverse=True):
        branches.setdefault(mark[0], []).append(re.escape(mark[1:]))
    first = "".join(re.escape(character) for character in branches)
    tails = "|".join(f"{re.escape(c)}(?:{'|'.join(rest)})" for c, rest in branches.items())
    return rf"(?=[{first}])(?:{tails})"


_LETTER = r"[^\W\d_]"
# Scripts without blanks put a word right before a price: "または￥129で購入". Their own currency
# words end other words ("美元"), and are read after a number only.
_UNSPACED = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_WORD_MARKS = "円元"
_MARK = _by_first_character((*_SYMBOLS, *_SHARED, *ISO_CODES))
_PRICE = re.compile(
    rf"(?<![^\W\d_{_UNSPACED}])(?!(?<=[{_UNSPACED}])[{_WORD_MARKS}])(?P<before>{_MARK})[{SPACES}]{{0,2}}(?P<first>{NUMBER})"
    rf"|(?P<second>{NUMBER})[{SPACES}]{{0,2}}(?P<after>[{_WORD_MARKS}]|{_MARK}(?!{_LETTER}))(?![{SPACES}]?\d)"
)
# What is longer is no price, and is stored nowhere.
_MAX_DIGITS, _MAX_CENTS = 15, 4
# Japanese pages join the two by a wave, in either of its two characters.
# Theirs are written with three: "KWD 12.345", where a lone mark groups in all others.
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_LONE_MARK = re.compile(r"\d{1,3}[.,٫]\d{3}")
RANGE_DASHES = "-–—~\u301c\uff5e"
_RANGE_DASH = re.compile(rf"^\s*[{RANGE_DASHES}]\s*$")


def currency_from_mark(mark: str, *, store_currency: str | None) -> str | None:
    """None where the mark alone does not decide and the store does not help."""
    mark = mark.strip()
    if mark.upper() in ISO_CODES:
        return mark.upper()
    if mark in _SYMBOLS:
        return _SYMBOLS[mark]
    shared = _SHARED.get(mark)
    return store_currency if shared and store_currency in shared else None


def prices_in_text(text: str | None, *, store_currency: str | None) -> Iterator[Money]:
    """Every price of the text, in order; a number without a currency mark is none."""
    cleaned = clean_text(text)
    for match in _matches(cleaned):
        yield _money_from_match(match, store_currency, shown=cleaned)


def price_from_text(text: str | None, *, store_currency: str | None) -> Money | None:
    """The first price of the text."""
    cleaned = clean_text(text)
    match = _PRICE.search(with_ascii_digits(cleaned)) if cleaned else None
    return None if match is None else _money_from_match(match, store_currency, shown=cleaned)


def price_range_from_text(
    text: str | None, *, store_currency: str | None
) -> tuple[Money, Money] | None:
    """Lowest and highest where exactly two prices stand around a dash; else None."""
    cleaned = clean_text(text)
    ascii_text = with_ascii_digits(cleaned)
    matches = list(_matches(cleaned))
    if len(matches) != 2:
        return None
    between = ascii_text[matches[0].end() : matches[1].start()]
    if not _RANGE_DASH.match(between):
        return None
    low, high = (_money_from_match(m, store_currency, shown=cleaned) for m in matches)
    return (low, high) if low.amount <= high.amount else None


def price_from_parts(
    whole: str, fraction: str, *, mark: str, decimal_mark: str, store_currency: str | None
) -> Money | None:
    """A price Amazon laid out in pieces; there the decimal mark is known, not guessed."""
    digits = re.sub(r"\D", "", with_ascii_digits(whole))
    cents = re.sub(r"\D", "", with_ascii_digits(fraction))
    if not digits or len(digits) > _MAX_DIGITS or len(cents) > _MAX_CENTS:
        return None
    amount = Decimal(f"{digits}.{cents}") if cents else Decimal(digits)
    joined = (
        f"{clean_text(whole).rstrip('.,٫')}{decimal_mark}{cents}" if cents else clean_text(whole)
    )
    raw = clean_text(f"{mark}{joined}") if mark else joined
    return Money(amount, currency_from_mark(mark, store_currency=store_currency), raw)


def _matches(cleaned: str) -> Iterator[re.Match[str]]:
    return _PRICE.finditer(with_ascii_digits(cleaned))


def _money_from_match(match: re.Match[str], store_currency: str | None, *, shown: str) -> Money:
    """`shown` is the text before its digits became ASCII, which moves no position."""
    mark = match.group("before") or match.group("after")
    number = match.group("first") or match.group("second")
    currency = currency_from_mark(mark, store_currency=store_currency)
    has_fraction = currency in _THREE_DECIMALS and _LONE_MARK.fullmatch(number) is not None
    amount = decimal_from_number(number, decimal_mark=number[-4] if has_fraction else None)
    return Money(amount, currency, shown[match.start() : match.end()])
