"""Who sells and who sends, language by language, as stores write it."""

from __future__ import annotations

import pytest

from spiders.parsing.sellers import amazon_in_sentence, is_shipper_label, names_two_roles


@pytest.mark.parametrize(
    "label",
    [
        "Shipper / Seller", "Versender / Verkäufer", "Expéditeur / Vendeur", "Remitente / Vendedor",
        "Nadawca / Sprzedawca", "出荷元／販売元", "الشاحن / البائع", "Ships from and sold by", "Verkauf und Versand durch",
    ],
)  # fmt: skip
def test_one_label_for_both(label: str) -> None:
    assert names_two_roles(label)


@pytest.mark.parametrize(
    "label",
    [
        "Sold by", "Verkäufer", "Vendu par", "Vendido por", "Venduto da", "Verkoper", "Säljare", "Sprzedawca",
        "Satıcı", "販売元", "卖家", "판매자", "البائع", "विक्रेता", "Ships from", "",
    ],
)  # fmt: skip
def test_one_label_for_one(label: str) -> None:
    assert not names_two_roles(label)


@pytest.mark.parametrize(
    ("sentence", "says_who_sends", "amazon"),
    [
        ("Ships from and sold by Amazon.com.", True, "Amazon.com"),
        ("Sold by Lamps and Fulfilled by Amazon.", True, "Amazon"),
        ("Sold by Amazon EU S.a.r.L.", False, "Amazon EU S.a.r.L."),
        ("Dispatched from and sold by Amazonas Ltd.", True, None),
        ("Verkauf durch Lampen Haus und Versand durch Amazon.", True, "Amazon"),
        ("Verkauf durch Lampen Haus.", False, None),
        ("Expédié et vendu par Amazon.", True, "Amazon"),
        ("Vendu par Lampes.", False, None),
        ("Vendido por Lamparas y gestionado por Amazon.", True, "Amazon"),
        ("Venduto da Lampade e gestito da Amazon.", True, "Amazon"),
        ("Vendido e entregue por Amazon.com.br.", True, "Amazon.com.br"),
        ("Amazon.com.tr tarafından satılır ve gönderilir.", True, "Amazon.com.tr"),
        ("この商品は、Amazon.co.jpが販売、発送します。", True, "Amazon.co.jp"),
        ("由亚马逊直接销售和发货。", True, "亚马逊"),
        ("يُباع ويُشحن من Amazon.ae", True, "Amazon.ae"),
    ],
)
def test_sentence_on_who_sells(sentence: str, says_who_sends: bool, amazon: str | None) -> None:
    assert is_shipper_label(sentence) is says_who_sends
    assert amazon_in_sentence(sentence) == amazon
