"""The words around a price, language by language, as stores write them."""

from __future__ import annotations

import pytest

from spiders.parsing.prices.offers import is_program_price_text
from spiders.parsing.prices.price_words import (
    is_from_text,
    is_in_cart_text,
    is_instalment,
    is_members_price_text,
    is_payment_price_text,
    is_purchase_text,
    may_be_from_text,
)

# What stands before the amount, and after it.
INSTALMENTS = [
    ("em até 10x de ", " sem juros"),
    ("em até 10x de", ""),
    ("ou 3 x ", ""),
    ("em até 12 parcelas de", ""),
    ("10 meses de ", ""),
    ("hasta 12 meses sin intereses de", ""),
    ("12 mensualidades de", ""),
    ("", "/mes por 6 meses"),
    ("3 cuotas de", "sin intereses"),
    ("in 3 Raten zu ", ""),
    ("12 Monatsraten à", ""),
    ("", "/Monat"),
    ("", " pro Monat (12 Monate)"),
    ("", "/month for 12 months"),
    ("5 monthly payments of", ""),
    ("", "/mo (24 mo)"),
    ("or 4 interest-free payments of", ""),
    ("4x ", "sans frais"),
    ("", "/mois"),
    ("", "par mois"),
    ("5 rate mensili da", ""),
    ("", "al mese"),
    ("", "/maand"),
    ("", "per maand"),
    ("", "/månad"),
    ("10 rat po", ""),
    ("", "miesięcznie"),
    ("", "/mies."),
    ("3 taksit ", ""),
    ("", "x 6 taksit"),
    ("", "/ay"),
    ("月々", ""),
    ("3回払い 月々", ""),
    ("分割 12回 ", ""),
    ("分期 12期 每期", ""),
    ("", "/月"),
    ("", "/个月"),
    ("12개월 할부 ", ""),
    ("", "/월"),
    ("6 أقساط ", ""),
    ("", "شهريًا"),
    ("12 תשלומים ", ""),
    ("", "/חודש"),
    ("6 महीने ", ""),
    ("", "/माह"),
    ("No cost EMI ", "/month"),
    ("", "प्रति माह"),
]


@pytest.mark.parametrize(("before", "after"), INSTALMENTS)
def test_one_of_several_payments_is_an_instalment(before: str, after: str) -> None:
    assert is_instalment(before, after)


@pytest.mark.parametrize(
    "after",
    ["10 meses de", "12x de", "(12 meses sin intereses de", "3 Raten zu", "24回 月々", "12期 每期"],
)
def test_what_leads_on_to_the_next_amount_is_not_of_this_one(after: str) -> None:
    assert not is_instalment("", after)


@pytest.mark.parametrize(
    "before", ["", "Price, product page", "1 Pack", "5 colors", "12 x 100 ml (", "(2"]
)
def test_other_texts_before_a_price_are_no_instalment(before: str) -> None:
    assert not is_instalment(before, ")")


@pytest.mark.parametrize(
    "text",
    [
        "Exclusive Prime price", "With Prime", "Prime exclusive", "Prime Member Price", "Exklusiver Prime-Preis",
        "Mit Prime", "Prime-exklusiv", "Prix exclusif Prime", "Avec Prime", "Precio exclusivo Prime",
        "Con Prime", "Prezzo esclusivo Prime", "Preço exclusivo Prime", "Com Prime", "Com o Prime",
        "Exclusieve Prime-prijs", "Met Prime", "Exklusivt Prime-pris", "Med Prime", "Cena wyłącznie dla Prime",
        "Z Prime", "Prime'a özel fiyat", "Prime ile", "プライム会員限定価格", "Prime会员专享价", "Prime 專享價",
        "프라임 회원 전용 가격", "سعر برايم الحصري", "مع Prime", "प्राइम विशेष कीमत",
    ],
)  # fmt: skip
def test_a_price_for_members(text: str) -> None:
    assert is_members_price_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Join Prime to buy this item at $7.99", "Prime Video", "FREE delivery for Prime members", "prime lens kit",
        "Join Prime to get FREE delivery Tomorrow", "Exclusive price", "Limited time deal", "",
        "Essayez Prime", "Lieferung mit Prime", "Prueba Prime", "Optimus Prime toy",
    ],
)  # fmt: skip
def test_no_price_for_members(text: str) -> None:
    assert not is_members_price_text(text)


