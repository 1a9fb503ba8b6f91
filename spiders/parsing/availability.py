"""Availability in words, read from elements only: the phrases also sit in script templates."""

from __future__ import annotations

import re

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

_N = r"(?<!\d)(\d{1,9})(?!\d)"
# "Only N left". Whole sentences differ by store; what stands at the number does not.
_ONLY_LEFT = Phrases(
    "|".join(
        (
            rf"\bonly {_N}(?: items?)? (?:left|remain)", rf"nur noch {_N}", rf"\bnur {_N} (?:übrig|verfügbar|auf lager)", rf"\bnoch {_N}(?: stück)? auf lager", rf"^\W*{_N} left in stock",
            rf"[úu]ltim[ao]s {_N}", rf"\bplus que {_N}",
            rf"s[óo]lo quedan?(?:\(n\))? {_N}", rf"quedan? (?:s[óo]lo )?{_N}", rf"s[óo]lo hay {_N}",
            rf"(?:\bsolo|\bne restano solo|\brimangono(?: solo)?|\bne resta solo) {_N}",
            rf"\b(?:apenas|s[óo](?: há)?|somente|restam?(?: apenas)?) {_N}",
            rf"\bslechts {_N}", rf"\bnog (?:slechts |maar )?{_N}",
            rf"\b(?:endast|bara) {_N}", rf"(?:tylko|pozostał[oay](?: tylko)?) {_N}",
            rf"\b(?:sadece|yalnızca) {_N}", rf"stokta {_N} adet", rf"残り\s*{_N}",
            rf"(?:仅剩|僅剩|只剩|剩下)\s*{_N}", rf"{_N}개(?:만|밖에)? 남", r"(?:تبق[ىي]?|متبقي|يتبقى|باقي|بق[يى])[^\d]{0,12}(\d{1,9})(?!\d)", rf"{_N} (?:وحدات|وحدة|قطع|قطعة) متبقي",
            rf"(?:केवल|सिर्फ़?|सिर्फ|फक्त) {_N}", r"zbýv[áa][^\d]{0,16}(\d{1,9})(?!\d)", rf"\b(?:pouze|už jen|jen) {_N}",
            rf"\bkun {_N}", rf"(?:נותרו|נותרה?|נשארו?|נשארה) רק {_N}",
            rf"{_N} (?:மட்டுமே|మాత్రమే|ಮಾತ್ರ|(?:എണ്ണം )?മാത്രം|টি)", rf"(?:মাত্র|ಕೇವಲ) {_N}",
        )
    ),
)  # fmt: skip
# A refusal names the delivery place; "choose another place" alone is an offer, not a refusal.
_LOCATION_BLOCK = Phrases(
    r"(?:cannot|can't|can not|does not|doesn't) (?:be )?(?:ship|dispatch|deliver)(?:ped|ed)?\b|choose a different delivery location\.?$|not available for (?:shipping|delivery) to"
    r"|nicht an .{0,60}lieferort|anderen lieferort|(?:kann|wird) nicht (?:an|in|nach) (?!.{0,24}(?:station|postfach|filiale|locker)).{2,60}(?:geliefert|versandt|versendet|verschickt)|ne peut (?:pas )?être (?:livré|expédié)|n['’]est pas (?:livré|expédié) (?!en point)|adresse de livraison différente|autre lieu de livraison"
    r"|no se puede (?:enviar|entregar)|no puede entregarse|no puede enviarse|no se envía a|selecciona (?:un lugar|una dirección) de entrega|(?:non può essere|non è possibile) (?:spedi|consegn)|scegli un(?:a|')? ?(?:altra|diversa)?.{0,20}(?:località|luogo) di consegna"
    r"|não (?:pode|é possível|podemos).{0,12}(?:ser )?(?:enviad|entregu|enviar|entregar)|escolha (?:um|outro) local de entrega"
    r"|kan niet .{0,60}(?:verzonden|geleverd|bezorgd|verstuurd)|andere bezorglocatie|kan inte (?:skickas|levereras)|(?:levereras|skickas) inte till|annan leveransplats"
    r"|nie można .{0,12}(?:wysłać|dostarczyć)|nie może (?:zostać|być) (?:wysłan|dostarczon)|nie jest wysyłan|inną lokalizację dostawy"
    r"|(?:konumuna|adresine|adresinize|yerine|ülkesine) gönderil(?:[ei]m|m)|seçtiğiniz teslimat|başka bir teslimat"
    r"|お届け先.{0,20}(?:お届け|配送|発送)(?:できません|することができません|できない)|配送先.{0,12}(?:発送|配送|お届け)できません|(?<!コンビニ)(?<!ロッカー)[にへ]は?(?:発送|配送|お届け)(?:できません|いたしません|いたしかねます|することができません)"
    r"|(?:无法|不能|無法)(?:配送|发货|發貨|運送|寄送|送货)|配送至您选择|배송(?:할 수 없|되지 않|이 불가)"
    r"|لا (?:يمكن|يتم) (?:شحن|توصيل|تسليم)|(?:डिलीवर|शिप) नहीं|(?:पाठव|डिलिव्हर).{0,24}शकत नाही|non è spedibile|kein versand nach|kann nicht nach .{2,40} (?:versandt|versendet|geliefert|verschickt)|(?:ne peut être|non disponible à la) (?:livré|expédié|livraison)|nelze (?:odeslat|doručit)|kan ikke (?:sendes|leveres)|לא ניתן (?:לשלוח|למשלוח)|לא נשלח",
)
# Each branch of the pattern above holds one of these.
_BLOCK_STEMS = (
    "cannot", "can't", "can not", "does not", "doesn't", "different delivery location", "available for",
    "lieferort", "geliefert", "versandt", "versendet", "verschickt", "ne peut", "est pas", "livraison", "no se ", "no puede", "selecciona", "non può", "non è",
    "scegli", "não p", "não é", "local de entrega", "kan niet", "bezorglocatie", "kan inte",
    "leveransplats", "inte till", "nie można", "nie może", "nie jest", "lokalizację", "teslimat", "gönderil", "届け先", "配送", "発送", "お届け",
    "无法", "不能", "無法", "배송", "لا ", "डिलीवर", "डिलिव्हर", "पाठव", "शिप", "kein versand", "kann nicht nach", "à la livraison", "nelze", "kan ikke", "לא ",
)  # fmt: skip
# Out of stock, and expected back.
_FOR_A_TIME = (
    r"temporarily (?:out of stock|unavailable)|temporär ausverkauft|vorübergehend nicht|temporairement (?:en rupture|indispon)|temporalmente (?:sin stock|agotado|no dispon)|agotado temporalmente"
    r"|temporaneamente non disponibile|temporariamente (?:sem estoque|fora de estoque|esgotado|indispon)|tijdelijk (?:niet|uitverkocht)|tillfälligt (?:slut|ej|otill)|(?:tymczasowo|chwilowo) (?:niedostępn|brak)|geçici olarak"
    r"|一時的に在庫切れ|مؤقت|暂时缺货|暫時缺貨|일시 ?품절|일시적으로|अस्थायी|dočasně|midlertidigt|זמנית"
)  # fmt: skip
# Tried in this order: what is expected or short-lived says "in stock" or "not available" too.
_PHRASES = (
    ("preorder", r"pre-?order|vorbestell|précommand|reserva ahora|preventa|pr[ée]-?venda|preordina|prenota|pre-order|förbeställ|förhandsboka"
     r"|przedsprzedaż|ön sipariş|予約|発売予定|预订|預購|预购|예약|الطلب المسبق|será lançado|(?:will be |to be )?released on|will be released|erscheint am|wird am .{1,20} erscheinen|paraîtra"
     r"|se (?:lanzará|publicará)|a la venta el|sarà disponibile (?:dal|a partire)|verrà (?:rilasciat|pubblicat)|sarà (?:rilasciat|pubblicat)|uitgebracht op|kommer att släppas|piyasaya (?:sürül|çık)|سيتم (?:إصدار|طرح)|verschijnt op|släpps den|premiera (?:\d|tego|produktu)|zostanie wydan|tarihinde (?:çıka|satışa)|předobjedn|forudbestil|הזמנה מוקדמת"),
    # "… when or if this item will be back in stock": some languages say "out of stock" before it.
    ("unavailable", r"don't know when or if|weiß nicht, wann|wissen nicht, (?:wann|ob)|ne savons pas quand|no sabemos (?:si|cuándo)|non sappiamo (?:se|quando)|não sabemos (?:se|quando)|weten niet (?:wanneer|of)|vet inte när|nie wiemy|bilmiyoruz|再入荷予定は立って|不知道何时|不確定何時|재입고 (?:여부|시기)|لا نعرف متى|पता नहीं.{0,12}कब|नहीं जानते.{0,24}कब|איננו יודעים|nevíme, (?:kdy|zda)|ved ikke, hvornår"),
    ("backorder", r"in stock (?:soon|on )|auf lager ab\b|\bwieder auf lager|en stock (?:le \d|à partir du|el \d|a partir del)|bientôt (?:de nouveau )?(?:en stock|disponible)|disponible (?:à partir du|a partir del)|estará disponible el|sera disponible le|disponibile (?:a partire )?dal \d|disponibile a partire|(?:em estoque|disponível) (?:em|a partir de) \d|op voorraad (?:vanaf|op \d)|(?:dostępn[ya]|w magazynie) od \d|i lager (?:från|den) \d|\d日(?:に|以降に?)入荷予定|order now and we'll"),
    ("backorder", _FOR_A_TIME),
    ("out_of_stock", r"out of stock|\bnot in stock|sold out|nicht auf lager|ausverkauft|rupture|sin (?:stock|existencias)|agotado|esaurito|fora de estoque|sem (?:estoque|stock)|esgotado|niet op voorraad|uitverkocht"
     r"|slut (?:i lager|för)|\b(?:ej|inte) i lager|slutsåld|brak w magazynie|wyprzedan|stokta (?:yok|bulunm)|stoklarda yok|tüken|在庫切れ|品切れ|在庫なし|نفد|缺货|缺貨|[无無]库存|無庫存|품절|재고(?:가)? 없|स्टॉक में नहीं|स्टॉक से बाहर|स्टॉक संप|není skladem|vyprodán|ikke på lager|udsolgt|אזל"),
    ("unavailable", r"unavailable|\bnot available|nicht (?:verfügbar|lieferbar|erhältlich)|indisponib|plus disponible|non disponible|no disponible|non disponibile|não disponível|indispon[íi]vel|niet (?:beschikbaar|verkrijgbaar|leverbaar)"
     r"|(?:ej|inte) tillgänglig|otillgänglig|niedostępn|mevcut değil|お取り扱いできません|ご利用いただけません|غير (?:متوفر|متاح)|目前无货|无货|無法(?:使用|購買)|无法购买|(?:구매|이용)할 수 없|उपलब्ध (?:नहीं|नाही)|nedostupn|ikke tilgængelig|(?:אינו|לא) זמין|अनुपलब्ध"
     r"|கிடைக்கவில்லை|అందుబాటులో లేదు|ಲಭ್ಯವಿಲ್ಲ|ലഭ്യമല്ല|অনুপলব্ধ|পাওয়া যায় না"),
    ("in_stock", r"in stock|auf lager|en stock|disponible|disponibilità immediata|disponibile|em (?:estoque|stock)|disponível|op voorraad|i lager|dostępn|w magazynie|stokta|在庫あり|متوفر|متاح|有[货貨]|现货|現貨|현재 재고|재고 있음"
     r"|स्टॉक में|स्टॉकमध्ये|skladem|på lager|במלאי|sofort lieferbar|beschikbaar voor verzending|以内に発送|usually (?:ships|dispatched)|available (?:to ship|now|instantly|immediately)|spedizione entro|spedito entro|verzending binnen|verzonden binnen|ships (?:with)?in|dispatch(?:es|ed)? (?:with)?in|gewöhnlich versandfertig|versandfertig|expédi[ée]s? sous|sous \d+ à \d+|envío en|se envía"
     r"|(?:normalmente|geralmente) (?:enviado|entregue)|generalmente (?:spedito|enviado)|habituellement|généralement expédié|通常\d.*(?:発送|以内)|genellikle|gewoonlijk|wysyłk|zwykle wysył|skickas|عادة|obvykle|sendes normalt|left\b"
     r"|இருப்பில்|கையிருப்பில்|స్టాక్.{0,2}లో ఉంది|ಸ್ಟಾಕ್.{0,2}ನಲ್ಲಿ|സ്റ്റോക്ക|স্টকে আছে"),
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_LACKS = Phrases(_FOR_A_TIME)
_PATTERNS = tuple((state, Phrases(pattern)) for state, pattern in _PHRASES)


def availability_from_text(text: str | None) -> str | None:
    """One of the item's words, or None when the text has no phrase we know.

    "Only 3 left" comes first, since it also says "in stock"; the negative phrases come before
    "available", which most of them contain.
    """
    cleaned = words_of(text)
    if not cleaned:
        return None
    if stock_left_from_text(cleaned) is not None:
        return "limited"
    return next((state for state, pattern in _PATTERNS if pattern.search(cleaned)), None)


def is_out_for_a_time_text(text: str | None) -> bool:
    """ "Temporarily out of stock": without a button to order with, it cannot be bought."""
    cleaned = words_of(text)
    return availability_from_text(cleaned) == "backorder" and bool(_LACKS.search(cleaned))


def stock_left_from_text(text: str | None) -> int | None:
    words = with_ascii_digits(words_of(text))
    match = _ONLY_LEFT.search(words) if _DIGIT.search(words) else None
    return int(match.group(match.lastindex)) if match and match.lastindex else None


def is_location_block_text(text: str | None) -> bool:
    """The stems come first: the pattern tries forty branches at every letter of long texts."""
    cleaned = words_of(text)
    folded = cleaned.casefold()
    return any(stem in folded for stem in _BLOCK_STEMS) and bool(_LOCATION_BLOCK.search(cleaned))
