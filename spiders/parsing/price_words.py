"""For whom, or with which way of paying, a displayed price holds."""

from __future__ import annotations

import re

from spiders.parsing.text import clean_text

# Brazil shows the price with Pix or a bank slip; with a card the article costs more.
_PAYMENT = re.compile(r"\bpix\b|\bboleto\b", re.IGNORECASE)
_PRICE_WORD = (
    r"(?:price|pricing|precio|prix|preis|prezzo|preço|prijs|pris|cena|fiyat[ıi]?|価格|特价|特價|价格|價格|가격|سعر|कीमत|मूल्य|מחיר"
    r"|deal|oferta|offre|angebot|offerta|erbjudande|aanbieding|fırsat[ıi]?|tilbud|セール|特選タイムセール|savings)"
)
_MEMBERS = re.compile(
    rf"\b(?:exclusive|exclusiv[eoa]s?|esclusiv[oaie]|exklusiv\w*|exclusief|wyłączn\w*|özel|exkluzivn\w*|eksklusiv\w*)\b[^.]{{0,24}}\bprime\b"
    rf"|\bprime\b[- ]?(?:members?[- ])?(?:exclusive|exclusiv|exklusiv|eksklusiv)"
    rf"|\bprime\b[- ]?(?:members?[- ]|üyelerine özel |mitglieder[- ])?{_PRICE_WORD}|{_PRICE_WORD}\s+(?:\w+\s+){{0,3}}prime\b|プライム会員(?:限定|様限定|価格|特別)|Prime会员(?:专享|价)|프라임 (?:회원 )?(?:전용|가격|특가)|سعر (?:أعضاء )?برايم",
    re.IGNORECASE,
)  # fmt: skip


def is_payment_price_text(text: str | None) -> bool:
    """Only with one way to pay: "à vista no Pix"."""
    return bool(_PAYMENT.search(clean_text(text)))


def is_members_price_text(text: str | None) -> bool:
    """Only for members of a programme: "Exclusive Prime price"."""
    return bool(_MEMBERS.search(clean_text(text)))
