from __future__ import annotations

import re
from functools import lru_cache

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

# Label before a struck price, by what the store claims it was. UVP, RRP, M.R.P. and 定价 are the
# maker's recommendation; "typical" and "lowest in 30 days" are Amazon's own measures. "New price"
# stands beside used and renewed articles.
_KINDS = (
    ("lowest_recent", r"lowest (?:recent )?price|niedrigster|niedr\.|prix le plus bas|precio más bajo|prezzo più basso|menor preço|preço mais baixo"
     r"|laagste prijs|lägsta pris|najniższa cena|en düşük fiyat|最低価格|最低价|최저가|أقل سعر|أدنى سعر|nejnižší cena|laveste pris|המחיר הנמוך"
     r"|30[- ]?(?:day|tage|jours|días|giorni|dias|dagen|dagar|dni|gün|日|天|일|dní|dage|يوم)"),
    ("typical", r"typical|media?an|medyan|ortalama|durchschnitt|durchschn\.|中央値|prix médian|mediano|habituel|habitual|usual|prezzo (?:tipico|abituale)|preço (?:médio|típico)|precio típico|\bt[íi]pic[oa]\b|典型|regularn|regular price|mittlerer preis|ordinarie"
     r"|üblich|gebruikelijk|通常価格|tipik|olağan|genel fiyat|typisk|typisch|vanligt pris|typowa|zwykła|zazwyczaj|السعر النموذجي|السعر المعتاد|常规价|일반(?: 가격)?|obvyklá|सामान्य|מחיר רגיל"),
    ("rrp", r"\br\.?r\.?p\b|\bu\.?v\.?p\b|unverb|conseillé|vejl\.|prix recommandé|recommended retail|recommended price|\bm\.?s\.?r\.?p\b|tüsf|\bp\.?v\.?p\.?r?\b|recomendado|consigl(?:iato|\.)|希望小売価格|sugerid|suggested|önerilen|\bp\.?s\.?f\b"
     r"|adviesprijs|\brek\.? ?pris|rekommendera|sugerowana|\bm\.?r\.?p\b|एम\.?आर\.?पी|定價|定价|建議售價|建議零售價|tavsiye|建议零售价|권장|doporučená|vejledende|موصى|السعر (?:المقترح|الموصى)|سعر (?:التجزئة|البيع) المقترح|מחיר מומלץ"),
    ("list", r"list\b|list price|listen-?preis|listepris|listpris|prix public|prix de liste|prix courant|(?:precio|preço) de (?:lista|tabela)|prezzo di listino|catalogusprijs"
     r"|\blista\b|listino|cena z listy|cena katalogowa|liste fiyat|市场价|原[价價]|標價|정가|सूची मूल्य|参考|參考|سعر القائمة|السعر العادي|السعر الأصلي|katalogová|ceníková|מחירון|定価"
     r"|new price|neupreis|prix neuf|precio (?:de )?nuevo|prezzo (?:del )?nuovo|preço (?:de )?novo|nieuwprijs|nypris|cena nowego|yeni ürün fiyat|新品価格|全新价格|全新價格|새 상품 가격"),
    ("was", r"\bwas\b|früherer|frühere[nr]? preis|précédent|statt\b|\bwar:|vorher|bisher|\bavant\b|ancien|\bétait\b|\bantes\b|\bprima\b|\bde:|\bera:?\b|tidigare|\bförut\b|precedente|\banterior\b|vorige|\behem|ehemalig|poprzedni|以前|wcześniej|\bbyło\b|\bcena wcze|önceki|eskiden|كان|قبل الخصم|السعر (?:السابق|قبل)"
     r"|元の価格|過去価格|过去价|\bvan:|\bpůvodně|\bfør\b|之前|이전|पहले|היה"),
)  # fmt: skip
_PATTERNS = tuple((kind, Phrases(pattern)) for kind, pattern in _KINDS)
# What stands between a label and its price is worth nothing here, and labels repeat card by card.
_AMOUNT = re.compile(r"\d[\d.,'\s]*[.,'\s]\d+|\d{3,}")


def list_price_kind_from_text(text: str) -> str:
    """`unknown` for a struck price without a label we know."""
    return _kind_of_label(_AMOUNT.sub("", with_ascii_digits(words_of(text))))


@lru_cache(maxsize=512)
def _kind_of_label(label: str) -> str:
    return next((kind for kind, pattern in _PATTERNS if pattern.search(label)), "unknown")
