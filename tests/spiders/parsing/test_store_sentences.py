"""Sentences and labels of stores whose pages nobody has saved for us, one language after another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spiders.parsing.attribute_names import attribute_concept
from spiders.parsing.availability import (
    availability_from_text,
    is_location_block_text,
    stock_left_from_text,
)
from spiders.parsing.byline import brand_from_byline
from spiders.parsing.delivery_place import delivery_place_from_header
from spiders.parsing.imprint import field_of_label, is_address_label
from spiders.parsing.no_results import is_no_results_text
from spiders.parsing.prices.conditions import condition_from_text
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.money import price_from_text
from spiders.parsing.ranks import rank_from_text
from spiders.parsing.sellers import amazon_in_sentence, is_amazon_name

STATES = [
    ("Dit product wordt uitgebracht op 5 december 2026.", "preorder"),
    ("Questo articolo verrà rilasciato il 5 dicembre 2026.", "preorder"),
    ("Denna artikel kommer att släppas den 5 december 2026.", "preorder"),
    ("Bu ürün 5 Aralık 2026 tarihinde piyasaya sürülecek.", "preorder"),
    ("سيتم إصدار هذا العنصر في 5 ديسمبر 2026", "preorder"),
    ("Este producto estará disponible el 5 de diciembre", "backorder"),
    ("Available Instantly", "in_stock"),
    ("Spedizione entro 3-4 giorni", "in_stock"),
    ("Verzending binnen 3 tot 4 dagen", "in_stock"),
]
THREE_LEFT = [
    "Noch 3 Stück auf Lager",
    "Só há 3 em estoque.",
    "3 وحدات متبقية في المخزن",
    "بقى فقط 3 - اطلبه الآن.",
]
REFUSALS = [
    "Dieser Artikel kann nicht in die Vereinigten Staaten geliefert werden.",
    "Dieser Artikel wird nicht nach Japan versandt.",
    "Cet article n'est pas expédié vers votre adresse",
    "Este producto no se puede entregar en la ubicación seleccionada.",
    "この商品は、アメリカ合衆国へお届けできません。",
    "この商品はアメリカ合衆国に発送できません。",
    "Denna vara levereras inte till din valda plats.",
    "Bu ürün Amerika Birleşik Devletleri konumuna gönderilmiyor.",
]
NO_REFUSALS = [
    "Kann nicht an eine Packstation geliefert werden.",
    "Cet article n'est pas livré en point retrait",
    "この商品はコンビニに配送できません",
    "Este producto se envía a Estados Unidos",
]
LIST_PRICES = [
    ("MSRP:", "rrp"),
    ("TÜSF:", "rrp"),
    ("Recommended price:", "rrp"),
    ("Regular price:", "typical"),
    ("Prix précédent :", "was"),
    ("Früherer Preis:", "was"),
    ("السعر قبل:", "was"),
    ("Lowest recent price:", "lowest_recent"),
]
RANKS = [
    ("おもちゃ - 1,234位 (おもちゃの売れ筋ランキングを見る)", 1234, "おもちゃ"),
    ("- 1,234位おもちゃ (おもちゃの売れ筋ランキングを見る)", 1234, "おもちゃ"),
    ("玩具商品里排第1,234名 (查看玩具商品销售排行榜)", 1234, "玩具"),
    ("Nummer 12 in Küche", 12, "Küche"),
]
BYLINES = [
    "Consulter la boutique ACME",
    "Voir la boutique ACME",
    "Visita la Store di ACME",
    "Odwiedź markę ACME",
    "Besuchen Sie den Store von ACME",
]
AMAZON = [
    "أمازون",
    "アマゾン",
    "アマゾンジャパン",
    "亚马逊",
    "أمازون.ae",
    "Amazon Export Sales LLC",
]
SENTENCES = [
    (
        "Ships from and sold by Amazon Digital Services LLC. Gift-wrap",
        "Amazon Digital Services LLC",
    ),
    ("Verkauf und Versand durch Amazon EU S.à r.l.. Geschenkverpackung", "Amazon EU S.à r.l."),
    ("Sold by Amazon Export Sales LLC and ships", "Amazon Export Sales LLC"),
    ("Ships from and sold by Amazon US.", "Amazon US"),
    ("Verkauf und Versand durch Amazon. Geschenkverpackung verfügbar.", "Amazon"),
    ("Ships from and sold by Amazon.com. Usually", "Amazon.com"),
]
IMPRINT = [
    ("Nom de l'entreprise:", "businessName"),
    ("Nombre de empresa:", "businessName"),
    ("Nome dell’attività:", "businessName"),
    ("Nome azienda:", "businessName"),
    ("Firmanamn:", "businessName"),
    ("Ticari Adı:", "businessName"),
    ("企业名称:", "businessName"),
    ("اسم العمل:", "businessName"),
    ("Numero Registro Imprese:", "registrationNumber"),
    ("Numero di registrazione:", "registrationNumber"),
    ("Handelsregistratienummer:", "registrationNumber"),
    ("Handelsregistreringsnummer:", "registrationNumber"),
    ("NIP:", "vat"),
    ("運営責任者名:", None),
    ("Stammkapital:", None),
]
NAMES = [
    ("Brand, Seller, or Collection Name", "brand"),
    ("Größe und/oder Gewicht", "dimensions"),
    ("Abmessungen (Länge x Breite x Höhe)", "dimensions"),
    ("Item Part Number", "part_number"),
    ("First available on Amazon", "date_first_available"),
    ("Model Name", None),
]


@pytest.mark.parametrize(("text", "state"), STATES)
def test_availability(text: str, state: str) -> None:
    assert availability_from_text(text) == state


@pytest.mark.parametrize("text", THREE_LEFT)
def test_stock_left(text: str) -> None:
    assert stock_left_from_text(text) == 3


@pytest.mark.parametrize(
    ("text", "is_refusal"), [*((t, True) for t in REFUSALS), *((t, False) for t in NO_REFUSALS)]
)
def test_refusal_of_a_place(text: str, is_refusal: bool) -> None:
    assert is_location_block_text(text) is is_refusal


@pytest.mark.parametrize(("text", "kind"), LIST_PRICES)
def test_kind_of_a_list_price(text: str, kind: str) -> None:
    assert list_price_kind_from_text(text) == kind


@pytest.mark.parametrize(("text", "rank", "category"), RANKS)
def test_rank(text: str, rank: int, category: str) -> None:
    assert rank_from_text(text) == (rank, category)


@pytest.mark.parametrize("text", BYLINES)
def test_brand_in_a_byline(text: str) -> None:
    assert brand_from_byline(text) == "ACME"


@pytest.mark.parametrize("name", AMAZON)
def test_amazon_by_its_names(name: str) -> None:
    assert is_amazon_name(name)
    assert not is_amazon_name(f"X {name}")


@pytest.mark.parametrize(("text", "name"), SENTENCES)
def test_amazon_in_a_sentence(text: str, name: str) -> None:
    assert amazon_in_sentence(text) == name


@pytest.mark.parametrize(("label", "field"), IMPRINT)
def test_line_of_an_imprint(label: str, field: str | None) -> None:
    assert field_of_label(label) == field


@pytest.mark.parametrize("label", ["Sede legale:", "عنوان العمل:", "Morada comercial:"])
def test_address_in_an_imprint(label: str) -> None:
    assert is_address_label(label)


@pytest.mark.parametrize(("name", "concept"), NAMES)
def test_name_of_an_attribute(name: str, concept: str | None) -> None:
    assert attribute_concept(name) == concept


@pytest.mark.parametrize(
    ("text", "amount"),
    [("KWD 12.345", "12.345"), ("OMR 1,234.567", "1234.567"), ("BHD 7.500", "7.5"), ("KWD 12", "12"), ("USD 12.345", "12345")],
)  # fmt: skip
def test_currencies_of_three_decimals(text: str, amount: str) -> None:
    found = price_from_text(text, store_currency="USD")
    assert found is not None
    assert found.amount == Decimal(amount)


def test_rarer_words() -> None:
    assert condition_from_text("Tweedehands - Aanvaardbaar") == "used_acceptable"
    assert is_no_results_text("No hay resultados de búsqueda para asdf")
    place = delivery_place_from_header("Doručování do Praha 110 00", "Aktualizovat polohu")
    assert place == "Praha 110 00"
