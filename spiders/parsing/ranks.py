from __future__ import annotations

import re
from typing import NamedTuple

from spiders.parsing.numbers import NUMBER, integer_from_digits, with_ascii_digits
from spiders.parsing.text import clean_text

_TOP_100 = re.compile(r"\s*[((][^()()]*(?:100|見る|查看|検索)[^()()]*[))]")
_HASH = r"(?:#|n[.º°o]+r?\.?|nr\.?|nummer|č\.|№|no\.)\s*"
_CATEGORY_WORD = (
    r"(?:(?:de )?(?:kategorii|kategorin|kategorien|categorie|categoria|catégorie|categoría)\s+)?"
)
# The words between rank and category, in every listed language.
_IN = r"(?:in|en|em|dans|i|w|v|na|på|op|na\s+seznamu|في|में)"
_RANK_FIRST = re.compile(
    rf"^(?:{_HASH})?(?P<rank>{NUMBER})\.?\s+(?:-\s+)?(?:{_IN}\s+{_CATEGORY_WORD}|ב-?\s*)(?P<category>.+)$",
    re.I,
)
_HASH_FIRST = re.compile(rf"^{_HASH}(?P<rank>{NUMBER})\.?\s*(?P<category>.+)$", re.I)
_JAPANESE_CATEGORY_LAST = re.compile(rf"^[-–\s]*(?P<rank>{NUMBER})\s*[位위名]\s*(?P<category>.+)$")
_JAPANESE_CATEGORY_FIRST = re.compile(
    rf"^(?P<category>.+?)\s*[-–:]\s*(?P<rank>{NUMBER})\s*[位위名]$"
)
_CHINESE = re.compile(rf"^(?P<category>.+?)\s*(?:商品)?里?排?第\s*(?P<rank>{NUMBER})\s*[名位]$")
_TURKISH = re.compile(
    rf"^(?P<category>.+?)\s+(?:kategorisinde|içinde|bölümünde)\s+(?:{_HASH})?(?P<rank>{NUMBER})\.?(?:\s*(?:sırada|numara))?$",
    re.I,
)
_HINDI_RANK_FIRST = re.compile(rf"^(?:{_HASH})?(?P<rank>{NUMBER})\s+(?P<category>.+?)\s+में$")
_HINDI = re.compile(rf"^(?P<category>.+?)\s+में\s+(?:{_HASH})?(?P<rank>{NUMBER})$")
_CHINESE_RANK_FIRST = re.compile(rf"^第\s*(?P<rank>{NUMBER})\s*[名位]\s*(?P<category>.+)$")
_KOREAN = re.compile(rf"^(?P<category>.+?)에서\s+{_HASH}(?P<rank>{NUMBER})(?:위)?$")
_FORMS = (
    _HINDI_RANK_FIRST,
    _CHINESE_RANK_FIRST,
    _KOREAN,
    _JAPANESE_CATEGORY_LAST,
    _RANK_FIRST,
    _JAPANESE_CATEGORY_FIRST,
    _TURKISH,
    _HINDI,
    _CHINESE,
    _HASH_FIRST,
)


class Rank(NamedTuple):
    rank: int
    category: str


def rank_from_text(text: str | None) -> Rank | None:
    """One line such as "#1,234 in Toys (See Top 100 in Toys)", without its label."""
    line = without_top_100(text).strip(" :-–")
    for form in _FORMS:
        if match := form.match(with_ascii_digits(line)):
            category = clean_text(match.group("category")).strip(" :-–")
            rank = integer_from_digits(match.group("rank"))
            return Rank(rank, category) if category and rank else None
    return None


def without_top_100(text: str | None) -> str:
    """The parenthesis "(See Top 100 in …)" goes, in every language: it is a link's text."""
    return clean_text(_TOP_100.sub("", clean_text(text)))
