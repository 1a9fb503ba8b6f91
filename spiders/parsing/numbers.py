"""Numbers as shops write them, in every grouping and digit script.

Which mark is the decimal one is read from the number itself, not from a locale: grouping follows
the page's language, prices follow the delivery place, and pages mix both.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_OTHER_DIGITS = {
    code: str(unicodedata.digit(chr(code)))
    for start in (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0xFF10)
    for code in range(start, start + 10)
} | {0xFF0C: ",", 0xFF0E: "."}
_OTHER_DIGIT = re.compile(f"[{''.join(map(chr, _OTHER_DIGITS))}]")

SPACES = " \u00a0\u202f\u2009\u2007"
# A blank groups only before exactly three digits, or "2 500 g" and "4 5" would melt together. What is
# longer is no number of a shop, can be stored nowhere, and would be tried digit by digit.
NUMBER = (
    rf"(?<!\d)\d{{1,11}}(?!\d)(?:[.,'’٫٬]\d{{2,3}}(?!\d)|[{SPACES}]\d{{3}}(?!\d)){{0,5}}"
    r"(?:[.,'’٫٬]\d{1,8}(?!\d))?(?![.,'’٫٬]\d)"
)
# Of integers: MongoDB and JSON readers hold no more exactly.
_MAX_DIGITS = 15
_NUMBER = re.compile(NUMBER)
# By far the most frequent forms: "12", "12.99" and "12,99".
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?$")
# "1,234.00" and "1,23,456.00".
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})+\.[0-9]{1,2}$")
_NO_DIGITS = re.compile(r"\D")
_GROUP_MARKS = re.compile(rf"[{SPACES}'’٬]")


def with_ascii_digits(text: str) -> str:
    # Most texts hold none: a search takes a third of the time of a translation for a price, a tenth for a title.
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return text.translate(_OTHER_DIGITS)


def decimal_from_number(text: str, *, decimal_mark: str | None = None) -> Decimal:
    """The value of one number as `NUMBER` matches it; `decimal_mark` when the page marks it."""
    if decimal_mark is None and _PLAIN.match(text):
        return Decimal(text.replace(",", "."))
    if decimal_mark is None and _GROUPED.match(text):
        return Decimal(text.replace(",", ""))
    digits = _GROUP_MARKS.sub("", text).replace("٫", "." if decimal_mark is None else decimal_mark)
    mark = decimal_mark if decimal_mark else _decimal_mark_of(digits)
    if mark is None or mark not in digits:
        return Decimal(re.sub(r"\D", "", digits))
    whole, _, fraction = digits.rpartition(mark)
    return Decimal(
        f"{re.sub(r'[^0-9]', '', whole) or '0'}.{re.sub(r'[^0-9]', '', fraction) or '0'}"
    )


def _decimal_mark_of(digits: str) -> str | None:
    """Of two kinds the last is decimal; a lone mark groups before exactly three digits."""
    kinds = [c for c in digits if c in ".,"]
    if not kinds:
        return None
    last = kinds[-1]
    if len(set(kinds)) == 2:
        # "1,234.567" never happens in prices; "1.234,567" neither. "1,23,456.00" does.
        return last if kinds.count(last) == 1 else None
    if len(kinds) > 1:
        return None
    whole, _, fraction = digits.partition(last)
    groups = len(fraction) == 3 and whole not in ("0", "") and len(whole) <= 3
    return None if groups else last


def find_number(text: str) -> Decimal | None:
    """The first number of the text."""
    match = _NUMBER.search(with_ascii_digits(text))
    return decimal_from_number(match.group()) if match else None


def find_integer(text: str) -> int | None:
    """The first number read as a count: every mark groups ("12.212" and "1,448" alike)."""
    match = _NUMBER.search(with_ascii_digits(text))
    return integer_from_digits(match.group()) if match else None


def integer_from_digits(text: str) -> int | None:
    """All digits of the text as one number; None for none, or for too many to be stored."""
    digits = text if text.isdecimal() else _NO_DIGITS.sub("", with_ascii_digits(text))
    return int(digits) if 0 < len(digits) <= _MAX_DIGITS else None
