"""What a price is the price of one of: "/100 g", "per count", "100 ml = 3,20 €", "100gあたり".

A stroke, "per" and "pro" may stand before any word. The other words that lead to a unit lead to much
else as well ("por envío", "je Bestellung"), so after them, and before a price, only units count that
are known.
"""

from __future__ import annotations

import re

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import clean_text, words_of

_UNITS = (
    # Weight, volume, length.
    r"kg|kgs|mg|g|gr|gm|gms|kilos?|kilogram\w*|kilogramm?[eis]?|gram(?:me|mi|o|y)?s?|gramm|gramów|gramas?|ml|cl|dl|l|lt|ltr|(?:milli|mili|centi|deci)?lit(?:er|re|ro|r|ru|ry|ri)s?|litrów|liters?|oz|ounces?|onzas?|onças?|onces?|fl\.? ?oz|fluid ounces?"
    r"|lbs?|pounds?|pfund|livres?|m|cm|mm|m²|m2|m³|(?:centi|milli|mili)?m(?:eter|etre|etro|ètre|etr|etri|etra)s?|feet|foot|ft|sq\.? ?ft|yards?|inch(?:es)?"
    r"|克|千克|公斤|毫升|公升|升|斤|米|그램|킬로그램|밀리리터|리터|グラム|キロ|リットル|ミリリットル"
    r"|(?:मिली)?ग्राम|(?:किलो|कि\.?)ग्राम|किलो|मिली|मि\.?ली\.?|(?:मिली)?लीटर|लिटर|मीटर|کلوگرم|گرم|(?:مليغ|كيلوغ|كيلوج|ج|غ)رام|كيلو|كجم|كغ|غ|جم|مل|ملليلتر|مليلتر|لتر|متر|גרם|קילו(?:גרם)?|ק[\"״]ג|מ[\"״]ל|ליטר|מיליליטר|מטר"
    r"|கிராம்|கிலோ|மிலி|லிட்டர்|గ్రాము?ల?|కిలో|మిలీ|లీటరు?|ಗ್ರಾಂ|ಕೆಜಿ|ಲೀಟರ್|ഗ്രാം|കിലോ|ലിറ്റർ|গ্রাম|কেজি|লিটার",
    # Pieces.
    r"counts?|ct|pieces?|pcs?|items?|units?|each|sheets?|tablets?|capsules?|bottles?|bags?|packs?|packets?|rolls?|loads?|wash(?:es)?|doses?|servings?|pods?|pairs?|cans?|boxe?s?"
    r"|stück|stk|einheit(?:en)?|blatt|tabletten?|kapseln?|flaschen?|beutel|packung(?:en)?|rollen?|waschladung(?:en)?|portion(?:en)?|paar|dosen?|unités?|pièces?|feuilles?|comprimés?|gélules?|bouteilles?|sachets?|paquets?|rouleaux?|lavages?|dosettes?|paires?"
    r"|unidad(?:es)?|unidades?|piezas?|hojas?|comprimidos?|cápsulas?|botellas?|bolsas?|paquetes?|rollos?|lavados?|dosis|pares?|peças?|folhas?|garrafas?|sachês?|pacotes?|rolos?|lavagens?|unità|pezz[oi]|fogli(?:o)?|compress[ae]|capsul[ae]|bottigli[ae]|bustin[ae]|confezion[ei]|rotol[oi]|lavagg[io]+|cialde?|paia"
    r"|stuks?|eenheid|vel(?:len)?|tablet(?:ten)?|capsules?|fles(?:sen)?|zak(?:ken|jes?)?|rol(?:len)?|wasbeurt(?:en)?|styck(?:en)?|st|enhet|ark|tabletter|kapslar|flaskor?|påsar?|rullar?|tvättar?|sztuk[aię]?|szt|jednostk[aię]|arkusz\w*|tabletk\w*|kapsuł\w*|butelk\w*|opakowani\w*|rolk\w*|prań|prani\w*|adet|parça|birim|tablet|kapsül|şişe|paket|rulo|yıkama|çift|kus\w*|tablet[ay]?|balení|role|stykker?|poser?"
    r"|個|コ|枚|本|袋|箱|粒|錠|包|缶|巻|組|回分?|食|杯|ロール|セット|パック|足|つ|件|片|支|瓶|个|只|盒|卷|张|張|条|條|罐|顆|颗|双|雙|套|份|개입?|매|장|정|봉지?|병|박스|팩|롤|캡슐|포|켤레"
    r"|नग|पीस|यूनिट|गोली|कैप्सूल|पैक|बोतल|قطعة|قطع|حبة|وحدة|كبسولة|قرص|عبوة|زجاجة|كيس|لفة|יחידה|יח['׳]?|גיליון|כדור|קפסולה|בקבוק|שקית|גליל|எண்ணிக்கை|துண்டு|యూనిట్|ముక్క|ಯೂನಿಟ್|യൂണിറ്റ്|എണ്ണം|ইউনিট|টি|পিস",
)  # fmt: skip
_QUANTITY = rf"(?:\d{{1,5}}(?:[.,]\d{{1,3}})?\s?)?(?:{'|'.join(_UNITS)})\.?"
_END = r"(?![^\W\d_])"
_PER_AFTER = Phrases(
    rf"\s*(?:(?:[/／]|(?:per|pro|pr\.)(?!\w))\s*(?P<any>[^)/(\uff08\uff09／]{{1,24}})"
    rf"|(?:je|par|por|a|al|allo|alla|all['’]|à|l['’]|la|le|il|el|lo|o|za|na|för|til|başına|لكل|للـ?|ل|प्रति|दर|ל-?|pour|för|a cada|cada|chaque)(?:\s+|(?<=['’])|(?<=[לل-]))(?P<known>{_QUANTITY}){_END})",
)  # fmt: skip
# "100 ml = ", "100gあたり", "每100克", "100g당", "Prezzo al kg: ", "Grundpreis (100 ml): ".
_PER_BEFORE = Phrases(
    rf"(?:(?<![^\W_])(?P<equal>{_QUANTITY})\s?[=＝]\s*[(（]?"
    rf"|(?<![^\W_])(?P<each>{_QUANTITY})\s?(?:あたり|当たり|当り|につき|당|başına|ಗೆ|க்கு|కి)[:：]?\s*[(（]?"
    rf"|[每每毎](?P<every>{_QUANTITY})[:：]?\s*"
    rf"|(?:grundpreis|unit price|(?:prezzo|prix|precio|preço|preis|price|prijs|pris|cena)\s+(?:all['’]|à l['’]|(?:al|per|par|por|pro|je|au|za)(?!\w)))\s*[(]?\s*(?P<named>{_QUANTITY})\s*[)]?\s?[:：]\s*)$",
)  # fmt: skip
_MAX_BEFORE_LENGTH = 48
# A span of time is no unit of an article, but for a supply that lasts so long.
_TIME = Phrases(
    r"^(?:\d+\s*)?(?:years?|yr|annum|jahr|an|année|año|anno|ano|jaar|år|rok|yıl|weeks?|woche|semaine|semana|settimana|week|vecka|uke|tydzień|hafta|week|days?|tag|jour|día|giorno|dia|dag|dzień|gün|order|bestellung|commande|pedido|ordine|bestelling|beställning|zamówienie|sipariş|注文|주문)\W*$|^[年週周日년주일](?:\W|$)|^(?:سنة|أسبوع|يوم|طلب|साल|वर्ष|हफ़्ता|दिन|שנה|שבוע|יום)(?:\W|$)",
)  # fmt: skip
# One of these stands beside every unit. Looked for one by one: a pattern of so many branches would be
# tried at every letter of every price block.
_ALL_BESIDE_UNITS = (
    "/", "／", "=", "＝", "あたり", "当たり", "当り", "につき", "당", "每", "毎", "başına", "grundpreis", "unit price",
    " per ", " pro ", " pr.", " je ", " par ", " por ", " al ", " allo ", " alla ", " all'", " all’", " à l", " l'", " l’",
    " la ", " le ", " il ", " el ", " lo ", " au ", " za ", " na ", " för ", " til ", " pour ", " cada ", " chaque ",
    " a unid", " a peç", "प्रति", " दर ", " ل", " ל", "ಗೆ", "க்கு", "కి",
)  # fmt: skip
_PLAIN_BESIDE_UNITS = tuple(word for word in _ALL_BESIDE_UNITS if word.isascii())


