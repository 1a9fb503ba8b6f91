"""Lines about offers, and about free sending, language by language."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spiders.parsing.prices.offer_lines import offer_condition, offer_line_from_text
from spiders.parsing.prices.shipping import is_free_for_everyone_text, is_free_text

LINES = [
    ("New (15) from $14.70", "new", 15, "14.70"),
    ("8 New from $10.00", "new", 8, "10.00"),
    ("New & Used (15) from $16.98", "all", 15, "16.98"),
    ("28 Used from £2.58", "used", 28, "2.58"),
    ("Used & new (6) from $19.79", "all", 6, "19.79"),
    ("Renewed (3) from $99.00", None, None, None),
    ("2 collectible from $40.00", None, None, None),
    ("67 neu ab EUR 6,21", "new", 67, "6.21"),
    ("5 gebraucht ab EUR 4,52", "used", 5, "4.52"),
    ("Neu und gebraucht (12) ab 34,50 €", "all", 12, "34.50"),
    ("10 Angebote ab EUR 4,99", "all", 10, "4.99"),
    ("14 neufs à partir de EUR 9,99", "new", 14, "9.99"),
    ("2 d'occasion à partir de EUR 6,49", "used", 2, "6.49"),
    ("Neuf et d'occasion (31) à partir de 6,69 €", "all", 31, "6.69"),
    ("Nuevo (4) desde 12,00€", "new", 4, "12.00"),
    ("Nuevos: 16 desde EUR 219,00", "new", 16, "219.00"),
    ("Nueva y de segunda mano (23) desde 52,01€", "all", 23, "52.01"),
    ("Nuovo (7) da 9,99€", "new", 7, "9.99"),
    ("Usato (3) da 5,00 €", "used", 3, "5.00"),
    ("Nuovo e usato (9) da 5,00 €", "all", 9, "5.00"),
    ("20 Novo a partir de R$ 19,00", "new", 20, "19.00"),
    ("8 Usado a partir de R$ 20,00", "used", 8, "20.00"),
    ("Comparar outras 12 ofertas a partir de R$1.645,19", "all", 12, "1645.19"),
    ("Nieuw (5) vanaf € 12,34", "new", 5, "12.34"),
    ("Tweedehands (2) vanaf € 8,00", "used", 2, "8.00"),
    ("Nya (3) från 99,00 kr", "new", 3, "99.00"),
    ("Begagnade (2) från 50,00 kr", "used", 2, "50.00"),
    ("Nowe (6) od 34,99 zł", "new", 6, "34.99"),
    ("Używane (2) od 20,00 zł", "used", 2, "20.00"),
    ("Nowe i używane (8) od 20,00 zł", "all", 8, "20.00"),
    ("Yeni (4) - 129,90 TL", "new", 4, "129.90"),
    ("Yeni ve Kullanılmış (4) 129,90 TL", "all", 4, "129.90"),
    ("新品 (3) ￥1,490から", "new", 3, "1490"),
    ("中古品 (5) ￥980から", "used", 5, "980"),
    ("￥1,490から(21点の新品と中古品)", "all", 21, "1490"),
    ("全新 (3) 来自 ¥99.00", "new", 3, "99.00"),
    ("全新和二手 (8) ¥59.00 起", "all", 8, "59.00"),
    ("새 상품 (3) US$12.00부터", "new", 3, "12.00"),
    ("중고 (3) US$12.00부터", "used", 3, "12.00"),
    ("جديد (2) من SAR 40.00", "new", 2, "40.00"),
    ("مستعمل (2) من SAR 40.00", "used", 2, "40.00"),
    ("नया (2) ₹499.00 से", "new", 2, "499.00"),
    ("Nové (2) od 120 Kč", "new", 2, "120"),
    ("Brugte (2) fra 50,00 kr", "used", 2, "50.00"),
    ("חדש (2) מ-US$12.00", "new", 2, "12.00"),
    ("See all offers", None, None, None),
]


@pytest.mark.parametrize(("text", "condition", "count", "lowest"), LINES)
def test_line_says_condition_count_and_lowest_price(
    text: str, condition: str | None, count: int | None, lowest: str | None
) -> None:
    line = offer_line_from_text(text, store_currency="SEK")
    if condition is None:
        assert line is None
        return
    assert line is not None
    assert (line.condition, line.count) == (condition, count)
    assert line.lowest is not None
    assert line.lowest.amount == Decimal(lowest or "")


def test_links_own_word_stands_above_those_of_the_page() -> None:
    assert offer_condition("28 objetos", href="/gp/offer-listing/X?condition=used&q=1") == "used"
    assert offer_condition("New (3)", href="/gp/offer-listing/X?condition=ALL") == "all"
    assert offer_condition("New (3)", href="/gp/offer-listing/X?condition=collectible") is None


FREE = [
    "FREE delivery Friday", "GRATIS-Versand", "Kostenlose Lieferung", "Livraison GRATUITE",
    "Entrega GRATIS", "Envío GRATIS", "Consegna GRATUITA", "Entrega GRÁTIS", "GRATIS bezorging",
    "GRATIS leverans", "DARMOWA dostawa", "BEZPŁATNA dostawa", "ÜCRETSİZ teslimat", "Ücretsiz", "無料配送",
    "免费配送", "免運費", "무료 배송", "توصيل مجاني", "मुफ़्त डिलीवरी", "फ्री डिलीवरी", "doprava ZDARMA",
    "משלוח חינם", "இலவச டெலிவரி", "ఉచిత డెలివరీ", "ಉಚಿತ ಡೆಲಿವರಿ", "സൗജന്യ ഡെലിവറി", "বিনামূল্যে ডেলিভারি",
]  # fmt: skip


@pytest.mark.parametrize("text", FREE)
def test_free_is_known_in_every_language(text: str) -> None:
    assert is_free_text(text)
    assert is_free_for_everyone_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Free Shipping for Prime Members", "GRATIS-Versand ab EUR 29", "プライム会員は無料",
        "FREE Delivery on orders over £20", "$4.94 delivery", "Delivery Wednesday",
    ],
)  # fmt: skip
def test_free_on_a_condition_is_not_free_for_everyone(text: str) -> None:
    assert not is_free_for_everyone_text(text)
