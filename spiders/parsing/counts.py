"""Counts that Amazon writes out or abbreviates: "16.516", "(1.2K)", "1,2 Tsd.", "1万点以上"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from spiders.parsing.numbers import NUMBER, SPACES, decimal_from_number, with_ascii_digits
from spiders.parsing.text import clean_text

_MULTIPLIERS = {
    "k": 1_000, "tsd.": 1_000, "tsd": 1_000, "mil": 1_000, "mila": 1_000, "tys.": 1_000,
    "tis.": 1_000, "tn": 1_000, "t": 1_000, "dzd.": 1_000, "bin": 1_000, "b": 1_000, "천": 1_000,
    "千": 1_000, "ألف": 1_000, "آلاف": 1_000, "हज़ार": 1_000, "אלף": 1_000,
    "m": 1_000_000, "mio.": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "mn": 1_000_000,
    "मिलियन": 1_000_000, "مليون": 1_000_000, "万": 10_000, "萬": 10_000, "만": 10_000,
    "लाख": 100_000, "lakh": 100_000,
}  # fmt: skip
_WORDS = "|".join(re.escape(word) for word in sorted(_MULTIPLIERS, key=len, reverse=True))
_COUNT = re.compile(
    rf"(?P<number>{NUMBER})(?:[{SPACES}]?(?P<word>{_WORDS})(?![a-zà-ÿ]))?", re.IGNORECASE
)

_BOUGHT = re.compile(
    r"bought|gekauft|käufe|achet|achats|comprad|compras\b|compraram|acquist|gekocht|aankopen|köpt|köp\b|kupion|zakup|satın|購入|购买|購買|구매|شراء|خرید"
    r"|खरीद|koupen|købt|נקנ|נרכש|வாங்க|కొన|ಖರೀದಿ|വാങ്ങ|কেনা|खरेदी",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"month|monat|\bmois\b|\bmes\b|\bmese\b|\bmês\b|maand|månad|miesi[ąa]c|\bay\b|\bayda\b|[かヶカケ箇]月|月間"
    r"|个月|個月|上月|개월|한 달|지난달|شهر|मही|měsíc|måned|חודש|மாத|నెల|ತಿಂಗಳ|മാസ|মাস",
    re.IGNORECASE,
)


_HAS_DIGIT = re.compile(r"\d")


class Count(NamedTuple):
    value: int
    is_approximate: bool


def count_from_text(text: str | None) -> Count | None:
    """The first count of a text that is known to hold one; never feed a whole block to it."""
    match = _COUNT.search(with_ascii_digits(clean_text(text)))
    if match is None:
        return None
    number, word = match.group("number"), match.group("word")
    if word is None:
        return Count(int(re.sub(r"\D", "", number)), False)
    value = decimal_from_number(number) * Decimal(_MULTIPLIERS[word.casefold()])
    return Count(int(value), True)


def bought_past_month_from_text(text: str | None) -> int | None:
    """The lower bound of "5K+ bought in past month"; other texts share the slot, and "past week"
    is another measure."""
    if not text or not _HAS_DIGIT.search(text):
        return None
    if not _BOUGHT.search(text) or not _MONTH.search(text):
        return None
    # Japanese names the span first: "過去1か月で500点以上購入されました".
    without_span = re.sub(r"\d+\s*(?:[かヶカケ箇]月|个月|個月|개월)", "", with_ascii_digits(text))
    count = count_from_text(without_span)
    return count.value if count else None
