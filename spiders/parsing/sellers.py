from __future__ import annotations

import re

from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

_AMAZON = Phrases(
    r"^(?:Amazon(?:\.[a-z]{2,3}(?:\.[a-z]{2})?)?(?![\w])|アマゾン|亚马逊|亞馬遜|아마존|(?:أمازون|אמזון|अमेज़न)(?![^\W\d_]))"
)
# By letters, not by word boundaries: "Amazon.co.jpが販売、発送します" has no blanks.
_AMAZON_IN_SENTENCE = re.compile(
    r"(?<![A-Za-zÀ-ɏ])Amazon(?:\.[a-z]{2,3}(?:\.[a-z]{2})?)?(?![A-Za-zÀ-ɏ])"
    # "Amazon Export Sales LLC", "Amazon EU S.à r.L.": its firms and shops.
    r"(?:,? (?:Digital|Services|Export|Sales|Media|Warehouse|Resale|Renewed|Retail|Global|Store|Fresh|EU|US|UK|Japan"
    r"|LLC|GmbH|SARL|(?:Inc|Ltd|S\.? ?[àa]\.? ?r\.? ?l|G\.K|K\.K)(?![A-Za-zÀ-ɏ])\.?)(?![A-Za-zÀ-ɏ]))*|亚马逊|亞馬遜|アマゾン|아마존|أمازون|אמזון|अमेज़न",
    re.IGNORECASE,
)
_SELLER_LABEL = Phrases(
    r"sold by|seller|verkauf|verkäufer|vend(?:u|ido|uto)|vendeur|vendedor|venditore|verkocht|verkoper|såld|sälj(?:are|s)|sprzedaw|sprzedaż|satıcı|satan|販売元|出荷元\s*/\s*販売元|卖家|销售|賣家|銷售|판매자|판매|البائع|تباع|يباع|विक्रेता|prodáv|prodej|sælg|solgt|מוכר|נמכר",
)  # fmt: skip
_TWO_ROLES = re.compile(r"\w\s*[/／・]\s*\w")
_SHIPPER_LABEL = Phrases(
    r"ships|dispatch|fulfilled|shipper|versand|versendet|expédi|env[ií]a|envío|spedi|verzond|verzend|skickas|levereras|wysył|gönder|出荷元|発送|发货|發貨|配送|출고|발송|배송|يشحن|شحن|الشاحن|भेज|शिप|odesíl|afsend|נשלח|שולח|gestionad|gestito|géré|entregue|levererad|abgewickelt|fulfil",
)  # fmt: skip


def is_amazon_name(name: str) -> bool:
    """Amazon's own names ("Amazon", "Amazon.de", "Amazon Resale"), not "Amazonas GmbH"."""
    return bool(_AMAZON.match(words_of(name)))


def amazon_in_sentence(text: str) -> str | None:
    """Its name in "Ships from and sold by Amazon.com."."""
    match = _AMAZON_IN_SENTENCE.search(words_of(text))
    return match.group() if match else None


def is_seller_label(text: str) -> bool:
    return bool(_SELLER_LABEL.search(words_of(text)))


def is_shipper_label(text: str) -> bool:
    return bool(_SHIPPER_LABEL.search(words_of(text)))


def names_two_roles(label: str) -> bool:
    """One label over one name for who sends and who sells: "Shipper / Seller" in any language, or a
    label with the words of both."""
    both = is_seller_label(label) and is_shipper_label(label)
    return both or bool(_TWO_ROLES.search(label))
