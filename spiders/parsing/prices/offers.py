"""Small texts around a price: coupons, programmes."""

from __future__ import annotations

import re
from decimal import Decimal

from spiders.items.offer import Coupon
from spiders.parsing.numbers import find_number, with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.prices.money import price_from_text
from spiders.parsing.text import clean_text, words_of

_PERCENT = re.compile(
    r"(?<!\d)(\d{1,4}(?:[.,]\d{1,4})?)\s*[%٪\uff05]|[%٪\uff05]\s*(\d{1,4}(?:[.,]\d{1,4})?)(?!\d)"
)
_PROGRAM = Phrases(
    r"kindle unlimited|audible|prime video|prime reading|amazon music|music unlimited|comixology unlimited"
    r"|free (?:with|trial)|kostenlos(?:en?)? (?:mit|im|test|prob)|gratis testen|probe(?:monat|zeit|abo)|essai gratuit|gratuit avec|prueba gratuita|gratis con|período de prueba|teste gr[áa]tis|gr[áa]tis com|prova gratuita|(?:periodo|mese) di prova|gratis met|gratis proef"
    r"|gratis provperiod|gratis med|okres(?:u|em|ie)? próbn|ücretsiz (?:deneme|dinle)|deneme (?:sürüm|üyeli|süre)|無料体験|聴き放題|読み放題|免费试用|免費試用|무료 체험|تجربة مجانية|ट्रायल"
    r"|subscription|membership|suscripción|abonnemang|abonnement|assinatura|abbonamento|iscrizione|lidmaatschap|prenumeration|medlemskap|subskrypcj|członkostw|aboneli[kğ]|üyeliğ|mitgliedschaft|mitglieder|\babo\b"
    r"|会員|サブスクリプション|订阅|訂閱|会员|會員|구독|멤버십|اشتراك|عضوية|מינוי|सदस्यता|सब्सक्रिप्शन|předplatn|členství",
)  # fmt: skip
_COUPON = Phrases(
    r"coupons?\b|vouchers?\b(?! ?codes?)|cupom|cupons|cup[oó]n|gutschein(?!code)|bon de réduction|buono sconto|waardebon|kortingsbon|kupong?|クーポン|优惠券|優惠券|优惠劵|쿠폰|قسيمة|كوبون|कूपन|slevový kup|rabatkup|קופון"
    r"|கூப்பன்|కూపన్|ಕೂಪನ್|കൂപ്പൺ|কুপন",
)  # fmt: skip
_HAS_DIGIT = re.compile(r"\d")


def is_coupon_text(text: str | None) -> bool:
    """ "Save 10 % with coupon": the word and how much; a code to enter is no coupon."""
    line = with_ascii_digits(words_of(text))
    return bool(_COUPON.search(line) and _HAS_DIGIT.search(line))


def percent_from_text(text: str | None) -> Decimal | None:
    match = _PERCENT.search(with_ascii_digits(clean_text(text)))
    return find_number(match.group(1) or match.group(2)) if match else None


def coupon_from_text(text: str | None, *, store_currency: str | None) -> Coupon | None:
    """Coupon texts are rendered twice; half of a doubled text is the text."""
    raw = clean_text(text)
    if not raw:
        return None
    half = len(raw) // 2
    if raw[:half].strip() == raw[half:].strip():
        raw = raw[:half].strip()
    percent = percent_from_text(raw)
    amount = None if percent is not None else price_from_text(raw, store_currency=store_currency)
    return Coupon(raw, percent, amount)


def is_program_price_text(text: str) -> bool:
    """0.00 with one of Amazon's subscriptions is no price of the article."""
    return bool(_PROGRAM.search(words_of(text)))
