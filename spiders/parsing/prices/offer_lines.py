"""Lines about a product's offers: "New (15) from $14.70", "28 Used from £2.58", "10 Angebote ab"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spiders.items.money import Money
from spiders.parsing.numbers import find_integer, with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.prices.money import price_from_text
from spiders.parsing.text import clean_text, words_of

_NEW = Phrases(
    r"\bnew\b|\bneue?[rsn]?\b|\bneufs?\b|\bnuev[oa]s?\b|\bnuov[oaie]\b|\bnov[oa]s?\b|\bnieuwe?\b|\bny(?:[ae]|tt)?\b|\bsıfır\b|\bnow(?:y|e|a|ych)\b|\byeni\b|新品|全新"
    r"|새 ?상품|새 ?제품|새것|신품|جديد|नया|नए|नई|नवीन|\bnov[ýéá]|חדש|புதிய|కొత్త|ಹೊಸ|പുതിയ|নতুন",
)
_USED = Phrases(
    r"\bused\b|second[- ]hand|pre-?owned|gebraucht|occasion|segunda m[ao]no|2ª m[aã]n?o|segunda mão|\busad[oa]s?\b|\busat[oaie]\b|tweedehands|gebruikt|begagna"
    r"|używan|kullanılmış|ikinci el|中古|二手|중고|مستعمل|इस्तेमाल|पुरान|यूज़्ड|वापरले|použit|brugte?\b|משומש|יד שנ|பயன்படுத்த|వాడిన|ఉపయోగించిన|ಬಳಸಿದ|ഉപയോഗിച്ച|ব্যবহৃত",
)
_OTHER = Phrases(
    r"collect|sammler|coleccion|colecion|collezion|verzamel|samlar|kolekcj|koleksiyon|コレクター|收藏|수집|مقتنيات|sběratel|refurbish|renewed|reacondicion|recondicion|ricondizion|reconditionn|generalüberholt",
)
_CONDITION_IN_LINK = re.compile(r"[?&]condition=(\w+)", re.IGNORECASE)
_COUNT_IN_PARENTHESES = re.compile(r"[(（]\s*(\d[\d.,]*)")


@dataclass(frozen=True, slots=True)
class OfferLine:
    """`condition` is `new`, `used` or `all`, which is new and used together."""

    condition: str
    count: int | None
    lowest: Money | None


def offer_condition(text: str, *, href: str = "") -> str | None:
    """The link's own word, which no language changes, else those of the text. None for offers that
    are neither new nor used, such as collectibles."""
    in_link = _CONDITION_IN_LINK.search(href)
    if in_link is not None:
        word = in_link.group(1).casefold()
        return word if word in ("new", "used", "all") else None
    words = words_of(text)
    is_new, is_used = names_new(words), names_used(words)
    if is_new != is_used:
        return "new" if is_new else "used"
    return None if not is_new and _OTHER.search(words) else "all"


def names_new(words: str) -> bool:
    return bool(_NEW.search(words))


def names_used(words: str) -> bool:
    return bool(_USED.search(words))


def offer_line_from_text(
    text: str | None, *, store_currency: str | None, condition: str | None = None, href: str = ""
) -> OfferLine | None:
    """One line, of which the first price is the lowest; `condition` where the page marks it."""
    line = clean_text(text)
    condition = condition or offer_condition(line, href=href)
    lowest = price_from_text(line, store_currency=store_currency)
    count = _count(line, lowest)
    if condition is None or (count is None and lowest is None):
        return None
    return OfferLine(condition, count, lowest)


def _count(line: str, lowest: Money | None) -> int | None:
    plain = with_ascii_digits(line)
    in_parentheses = _COUNT_IN_PARENTHESES.search(plain)
    if in_parentheses is not None:
        return find_integer(in_parentheses.group(1))
    price = with_ascii_digits(lowest.raw) if lowest is not None else ""
    before, _, after = plain.partition(price) if price else (plain, "", "")
    # Japanese, Korean and Turkish lines may name the price first.
    return find_integer(before) or find_integer(re.split(r"[(+&]", after)[0])
