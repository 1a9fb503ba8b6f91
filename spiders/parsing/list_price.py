from __future__ import annotations

import re

# Label before a struck price, by what the store claims it was. German UVP and British RRP are the
# maker's recommendation; "typical" and "lowest in 30 days" are Amazon's own measures.
_KINDS = (
    ("lowest_recent", r"lowest price|niedrigster|prix le plus bas|precio más bajo|prezzo più basso|menor preço"
     r"|laagste prijs|lägsta pris|najniższa cena|en düşük fiyat|30[- ](?:day|tage|jours|días|giorni|dias|dagen|dagar|dni|gün)"),
    ("typical", r"typical|median price|prix médian|prezzo mediano|mediano|prix habituel|precio habitual|preço médio"
     r"|üblich|medianpreis|gebruikelijk|過去価格|tipik"),
    ("rrp", r"\brrp\b|\bu\.?v\.?p\b|unverb|prix conseillé|prix recommandé|\bp\.?v\.?p\.?r?\b|recomendado|consigliato"
     r"|adviesprijs|rek\. pris|rekommenderat|cena sugerowana|sugerid|参考価格|tavsiye"),
    ("list", r"list\b|list price|listenpreis|\bm\.?r\.?p\b|prix public|precio de lista|preço de tabela|lista|liste fiyat|العادي|سعر القائمة"),
    ("was", r"\bwas\b|statt|war:|vorher|avant|ancien|antes|prima|\bde:|\bera\b|was:|tidigare|wcześniej|önceki|كان|元の価格"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def list_price_kind_from_text(text: str) -> str:
    """`unknown` for a struck price without a label we know."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "unknown")
