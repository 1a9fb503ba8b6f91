from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.availability import (
    availability_from_text,
    is_location_block_text,
    stock_left_from_text,
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("In Stock", "in_stock"),
        ("Usually ships within 7 to 8 days", "in_stock"),
        ("Available to ship in 1-2 days", "in_stock"),
        ("Currently unavailable.", "unavailable"),
        ("Temporarily out of stock. Order now and we'll deliver when available.", "backorder"),
        ("This title will be released on May 5, 2026. Pre-order now.", "preorder"),
        ("In stock soon. Order it now.", "backorder"),
        ("In stock on March 3, 2026.", "backorder"),
        ("1-2週間以内に発送します。", "in_stock"),
        ("Sofort lieferbar", "in_stock"),
        ("Dieser Titel wird am 5. Mai erscheinen", "preorder"),
        ("स्टॉक में है", "in_stock"),
        ("Auf Lager", "in_stock"),
        ("Derzeit nicht verfügbar.", "unavailable"),
        ("Nicht auf Lager.", "out_of_stock"),
        ("En stock", "in_stock"),
        ("Actuellement indisponible.", "unavailable"),
        ("Temporairement en rupture de stock.", "backorder"),
        ("No disponible por el momento.", "unavailable"),
        ("Disponibilità immediata", "in_stock"),
        ("Attualmente non disponibile.", "unavailable"),
        ("Em estoque", "in_stock"),
        ("Não disponível.", "unavailable"),
        ("Op voorraad", "in_stock"),
        ("Niet op voorraad", "out_of_stock"),
        ("Momenteel niet verkrijgbaar.", "unavailable"),
        ("I lager", "in_stock"),
        ("För närvarande inte tillgänglig.", "unavailable"),
        ("Dostępny", "in_stock"),
        ("Obecnie niedostępny.", "unavailable"),
        ("Stokta var", "in_stock"),
        ("Şu anda mevcut değil.", "unavailable"),
        ("在庫あり。", "in_stock"),
        ("現在在庫切れです。", "out_of_stock"),
        ("この商品は現在お取り扱いできません。", "unavailable"),
        ("一時的に在庫切れ; 入荷時期は未定です。", "backorder"),
        ("متوفر", "in_stock"),
        ("غير متوفر حاليًا", "unavailable"),
        ("Only 3 left in stock - order soon.", "limited"),
    ],
)
def test_phrase_gives_the_state(text: str, state: str) -> None:
    assert availability_from_text(text) == state


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Only 3 left in stock - order soon.", 3),
        ("Nur noch 16 auf Lager", 16),
        ("Il ne reste plus que 9 exemplaire(s) en stock", 9),
        ("Sólo queda(n) 1 en stock", 1),
        ("Solo 2 rimanenti", 2),
        ("Apenas 4 em estoque", 4),
        ("Nog slechts 5 op voorraad", 5),
        ("Endast 6 kvar i lager", 6),
        ("Zostało tylko 7", 7),
        ("Stokta sadece 8 adet kaldı", 8),
        ("残り9点 ご注文はお早めに", 9),
        ("تبقى ٣ فقط", 3),
        ("In Stock", None),
    ],
)
def test_stock_left(text: str, left: int | None) -> None:
    assert stock_left_from_text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "This item cannot be shipped to your selected delivery location. Please choose another.",
        "This item cannot be dispatched to your selected delivery location.",
        "Dieser Artikel kann nicht an den von dir ausgewählten Lieferort versendet werden.",
        "Bitte wähle einen anderen Lieferort.",
        "Este producto no se puede enviar a tu dirección.",
        "Questo articolo non può essere spedito all'indirizzo selezionato.",
        "Este item não pode ser enviado para o local selecionado.",
        "Dit artikel kan niet worden verzonden naar de gekozen locatie.",
        "Varan kan inte skickas till vald plats.",
        "Nie można wysłać tego produktu.",
        "Seçtiğiniz teslimat adresine gönderilemiyor.",
        "選択したお届け先にはお届けできません。",
        "لا يمكن شحن هذه السلعة.",
        "Cet article ne peut pas être livré à l'adresse choisie.",
    ],
)
def test_refused_place_is_recognised(text: str) -> None:
    assert is_location_block_text(text)


def test_ordinary_delivery_is_no_refusal() -> None:
    assert not is_location_block_text("FREE delivery Monday to your selected delivery location")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    availability_from_text(text)
    is_location_block_text(text)
