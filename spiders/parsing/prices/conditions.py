"""The condition of an offer, from its heading: "New", "Used - Like New", "Gebraucht: Sehr gut"."""

from __future__ import annotations

from functools import lru_cache

from spiders.parsing.phrases import Phrases
from spiders.parsing.prices.offer_lines import names_new, names_used
from spiders.parsing.text import words_of

_COLLECTIBLE = Phrases(
    r"collect|sammler|coleccion|colecion|collezion|verzamel|samlar|kolekcj|koleksiyon|コレクター|收藏|수집|مقتنيات|للمقتنين|संग्रह",
)
_RENEWED = Phrases(
    r"renewed|refurbish|(?:wieder|general)?aufbereitet|generalüberholt|reconditionn|reacondicion|recondicion|ricondizion|gereviseerd|rekondition|renoverad|odnowion|yenilenmiş|整備済|再生品|翻新|리퍼|مجدد|नवीनीकृत",
)
# Tried in this order: "very good" says "good" too, and "like new" says "new".
_GRADES = (
    ("used_like_new", r"like new|wie neu|comme neuf|como nuev|come nuov|como nov|als nieuw|som ny|jak now|yeni gibi|ほぼ新品|几乎全新|近全新|幾乎全新|거의 새|(?:كال|مثل ال)جديد|नए जैस"),
    ("used_very_good", r"very good|sehr gut|très bon|muy buen|molto buon|ottim|muito bo[am]|(?:zeer|heel) goed|mycket (?:bra|gott)|bardzo dobr|çok iyi|非常に良い|非常好|매우 (?:좋|양호)|جيدة? جد|बहुत अच्छ"),
    ("used_acceptable", r"acceptab|akzeptab|aceptab|accettab|aceitáv|godtagbar|acceptabel|aanvaardbaar|akceptowaln|dopuszczaln|kabul edilebilir|(?:^|\W)可(?:\W|$)|可接受|수용|허용|مقبول|स्वीकार"),
    ("used_good", r"\bgood\b|\bgut\b|\bbon\b|\bbuen[oa]?\b|\bbuon[eoa]?\b|\bbo[am]\b|\bgoed\b|\bbra\b|\bgott\b|\bdobr\w+|\biyi\b|良い|良好|좋음|양호|جيد|अच्छ"),
)  # fmt: skip
_PATTERNS = tuple((grade, Phrases(words)) for grade, words in _GRADES)


# The same few stand in each list of offers.
@lru_cache(maxsize=512)
def condition_from_text(text: str | None) -> str | None:
    """None for words that we do not know.

    A grade alone ("Very good") is of a used article: new ones have none.
    """
    words = words_of(text)
    if not words:
        return None
    if _COLLECTIBLE.search(words):
        return "collectible"
    if _RENEWED.search(words):
        return "renewed"
    is_used = names_used(words)
    if names_new(words) and not is_used and not _PATTERNS[0][1].search(words):
        return "new"
    grade = next((name for name, pattern in _PATTERNS if pattern.search(words)), None)
    return grade or ("used" if is_used else None)
