"""What result pages say of a search, language by language."""

from __future__ import annotations

import re

from spiders.parsing.numbers import NUMBER, with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import clean_text, words_of

_NUMBER = re.compile(NUMBER)
_QUOTES = "\"'“”„‟«»‹›「」『』＂ "
# Of more than that a store shows "over …", so a longer number is none of results.
_MAX_TOTAL_LENGTH = 12
_ALL_DEPARTMENTS = Phrases(
    r"\ball (?:departments|categories)\b|\b(?:in )?allen? (?:kategorien|abteilungen)|toutes (?:nos|les) (?:boutiques|catégories)|tous (?:nos|les) rayons"
    r"|tod[oa]s (?:los |las |nuestros |nuestras )?(?:departamentos|categorías|os departamentos|as categorias)|tutt[ei] (?:le |i )?(?:categorie|nostre categorie|reparti)"
    r"|alle (?:afdelingen|categorieën)|alla (?:avdelningar|kategorier)|wszystki(?:e|ch) (?:kategori\w*|dział\w*)|tüm (?:kategoriler|departmanlar|bölümler)\w*"
    r"|(?:すべて|全て)のカテゴリ|全カテゴリ|所有(?:分类|類別|部门|部門|商品分類)|全部(?:分类|分類|类别|部門)|모든 (?:카테고리|부서)|(?:جميع|كل|كافة) (?:الأقسام|الفئات)|כל (?:המחלקות|הקטגוריות)"
    r"|सभी (?:डिपार्टमेंट|विभाग|श्रेणि)|सर्व (?:विभाग|श्रेणी)|அனைத்து (?:துறை|பிரிவு|வகை)|అన్ని (?:విభాగ|డిపార్ట్)|ಎಲ್ಲಾ (?:ವಿಭಾಗ|ಡಿಪಾರ್ಟ್)|എല്ലാ (?:വിഭാഗ|ഡിപ്പാർട്ട്)|সমস্ত (?:বিভাগ|ডিপার্ট)|všech(?:ny)? (?:kategori|odděleních?)\w*|alle (?:kategorier|afdelinger)",
)  # fmt: skip


def total_results_from_text(text: str | None) -> int | None:
    """Of "1-48 of over 30,000 results for", where the total is the largest number in any order."""
    numbers = _NUMBER.findall(with_ascii_digits(clean_text(text)))
    digits = [re.sub(r"\D", "", number) for number in numbers]
    return max((int(d) for d in digits if len(d) <= _MAX_TOTAL_LENGTH), default=None)


def keyword_from_quoted_text(text: str | None) -> str | None:
    return clean_text(text).strip(_QUOTES) or None


def is_department_fallback_text(text: str) -> bool:
    """For the place of messages: "No results for … in Toys. Showing results from All Departments"."""
    return bool(_ALL_DEPARTMENTS.search(words_of(text)))
