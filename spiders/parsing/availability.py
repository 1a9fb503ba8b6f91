"""Availability in words, read from elements only: the phrases also sit in script templates."""

from __future__ import annotations

import re

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.text import clean_text

_ONLY_LEFT = re.compile(
    r"only (?P<en>\d+)(?: items?)? left|nur noch (?P<de>\d+)|(?:reste plus que|plus que) (?P<fr>\d+)|s[óo]lo quedan?(?:\(n\))? (?P<es>\d+)"
    r"|quedan? (?:s[óo]lo )?(?P<es2>\d+)|(?:disponibilità: )?(?:solo|ne restano solo|rimangono solo) (?P<it>\d+)|(?:apenas|s[óo]|somente|restam?(?: apenas)?) (?P<pt>\d+)"
    r"|slechts (?P<nl>\d+)|nog (?:slechts |maar )?(?P<nl2>\d+)|endast (?P<sv>\d+)|(?:zostało tylko|tylko|pozostało tylko|pozostało) (?P<pl>\d+)"
    r"|sadece (?P<tr>\d+)|残り\s*(?P<ja>\d+)|仅剩\s*(?P<zh>\d+)|库存仅剩\s*(?P<zh2>\d+)|(?P<ko>\d+)개 남음|(?:تبق[ىي]|متبقي|يتبقى|باقي)[^\d]{0,12}(?P<ar>\d+)"
    r"|(?:केवल|सिर्फ़?|सिर्फ) (?P<hi>\d+)|zbýv[áa][^\d]{0,8}(?P<cs>\d+)|kun (?P<da>\d+)|נותרו רק (?P<he>\d+)",
    re.IGNORECASE,
)
_LOCATION_BLOCK = re.compile(
    r"cannot be (?:shipped|dispatched|delivered)|can't be (?:shipped|dispatched|delivered)|does not (?:ship|deliver) to|choose a different delivery location"
    r"|kann nicht an den .{0,40}lieferort|nicht an (?:deinen|ihren|den) .{0,40}lieferort|anderen lieferort|ne peut pas être (?:livré|expédié)|adresse de livraison différente"
    r"|no se puede enviar a|no puede enviarse|selecciona (?:un lugar|una dirección) de entrega|non può essere (?:spedito|consegnato)|scegli un(?:a|')? ?(?:altra|diversa)?.{0,20}(?:località|luogo) di consegna"
    r"|não (?:pode|é possível|podemos).{0,12}(?:ser )?(?:enviado|entregue|enviar|entregar)|escolha (?:um|outro) local de entrega|kan niet (?:worden )?(?:verzonden|geleverd|bezorgd)|kan inte (?:skickas|levereras)"
    r"|nie można (?:wysłać|dostarczyć)|nie może zostać (?:wysłany|dostarczony)|teslimat adresine gönderilem|seçtiğiniz teslimat|お届け先.{0,20}(?:お届け|配送|発送)(?:できません|することができません)"
    r"|لا يمكن (?:شحن|توصيل|تسليم)|配送至您选择的|डिलीवर नहीं|शिप नहीं",
    re.IGNORECASE,
)
# Each branch of the pattern above holds one of these.
_BLOCK_STEMS = (
    "cannot be", "can't be", "does not ", "different delivery location", "lieferort", "ne peut pas",
    "livraison différente", "no se puede", "no puede", "selecciona", "non può", "scegli", "não p",
    "não é", "local de entrega", "kan niet", "kan inte", "nie można", "nie może",
    "teslimat adresine", "seçtiğiniz", "お届け先", "لا يمكن", "配送至", "डिलीवर", "शिप",
)  # fmt: skip
_PHRASES = (
    ("preorder", r"pre-?order|vorbestell|précommand|reserva ahora|preventa|pr[ée]-?venda|preordina|prenota|pre-order|förbeställ|förhandsboka"
     r"|przedsprzedaż|ön sipariş|予約|预订|예약|الطلب المسبق|será lançado|released on|will be released|erscheint am|wird am .{1,20} erscheinen|paraîtra"),
    ("backorder", r"in stock (?:soon|on )|temporarily out of stock|temporär ausverkauft|vorübergehend nicht|temporairement en rupture|temporalmente sin stock|temporaneamente non disponibile"
     r"|temporariamente (?:sem estoque|esgotado|indispon)|tijdelijk (?:niet op voorraad|uitverkocht)|tillfälligt slut|tymczasowo niedostępny|geçici olarak|一時的に在庫切れ|غير متوفر مؤقت|暂时缺货"),
    ("out_of_stock", r"out of stock|nicht auf lager|ausverkauft|rupture|sin stock|agotado|esaurito|fora de estoque|sem estoque|esgotado|niet op voorraad|uitverkocht"
     r"|slut i lager|brak w magazynie|stokta yok|在庫切れ|نفد|缺货|품절|स्टॉक में नहीं|स्टॉक से बाहर|není skladem|ikke på lager|אזל"),
    ("out_of_stock", r"(?:currently|presently) unavailable|derzeit nicht verfügbar|actuellement indisponible|no disponible|non disponibile|não disponível|indispon[íi]vel|niet (?:beschikbaar|verkrijgbaar)"
     r"|(?:för närvarande|inte) (?:inte )?tillgänglig|niedostępn|mevcut değil|お取り扱いできません|غير متوفر|目前无货|无货|현재 구매할 수 없|उपलब्ध नहीं|nedostupn|ikke tilgængelig|אינו זמין|we don't know when or if"),
    ("in_stock", r"in stock|auf lager|en stock|disponible|disponibilità immediata|disponibile|em (?:estoque|stock)|disponível|op voorraad|i lager|dostępn|w magazynie|stokta|在庫あり|متوفر|有货|现货|현재 재고|재고 있음"
     r"|स्टॉक में|skladem|på lager|במלאי|sofort lieferbar|beschikbaar voor verzending|以内に発送|usually (?:ships|dispatched)|available to ship|ships (?:with)?in|dispatch(?:es|ed)? (?:with)?in|gewöhnlich versandfertig|versandfertig|expédi[ée]s? sous|sous \d+ à \d+|envío en|se envía"
     r"|normalmente (?:enviado|entregue)|generalmente (?:spedito|enviado)|habituellement expédié|通常\d+.*(?:発送|以内)|genellikle|gewoonlijk|wysyłka|skickas|left"),
)  # fmt: skip
_PATTERNS = tuple((state, re.compile(pattern, re.IGNORECASE)) for state, pattern in _PHRASES)


def availability_from_text(text: str | None) -> str | None:
    """One of the item's words, or None when the text has no phrase we know.

    "Only 3 left" comes first, since it also says "in stock"; the negative phrases come before
    "available", which most of them contain.
    """
    cleaned = clean_text(text)
    if not cleaned:
        return None
    if stock_left_from_text(cleaned) is not None:
        return "limited"
    return next((state for state, pattern in _PATTERNS if pattern.search(cleaned)), None)


def stock_left_from_text(text: str | None) -> int | None:
    match = _ONLY_LEFT.search(with_ascii_digits(clean_text(text)))
    if match is None:
        return None
    return next(int(number) for number in match.groups() if number)


def is_location_block_text(text: str | None) -> bool:
    """The stems come first: the pattern tries thirty branches at every letter of long texts."""
    cleaned = clean_text(text)
    folded = cleaned.casefold()
    return any(stem in folded for stem in _BLOCK_STEMS) and bool(_LOCATION_BLOCK.search(cleaned))
