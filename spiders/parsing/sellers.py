from __future__ import annotations

import re

from spiders.parsing.links import query_of_link
from spiders.parsing.text import clean_text

_AMAZON = re.compile(r"^Amazon(?:\.[a-z]{2,3}(?:\.[a-z]{2})?)?(?![\w])", re.IGNORECASE)
_AMAZON_IN_SENTENCE = re.compile(r"\bAmazon(?:\.[a-z]{2,3}(?:\.[a-z]{2})?)?\b", re.IGNORECASE)
_SELLER_LABEL = re.compile(
    r"sold by|seller|verkauf|verkäufer|vend(?:u|ido|uto)|vendeur|vendedor|venditore|verkocht|verkoper|såld|sälj(?:are|s)|sprzedaw|sprzedaż|satıcı|satan|販売元|出荷元\s*/\s*販売元|卖家|销售|賣家|銷售|판매자|판매|البائع|تباع|يباع|विक्रेता|prodáv|prodej|sælg|solgt|מוכר|נמכר",
    re.IGNORECASE,
)  # fmt: skip
_SHIPPER_LABEL = re.compile(
    r"ships|dispatch|fulfilled|shipper|versand|versendet|expédi|env[ií]a|envío|spedi|verzond|verzend|skickas|levereras|wysył|gönder|出荷元|发货|發貨|출고|발송|배송|يشحن|شحن|الشاحن|भेज|शिप|odesíl|afsend|נשלח|שולח",
    re.IGNORECASE,
)  # fmt: skip


def is_amazon_name(name: str) -> bool:
    """Amazon's own names ("Amazon", "Amazon.de", "Amazon Resale"), not "Amazonas GmbH"."""
    return bool(_AMAZON.match(clean_text(name)))


def amazon_in_sentence(text: str) -> str | None:
    """Its name in "Ships from and sold by Amazon.com."."""
    match = _AMAZON_IN_SENTENCE.search(clean_text(text))
    return match.group().rstrip(".") if match else None


def seller_id_from_url(url: str | None) -> str | None:
    query = query_of_link(url)
    found = query.get("seller") or query.get("me") or query.get("merchantID")
    return found[0] if found and found[0].isalnum() else None


def is_seller_label(text: str) -> bool:
    return bool(_SELLER_LABEL.search(text))


def is_shipper_label(text: str) -> bool:
    return bool(_SHIPPER_LABEL.search(text))
