"""Sentences of the thirteen kinds of fault as further stores, years and services would write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spiders.parsing.attribute_names import attribute_concept
from spiders.parsing.availability import availability_from_text, stock_left_from_text
from spiders.parsing.counts import bought_past_month_from_text
from spiders.parsing.delivery_place import delivery_place_from_header
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.money import prices_in_text
from spiders.parsing.prices.offer_lines import offer_line_from_text
from spiders.parsing.prices.offers import is_coupon_text, is_program_price_text
from spiders.parsing.prices.price_words import (
    is_instalment,
    is_members_price_text,
    is_purchase_text,
)
from spiders.parsing.prices.units import may_hold_unit, unit_price_per_from_text
from spiders.parsing.search_messages import is_department_fallback_text

UNIT_PRICES = [
    ("Prix à l'unité : 2,50 €", "EUR", "2.50", "unité"),
    ("(€ 0,53 per stuk)", "EUR", "0.53", "stuk"),
    ("(5,00 zł za 100 g)", "PLN", "5.00", "100 g"),
    ("(2,50 TL / adet)", "TRY", "2.50", "adet"),
    ("(1mlあたり￥12)", "JPY", "12", "1ml"),
    ("Preço por unidade: R$ 2,50", "BRL", "2.50", "unidade"),
    ("(SAR 2.50 / قطعة)", "SAR", "2.50", "قطعة"),
    ("(5,50 kr per styck)", "SEK", "5.50", "styck"),
]
INSTALMENTS = [
    ("oder 3 Zahlungen von ", ""),
    ("3 zinslose Zahlungen à ", ""),
    ("ou 4 paiements de ", ""),
    ("en 3 fois ", ""),
    ("5 pagamenti da ", ""),
    ("of betaal in 3 delen ", ""),
    ("4 räntefria betalningar på ", ""),
    ("12 aya varan taksitle ", ""),
    ("24回払い ", ""),
    ("أو 4 دفعات بقيمة ", ""),
    ("", " في الشهر"),
]
OFFERS = [
    ("34,50 € (12 gebrauchte und neue Artikel)", "all", 12, "34.50"),
    ("12,00 € (3 offerte prodotti usati e nuovi)", "all", 3, "12.00"),
    ("120,00 kr (3 nya erbjudanden)", "new", 3, "120.00"),
    ("120,00 TL (3 kullanılmış ve yeni ürün)", "all", 3, "120.00"),
    ("R$ 120,00 (3 ofertas de produtos novos)", "new", 3, "120.00"),
]
LIST_PRICES = [
    ("Niedr. Preis 30 T.:", "lowest_recent"),
    ("PSF:", "rrp"),
    ("Önerilen fiyat:", "rrp"),
    ("Suggested retail price:", "rrp"),
    ("Mittlerer Preis:", "typical"),
    ("السعر قبل الخصم:", "was"),
]
STOCK_LEFT = [
    "بقي 4 فقط",
    "4 left in stock",
    "Nur 4 übrig",
    "Noch 4 auf Lager",
    "Últimas 4 unidades",
]
CODES = [
    ("EAN / UPC", "ean"), ("GTIN/EAN", "gtin"), ("UPC/EAN", "upc"), ("ISBN 13", "isbn13"), ("EAN kodu", "ean"),
    ("Barkod", "ean"), ("رمز EAN", "ean"), ("Strichcode", "ean"), ("European Article Number (EAN)", "ean"),
    ("Globale Handelsartikelnummer", "gtin"), ("Código universal de producto", "upc"), ("Code universel des produits", "upc"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "currency", "amount", "per"), UNIT_PRICES)
def test_unit_price(text: str, currency: str, amount: str, per: str) -> None:
    assert may_hold_unit(text)
    found = [
        (money.amount, unit)
        for money in prices_in_text(text, store_currency=currency)
        if (unit := unit_price_per_from_text(text, money.raw))
    ]
    assert found == [(Decimal(amount), per)]


@pytest.mark.parametrize(("before", "after"), INSTALMENTS)
def test_instalment(before: str, after: str) -> None:
    assert is_instalment(before, after)


@pytest.mark.parametrize("before", ["Set van 3 delen ", "5 fois plus fort ", "Box mit 3 Teilen "])
def test_numbers_of_something_else_are_no_instalment(before: str) -> None:
    assert not is_instalment(before, "")


@pytest.mark.parametrize(("text", "condition", "count", "lowest"), OFFERS)
def test_line_of_offers(text: str, condition: str, count: int, lowest: str) -> None:
    line = offer_line_from_text(text, store_currency="SEK")
    assert line is not None
    assert line.lowest is not None
    assert (line.condition, line.count, line.lowest.amount) == (condition, count, Decimal(lowest))


@pytest.mark.parametrize(("label", "kind"), LIST_PRICES)
def test_kind_of_list_price(label: str, kind: str) -> None:
    assert list_price_kind_from_text(f"{label} 20,00 €") == kind


@pytest.mark.parametrize("text", ["全てのカテゴリーの結果", "نتائج من كافة الأقسام"])
def test_rows_from_all_departments(text: str) -> None:
    assert is_department_fallback_text(text)


def test_place_above_an_arabic_link() -> None:
    assert delivery_place_from_header("يتم التوصيل إلى دبي", "قم بتحديث الموقع") == "دبي"


@pytest.mark.parametrize(
    ("text", "state"), [("Ej tillgänglig", "unavailable"), ("Stoklarda yok", "out_of_stock")]
)
def test_availability(text: str, state: str) -> None:
    assert availability_from_text(text) == state


@pytest.mark.parametrize("text", STOCK_LEFT)
def test_stock_left(text: str) -> None:
    assert stock_left_from_text(text) == 4


@pytest.mark.parametrize("text", ["Prime-exclusieve deal", "Prime Early Access Deal"])
def test_price_for_members(text: str) -> None:
    assert is_members_price_text(text)


@pytest.mark.parametrize("text", ["o cómpralo por 9,99 €", "أو اشترِ مقابل 10.00 درهم"])
def test_price_to_buy(text: str) -> None:
    assert is_purchase_text(text)


def test_vouchers_of_british_pages_are_coupons_and_codes_are_none() -> None:
    assert is_coupon_text("Apply £5 voucher")
    assert is_coupon_text("Save 10% with voucher")
    assert not is_coupon_text("Save 10% with voucher code LAMP10")


@pytest.mark.parametrize(("name", "concept"), CODES)
def test_names_of_article_codes(name: str, concept: str) -> None:
    assert attribute_concept(name) == concept


def test_free_with_a_subscription_in_turkish() -> None:
    assert is_program_price_text("Aboneliğinizle ücretsiz")


@pytest.mark.parametrize(
    ("text", "count"),
    [("1 tys.+ kupiono w zeszłym miesiącu", 1_000), ("過去1か月で1万点以上購入", 10_000)],
)
def test_sales_of_the_past_month(text: str, count: int) -> None:
    assert bought_past_month_from_text(text) == count
