"""Counts that Amazon writes out or abbreviates: "16.516", "(1.2K)", "1,2 Tsd.", "1万点以上"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from spiders.parsing.numbers import (
    NUMBER,
    SPACES,
    decimal_from_number,
    integer_from_digits,
    with_ascii_digits,
)
from spiders.parsing.text import clean_text, words_of

_MULTIPLIERS = {
    "k": 1_000, "tsd.": 1_000, "tsd": 1_000, "mil": 1_000, "mila": 1_000, "tys.": 1_000,
    "tis.": 1_000, "tn": 1_000, "t": 1_000, "dzd.": 1_000, "bin": 1_000, "b": 1_000, "천": 1_000,
    "千": 1_000, "ألف": 1_000, "آلاف": 1_000, "हज़ार": 1_000, "אלף": 1_000,
    "m": 1_000_000, "mio.": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "mn": 1_000_000,
    "मिलियन": 1_000_000, "مليون": 1_000_000, "万": 10_000, "萬": 10_000, "만": 10_000,
    "लाख": 100_000, "lakh": 100_000,
}  # fmt: skip
# Beyond this it counts nothing that a shop has, and cannot be stored as an integer.
_MAX_COUNT = 10**15
# Written without a blank after them: "1万点以上".
_GLUED = frozenset("千万萬천만")
_COUNT = re.compile(rf"(?P<number>{NUMBER})(?:[{SPACES}]?(?P<word>[^\s\d()+.,:;/]+\.?))?")

# Beginnings of "bought", language by language. Looked for one by one in the folded text: a pattern
# of forty branches would be tried at every letter of every grey line of every card.
_BOUGHT = (
    "bought", "gekauft", "käufe", "achet", "achats", "comprad", "compras", "compraram", "acquist",
    "gekocht", "aankopen", "köpt", "köp ", "kupion", "zakup", "satın", "購入", "购买", "購買", "구매",
    "شراء", "خرید", "खरीद", "ख़रीद", "koupen", "zakoupen", "købt", "נקנ", "נרכש", "வாங்க", "కొన",
    "కొను", "ಖರೀದಿ", "വാങ്ങ", "কেনা", "खरेदी",
)  # fmt: skip
_MONTH = re.compile(
    r"month|monat|\bmois\b|\bmes\b|\bmese\b|\bmês\b|maand|månad|miesi[ąa]c|\bay\b|\bayda\b|[かヶカケ箇]月|月間"
    r"|个月|個月|上月|개월|한 달|지난 ?달|شهر|मही|měsíc|måned|חודש|மாத|నెల|ತಿಂಗಳ|മാസ|মাস",
)
# Japanese names the span first: "過去1か月で500点以上購入されました".
_SPAN = re.compile(r"(?<!\d)\d{1,4}\s*(?:[かヶカケ箇]月|个月|個月|개월)")
_HAS_DIGIT = re.compile(r"\d")


class Count(NamedTuple):
    value: int
    is_approximate: bool


def count_from_text(text: str | None) -> Count | None:
    """The first count of a text that is known to hold one; never feed a whole block to it."""
    match = _COUNT.search(with_ascii_digits(clean_text(text)))
    if match is None:
        return None
    number, multiplier = match.group("number"), _multiplier(match.group("word"))
    if multiplier is None:
        value = integer_from_digits(number)
        return Count(value, False) if value is not None else None
    value = int(decimal_from_number(number) * multiplier)
    return Count(value, True) if value <= _MAX_COUNT else None


# The same few texts stand on every card.
@lru_cache(maxsize=1024)
def bought_past_month_from_text(text: str | None) -> int | None:
    """The lower bound of "5K+ bought in past month"; other texts share the slot, and "past week"
    is another measure."""
    if not text or not _HAS_DIGIT.search(text):
        return None
    folded = words_of(text).casefold()
    if not any(word in folded for word in _BOUGHT) or not _MONTH.search(folded):
        return None
    count = count_from_text(_SPAN.sub("", with_ascii_digits(text)))
    return count.value if count else None


def _multiplier(word: str | None) -> int | None:
    if not word:
        return None
    folded = word.casefold()
    if folded[0] in _GLUED:
        return _MULTIPLIERS[folded[0]]
    return _MULTIPLIERS.get(folded) or _MULTIPLIERS.get(folded.rstrip("."))