def test_a_price_for_one_way_to_pay() -> None:
    for text in ("à vista no Pix", "no Pix", "com Pix (5% off)", "no boleto", "à vista com PIX"):
        assert is_payment_price_text(text), text
    for text in ("Economize 5% a mais no Pix", "Ganhe 3% extra com Pix", "pixel", "", None):
        assert not is_payment_price_text(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Or $1.29 to buy MP3", "or $3.99 to own", "$9.99 to buy", "oder 5,99 € zum Kaufen", "ou 5,99 € à l'achat",
        "O 5,99 € por la compra", "o 5,99 € para comprar", "ou R$ 9,90 para comprar", "oppure 5,99 € per l'acquisto",
        "of € 5,99 om te kopen", "eller 59 kr för att köpa", "lub 19,99 zł przy zakupie", "veya 29,99 TL satın al",
        "または￥250で購入", "或US$9.99购买", "또는 ₩1,000에 구매", "أو 10.00 ج.م. للشراء", "या ₹99 में खरीदें",
    ],
)  # fmt: skip
def test_a_price_in_words_to_buy(text: str) -> None:
    assert is_purchase_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Save $10.00 when you buy $50.00",
        "Buy 2, save 5%",
        "More Buying Choices",
        "$14.01 with Subscribe & Save discount",
    ],
)
def test_what_speaks_of_buying_is_not_always_a_price(text: str) -> None:
    assert not is_purchase_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Free with Kindle Unlimited membership", "Free with Audible trial", "Kostenlos mit Kindle Unlimited",
        "0,00 € con una suscripción a Prime", "Incluido con una suscripción Kindle Unlimited", "Gratuit avec l'abonnement Audible",
        "Incluso com a assinatura", "Incluso nell'abbonamento Kindle Unlimited", "Gratis met Kindle Unlimited",
        "Ingår i ett medlemskap", "Bezpłatnie z członkostwem", "Kindle Unlimited üyeliği ile ücretsiz", "Listen with Amazon Music",
        "Kindle Unlimited 会員は￥0", "聴き放題対象作品", "包含在 Kindle Unlimited 订阅中", "구독으로 무료", "مجانًا مع الاشتراك", "सदस्यता के साथ मुफ़्त",
    ],
)  # fmt: skip
def test_free_for_members_alone(text: str) -> None:
    assert is_program_price_text(text)


@pytest.mark.parametrize(
    "text", ["FREE delivery", "Kostenlose Lieferung", "Available instantly", "Livraison gratuite"]
)
def test_free_for_everyone(text: str) -> None:
    assert not is_program_price_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "from",
        "From ",
        "ab",
        "à partir de",
        "dès",
        "desde",
        "a partir de",
        "a partire da",
        "vanaf",
        "från",
        "od",
        "من",
        "des",
    ],
)
def test_the_lowest_of_several(text: str) -> None:
    assert is_from_text(text)
    for around in ("List: ", "Preço: ", ""):
        assert may_be_from_text(f"{around}\n{text}\n$5.00\n($1.00/count)")


@pytest.mark.parametrize("text", ["", "Price, product page", "Lab", "crab", "$1.00"])
def test_not_the_lowest_of_several(text: str) -> None:
    assert not is_from_text(text)
    assert not may_be_from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "See price in cart", "To see product details, add this item to your cart. The price is shown there.",
        "Preis im Einkaufswagen ansehen", "Voir le prix dans le panier", "Ver precio en el carrito", "Ver precio en la cesta",
        "Ver preço no carrinho", "Para ver os detalhes do produto, adicione este item ao seu carrinho.", "Vedi prezzo nel carrello",
        "Prijs zien in winkelwagen", "Se priset i kundvagnen", "Zobacz cenę w koszyku", "Fiyatı sepette gör",
        "価格を見るにはカートに入れてください", "在购物车中查看价格", "장바구니에서 가격 확인", "شاهد السعر في عربة التسوق",
    ],
)  # fmt: skip
def test_the_price_is_in_the_cart(text: str) -> None:
    assert is_in_cart_text(text)


@pytest.mark.parametrize("text", ["Add to cart", "In den Einkaufswagen", "$5.00 Add to cart"])
def test_a_button_for_the_cart_says_nothing_of_the_price(text: str) -> None:
    assert not is_in_cart_text(text)