def may_hold_unit(text: str) -> bool:
    """False where no price of the text can be one a unit; asked first, since looking is dear."""
    folded = " ".join(text.split()).casefold()
    for word in _PLAIN_BESIDE_UNITS if folded.isascii() else _ALL_BESIDE_UNITS:
        if word in folded:
            return True
    return False


def unit_from_text_after(after: str) -> str | None:
    """The unit at the beginning of what stands after a price: "/100 g)", "per count"."""
    match = _PER_AFTER.match(after)
    return _unit(_as_written(after, match)) if match else None


def unit_from_text_before(before: str) -> str | None:
    """The unit at the end of what stands before a price: "100 ml = "."""
    end = before[-_MAX_BEFORE_LENGTH:]
    match = _PER_BEFORE.search(end)
    return _unit(_as_written(end, match)) if match else None


def unit_price_per_from_text(text: str, price_raw: str) -> str | None:
    """The unit after the price, which may stand doubled, or before it."""
    plain = with_ascii_digits(text)
    price_raw = with_ascii_digits(price_raw)
    start = plain.find(price_raw) if price_raw else -1
    while start >= 0:
        end = start + len(price_raw)
        found = unit_from_text_after(plain[end : end + 64]) or unit_from_text_before(plain[:start])
        if found:
            return found
        start = plain.find(price_raw, start + 1)
    return None


def _as_written(text: str, match: re.Match[str]) -> str:
    """The one group of the match, in the case in which the text has it."""
    start, end = match.span(match.lastgroup or 0)
    return text[start:end]


def _unit(text: str) -> str | None:
    unit = clean_text(text)
    return None if not unit or _TIME.search(words_of(unit)) else unit
