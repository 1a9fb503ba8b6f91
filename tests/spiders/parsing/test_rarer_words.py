"""Rarer sentences of the stores: other words for what `test_languages.py` asks of the usual ones."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spiders.parsing.attribute_names import attribute_concept
from spiders.parsing.availability import (
    availability_from_text,
    is_location_block_text,
    is_out_for_a_time_text,
    stock_left_from_text,
)
from spiders.parsing.byline import brand_from_byline
from spiders.parsing.choices import is_prompt_text
from spiders.parsing.counts import bought_past_month_from_text
from spiders.parsing.delivery_place import delivery_place_from_header
from spiders.parsing.no_results import is_no_results_text
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.money import price_from_text, price_range_from_text
from spiders.parsing.prices.offer_lines import offer_condition
from spiders.parsing.prices.offers import is_program_price_text
from spiders.parsing.prices.price_words import (
    is_from_text,
    is_in_cart_text,
    is_instalment,
    is_members_price_text,
    is_purchase_text,
    may_be_from_text,
)
from spiders.parsing.prices.shipping import is_for_members_text, is_free_text
from spiders.parsing.prices.units import unit_price_per_from_text
from spiders.parsing.sellers import is_seller_label, is_shipper_label

AVAILABILITY = [
    # It names the stock that it will come back to, and is not in stock.
    ("वर्तमान में अनुपलब्ध है. हम नहीं जानते कि यह आइटम कब या फिर कभी स्टॉक में वापस आएगा.", "unavailable"),
    ("सध्या अनुपलब्ध.", "unavailable"),
    ("כרגע אזל. איננו יודעים מתי או אם הפריט הזה יחזור למלאי.", "unavailable"),
    ("கையிருப்பில் உள்ளது", "in_stock"),
    ("この商品の発売予定日は2026年11月4日です。", "preorder"),
    ("Premiera tego produktu odbędzie się 4 listopada 2026.", "preorder"),
    ("Produkt zostanie wydany 4 listopada 2026.", "preorder"),
    ("Bu ürün 4 Kasım 2026 tarihinde çıkacak.", "preorder"),
    ("Wieder auf Lager ab 4. Dezember 2026. Jetzt bestellen.", "backorder"),
    ("Auf Lager ab dem 4. Dezember 2026", "backorder"),
    ("En stock le 4 décembre 2026. Commandez-le maintenant.", "backorder"),
    ("Bientôt de nouveau en stock.", "backorder"),
    ("En stock el 4 de diciembre de 2026. Cómpralo ya.", "backorder"),
    ("Disponible a partir del 4 de diciembre de 2026.", "backorder"),
    ("Disponibile a partire dal 4 dicembre 2026. Ordinalo subito.", "backorder"),
    ("Em estoque a partir de 4 de dezembro de 2026.", "backorder"),
    ("Op voorraad vanaf 4 december 2026.", "backorder"),
    ("Dostępny od 4 grudnia 2026.", "backorder"),
    ("I lager från 4 december 2026.", "backorder"),
    ("2026年12月4日に入荷予定です。", "backorder"),
    # No day is named: it is there.
    ("在庫あり（入荷予定あり）", "in_stock"),
    ("En stock. Expédié par Amazon.", "in_stock"),
]  # fmt: skip
STOCK_LEFT = [
    "Stokta yalnızca 3 adet kaldı.",
    "재고가 3개밖에 남지 않았습니다 - 지금 주문하세요.",
    "لم يتبق سوى 3 في المخزون",
    "נשאר רק 3 במלאי",
    "സ്റ്റോക്കിൽ 3 എണ്ണം മാത്രം",
    "Pozostały 3 szt.",
]
REFUSALS = [
    "Questo articolo non è spedibile all'indirizzo selezionato.",
    "Kein Versand nach Österreich.",
    "Dieser Artikel kann nicht nach Polen versandt werden.",
    "Non disponible à la livraison vers l'Allemagne",
    "हा आयटम तुमच्या निवडलेल्या डिलिव्हरी स्थानावर पाठवला जाऊ शकत नाही.",
]
OUT_FOR_A_TIME = [
    "Temporarily out of stock.",
    "Temporairement en rupture de stock.",
    "Chwilowo niedostępny.",
    "一時的に在庫切れ；入荷時期は未定です。",
    "Geçici olarak stokta yok.",
    "نفدت الكمية مؤقتًا.",
]
PROMPTS = [
    "Maat selecteren",
    "Maat kiezen",
    "Selecionar Tamanho",
    "Bitte Größe wählen",
    "Wybór rozmiaru",
    "साइज़ चुने",
]
NO_RESULTS = [
    "Es wurden keine Treffer für qqq gefunden.",
    "Ningún resultado para qqq.",
    'La ricerca "qqq" non ha prodotto risultati.',
    "Sua busca por qqq não retornou resultados.",
    "qqq के लिए कोई नतीजा नहीं मिला.",
    "没有“qqq”的搜索结果。",
    "沒有「qqq」的搜尋結果。",
    "qqq에 대한 검색 결과 없음.",
    "qqq కోసం ఫలితాలు లేవు.",
    "qqq ಗಾಗಿ ಯಾವುದೇ ಫಲಿತಾಂಶಗಳಿಲ್ಲ.",
    "qqq എന്നതിന് ഫലങ്ങളൊന്നുമില്ല.",
    "qqq এর জন্য কোনও ফলাফল নেই.",
    "qqq साठी कोणतेही परिणाम नाहीत.",
]
LIST_PRICES = [
    ("Durchschn. Preis:", "typical"),
    ("Mediaanprijs:", "typical"),
    ("Cena regularna:", "typical"),
    ("Ordinarie pris:", "typical"),
    ("Medyan Fiyat:", "typical"),
    ("Ortalama fiyat:", "typical"),
    ("中央値価格:", "typical"),
    ("일반:", "typical"),
    ("Typisch:", "typical"),
    ("Consigl.:", "rrp"),
    ("Rek pris:", "rrp"),
    ("Vejl. pris:", "rrp"),
    ("メーカー希望小売価格:", "rrp"),
    ("原價：", "list"),
    ("מחירון:", "list"),
    ("Listen-Preis:", "list"),
    ("Precio anterior:", "was"),
    ("Vorige prijs:", "was"),
    ("Poprzednia cena:", "was"),
    ("以前价格：", "was"),
    ("Ehem. Preis:", "was"),
]
PROGRAMS = [
    "0,00 € im Probezeitraum",
    "Gratuito con il periodo di prova",
    "Bezpłatnie w ramach okresu próbnego",
    "Ingår i abonnemanget",
    "Deneme sürümüyle ücretsiz",
    "ट्रायल के साथ मुफ़्त",
]
IN_CART = [
    "Para ver los detalles del producto, agrega este artículo a tu carrito.",
    "Per visualizzare i dettagli del prodotto, aggiungi questo articolo al carrello.",
    "Um Produktdetails zu sehen, fügen Sie diesen Artikel zum Einkaufswagen hinzu.",
    "Pour afficher les détails du produit, ajoutez cet article à votre panier.",
    "商品の詳細を見るには、この商品をカートに入れてください。",
    "कार्ट में कीमत देखें",
    "ראה מחיר בעגלה",
]
INSTALMENTS = [
    ("oder 12 monatliche Raten zu je ", ""),
    ("o 4 plazos de ", ""),
    ("eller 24 månaders delbetalning, ", "/mån"),
]
FREE = ["FRI leverans fredag", "FRI", "Consegna senza costi aggiuntivi", "फ़्री डिलीवरी"]
FOR_MEMBERS = [
    "प्राइम सदस्यों के लिए मुफ़्त",
    "توصيل مجاني لأعضاء برايم",
    "프라임 회원 무료 배송",
    "プライム会員なら配送料無料",
]
BYLINES = [
    "Visita il Negozio di Nordfjord",
    "Naar de Nordfjord-winkel",
    "ماركة: Nordfjord",
    "Nordfjord ストアを訪問",
    "Visit the Nordfjord Shop",
    "Shop the Nordfjord Store",
]
PRICES_BETWEEN_LETTERS = [
    ("または￥129で購入", "129"),
    ("クーポンで￥500 OFF", "500"),
    ("または129円で購入", "129"),
    ("500円OFF", "500"),
    ("现价¥59起", "59"),
]


@pytest.mark.parametrize(("text", "state"), AVAILABILITY)
def test_availability(text: str, state: str) -> None:
    assert availability_from_text(text) == state


@pytest.mark.parametrize("text", STOCK_LEFT)
def test_stock_left(text: str) -> None:
    assert stock_left_from_text(text) == 3


@pytest.mark.parametrize("text", REFUSALS)
def test_refusal_for_the_delivery_place(text: str) -> None:
    assert is_location_block_text(text)


@pytest.mark.parametrize("text", OUT_FOR_A_TIME)
def test_out_for_a_time(text: str) -> None:
    assert is_out_for_a_time_text(text)


@pytest.mark.parametrize("text", ["In stock on December 4, 2026. Order it now.", "In Stock", ""])
def test_what_is_expected_is_not_out(text: str) -> None:
    assert not is_out_for_a_time_text(text)


@pytest.mark.parametrize("text", PROMPTS)
def test_prompt(text: str) -> None:
    assert is_prompt_text(text)


@pytest.mark.parametrize("text", ["Kiezelgrijs", "Größe 42", "Uitgekozen rood", "Wybielacz"])
def test_values_that_sound_like_a_prompt(text: str) -> None:
    assert not is_prompt_text(text)


@pytest.mark.parametrize("text", NO_RESULTS)
def test_no_results(text: str) -> None:
    assert is_no_results_text(text)


@pytest.mark.parametrize(("label", "kind"), LIST_PRICES)
def test_kind_of_list_price(label: str, kind: str) -> None:
    assert list_price_kind_from_text(f"{label} 20,00 €") == kind


@pytest.mark.parametrize("text", PROGRAMS)
def test_free_with_a_program(text: str) -> None:
    assert is_program_price_text(text)


@pytest.mark.parametrize("text", IN_CART)
def test_the_price_is_in_the_cart(text: str) -> None:
    assert is_in_cart_text(text)


@pytest.mark.parametrize(("before", "after"), INSTALMENTS)
def test_instalment(before: str, after: str) -> None:
    assert is_instalment(before, after)


@pytest.mark.parametrize("text", FREE)
def test_free(text: str) -> None:
    assert is_free_text(text)


@pytest.mark.parametrize("text", FOR_MEMBERS)
def test_free_for_members(text: str) -> None:
    assert is_for_members_text(text)


def test_words_that_hold_the_programs_name_are_not_it() -> None:
    assert not is_for_members_text("Livraison GRATUITE par imprimerie locale")


def test_price_for_members() -> None:
    assert is_members_price_text("מחיר בלעדי ל-Prime")
    assert not is_members_price_text("Fri frakt för Prime-medlemmar")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("起价 ", ""),
        ("החל מ-", ""),
        ("", "から"),
        ("", "부터"),
        ("", "'den başlayan fiyatlarla"),
        ("", "से शुरू"),
        ("", "起"),
    ],
)
def test_the_lowest_of_several(before: str, after: str) -> None:
    assert is_from_text(before, after)
    assert may_be_from_text(f"Preis:\n{before}\n€5\n{after}")


@pytest.mark.parametrize("after", ["(￥10/個)", "con IVA", "denim", "/ kg"])
def test_not_the_lowest_of_several(after: str) -> None:
    assert not is_from_text("", after)


@pytest.mark.parametrize(
    ("shipper", "seller"),
    [
        ("Se envía desde", "Vendido por"),
        ("Skickas från", "Säljs av"),
        ("출고지", "판매자"),
        ("נשלח מ", "נמכר על ידי"),
        ("Afsendes fra", "Solgt af"),
    ],
)
def test_labels_of_shipper_and_seller(shipper: str, seller: str) -> None:
    assert (is_shipper_label(shipper), is_seller_label(shipper)) == (True, False)
    assert (is_shipper_label(seller), is_seller_label(seller)) == (False, True)


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("최초 이용 가능일", "date_first_available"),
        ("תאריך זמינות ראשון", "date_first_available"),
        ("Data de disponibilidade", "date_first_available"),
        ("ארץ מקור", "country_of_origin"),
    ],
)
def test_names_of_attributes(name: str, concept: str) -> None:
    assert attribute_concept(name) == concept


@pytest.mark.parametrize("line", BYLINES)
def test_brand_inside_the_byline(line: str) -> None:
    assert brand_from_byline(line) == "Nordfjord"


@pytest.mark.parametrize(("text", "amount"), PRICES_BETWEEN_LETTERS)
def test_price_between_letters_of_scripts_without_blanks(text: str, amount: str) -> None:
    price = price_from_text(text, store_currency="JPY")
    assert price is not None
    assert price.amount == Decimal(amount)


@pytest.mark.parametrize("wave", ["〜", "～", " ~ "])
def test_a_wave_joins_a_range(wave: str) -> None:
    found = price_range_from_text(f"￥1,099{wave}￥2,499", store_currency="JPY")
    assert found is not None
    assert [price.amount for price in found] == [1099, 2499]


@pytest.mark.parametrize("text", ["XUSD 100", "ABC$5", "美元5", "第3R版"])
def test_letters_that_only_end_like_a_currency(text: str) -> None:
    assert price_from_text(text, store_currency="JPY") is None


def test_buying_in_marathi() -> None:
    assert is_purchase_text("किंवा ₹129 ला खरेदी करा")


def test_conditions() -> None:
    assert offer_condition("Nytt (3) från 16,98 kr") == "new"
    assert offer_condition("Sıfır (3) 16,98 TL") == "new"
    assert offer_condition("Nuevo y de 2ª mano (15) desde 16,98 €") == "all"


def test_unit_after_arabic_digits() -> None:
    assert unit_price_per_from_text("(٢٫٣٩ درهم/قطعة)", "٢٫٣٩ درهم") == "قطعة"


def test_sales_of_the_past_month_in_korean() -> None:
    assert bought_past_month_from_text("지난 달 1천 개 이상 구매") == 1000


def test_place_in_dutch() -> None:
    assert delivery_place_from_header("Wordt bezorgd in Utrecht 3511", "Locatie bijwerken") == (
        "Utrecht 3511"
    )
