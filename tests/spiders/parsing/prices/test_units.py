"""What a price is the price of one of, language by language, as stores write it."""

from __future__ import annotations

import pytest

from spiders.parsing.prices.money import prices_in_text
from spiders.parsing.prices.price_words import is_instalment
from spiders.parsing.prices.units import (
    may_hold_unit,
    unit_from_text_after,
    unit_from_text_before,
    unit_price_per_from_text,
)

UNITS = [
    ("/ounce)", "ounce"),
    ("/100 g)", "100 g"),
    (" / 100 ml", "100 ml"),
    ("/kg", "kg"),
    ("/Fl Oz)", "Fl Oz"),
    ("/count)", "count"),
    ("per count", "count"),
    ("pro 100 g", "100 g"),
    ("je 100 ml", "100 ml"),
    ("par kg", "kg"),
    ("al kg", "kg"),
    ("/Stück)", "Stück"),
    ("/unité)", "unité"),
    ("/unidad)", "unidad"),
    ("/unidade)", "unidade"),
    ("/st)", "st"),
    ("/szt.)", "szt."),
    ("/Adet)", "Adet"),
    ("/個)", "個"),
    ("\uff0f個\uff09", "個"),
    ("/100克)", "100克"),
    ("/개)", "개"),
    ("/قطعة)", "قطعة"),
    ("/किलो)", "किलो"),
    ("/metre)", "metre"),
    ("/mole)", "mole"),
    ("/month supply)", "month supply"),
    ("/month's supply)", "month's supply"),
    ("/Monatspackung)", "Monatspackung"),
    (" per 100 g", "100 g"),
    (" il kg", "kg"),
    (" all'unità", "unità"),
    (" le kg", "kg"),
    (" el kilo", "kilo"),
    (" la pieza", "pieza"),
    (" por unidad", "unidad"),
    (" a unidade", "unidade"),
    (" por litro", "litro"),
    (" l'unité", "unité"),
    (" za kg", "kg"),
    (" za sztukę", "sztukę"),
    (" för 100 g", "100 g"),
    (" pr. 100 g", "100 g"),
    (" za 100 ml", "100 ml"),
    (" لكل 100 غرام", "100 غرام"),
    (" لكل قطعة", "قطعة"),
    (" प्रति 100 ग्राम", "100 ग्राम"),
    (" ל-100 גרם", "100 גרם"),
    ("/100 ml", "100 ml"),
]
UNITS_BEFORE = [
    ("100 ml = ", "100 ml"),
    ("(1 l = ", "1 l"),
    ("0,75 l = ", "0,75 l"),
    ("1 Stück = ", "1 Stück"),
    ("1 kg = ", "1 kg"),
    ("100 g ＝ ", "100 g"),
    ("100gあたり ", "100g"),
    ("（1個あたり", "1個"),
    ("1枚当たり：", "1枚"),
    ("每100克", "100克"),
    ("(每 片 ", None),
    ("100g당 ", "100g"),
    ("1개당 ", "1개"),
    ("100 ml başına ", "100 ml"),
    ("Prezzo al kg: ", "kg"),
    ("Prix au litre : ", "litre"),
    ("Precio por unidad: ", "unidad"),
    ("Grundpreis (100 ml): ", "100 ml"),
    ("Cena za kg: ", "kg"),
]
NO_UNITS = [
    " por envío", " je Bestellung", "/year", " per year", "/Jahr", " par an", " al año", "/年", "/week",
    " a month", " la livraison", " à partir", " le 5 mars", ") FREE", " off", " para ti", "",
]  # fmt: skip
NO_UNITS_BEFORE = ["Pack of 2 = ", "List: ", "Was: ", "50 ml, ", "Buy 3 = ", "100 ml", "", "ab "]


@pytest.mark.parametrize(("after", "unit"), UNITS)
def test_a_unit_follows_the_price_and_is_no_month(after: str, unit: str) -> None:
    assert unit_from_text_after(after) == unit
    assert not is_instalment("(", after)
    assert may_hold_unit(f"1 {after}")


@pytest.mark.parametrize(("before", "unit"), UNITS_BEFORE)
def test_a_unit_stands_before_the_price(before: str, unit: str | None) -> None:
    assert unit_from_text_before(before) == unit
    assert unit is None or may_hold_unit(before)
    assert not is_instalment(before, "")


@pytest.mark.parametrize("after", NO_UNITS)
def test_other_words_after_a_price_are_no_unit(after: str) -> None:
    assert unit_from_text_after(after) is None


@pytest.mark.parametrize("before", NO_UNITS_BEFORE)
def test_other_words_before_a_price_are_no_unit(before: str) -> None:
    assert unit_from_text_before(before) is None


@pytest.mark.parametrize(
    ("text", "currency", "amount", "per"),
    [
        ("$19.99 ($1.30/month supply)", "USD", "1.30", "month supply"),
        ("€ 31,25 (€ 12,50 / kg)", "EUR", "12.50", "kg"),
        ("16,00 € (100 ml = 3,20 €)", "EUR", "3.20", "100 ml"),
        ("₹ 90 (₹ 45 per 100 g)", "INR", "45", "100 g"),
        ("￥1,400 (100gあたり￥350)", "JPY", "350", "100g"),
        ("25,00 zł (1 kg = 12,50 zł)", "PLN", "12.50", "1 kg"),
        ("25,00 € soit 12,50 € le kg", "EUR", "12.50", "kg"),
        ("45.00 درهم (٢٫٢٥ درهم لكل 100 غرام)", "AED", "2.25", "100 غرام"),
    ],
)
def test_the_price_with_a_unit_among_those_of_a_line(
    text: str, currency: str, amount: str, per: str
) -> None:
    found = [
        (money, unit)
        for money in prices_in_text(text, store_currency=currency)
        if (unit := unit_price_per_from_text(text, money.raw))
    ]
    assert [(str(m.amount), m.currency, u) for m, u in found] == [(amount, currency, per)]
