from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.addresses.images import full_size_image_url
from spiders.parsing.attribute_names import attribute_concept
from spiders.parsing.availability import availability_from_text
from spiders.parsing.byline import brand_from_byline, brand_from_store_url, is_author_role
from spiders.parsing.dates import iso_date_from_text
from spiders.parsing.language import language_tag
from spiders.parsing.prices.list_price import list_price_kind_from_text
from spiders.parsing.prices.offers import coupon_from_text, percent_from_text
from spiders.parsing.prices.units import unit_price_per_from_text
from spiders.parsing.sellers import is_amazon_name
from spiders.parsing.text import clean_text, words_of


@pytest.mark.parametrize(
    "line",
    [
        "Visit the Nordfjord Store",
        "Besuche den Nordfjord-Store",
        "Besuchen Sie den Nordfjord-Store",
        "Visiter la boutique Nordfjord",
        "Visita la tienda de Nordfjord",
        "Visita lo Store di Nordfjord",
        "Visite a loja Nordfjord",
        "Visite a Loja da Nordfjord (em Espanhol)",
        "Bezoek de Nordfjord-store",
        "Besök Nordfjord-butiken",
        "Odwiedź sklep Nordfjord",
        "Nordfjord Mağazasını ziyaret edin",
        "Nordfjordのストアを表示",
        "قم بزيارة متجر Nordfjord",
        "Visiter la boutique d'Nordfjord",
        "Nordfjord Mağazası'nı Ziyaret Edin",
        "访问“Nordfjord”店铺",
        "Nordfjord 스토어 방문하기",
        "Brand: Nordfjord",
        "Marke: Nordfjord",
        "Marque : Nordfjord",
        "Marca: Nordfjord",
        "ブランド: Nordfjord",
        "Nordfjord",
    ],
)
def test_brand_inside_the_byline(line: str) -> None:
    assert brand_from_byline(line) == "Nordfjord"


def test_brand_from_store_link_is_the_slug() -> None:
    assert brand_from_store_url("/stores/Blue-Owl/page/1-2-3?ref=x") == "Blue Owl"
    assert brand_from_store_url("/stores/page/1-2-3") is None


@pytest.mark.parametrize(
    "role", ["(Author)", "(Autor),", "(Auteur)", "(Illustrations)", "", "(著)"]
)
def test_authors_and_illustrators_wrote_it(role: str) -> None:
    assert is_author_role(role)


@pytest.mark.parametrize(
    "role", ["(Editor),", "(Tradutor)", "(Übersetzer)", "(Narrator)", "(翻訳)"]
)
def test_editors_and_translators_did_not(role: str) -> None:
    assert not is_author_role(role)


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("August 3, 2017", "en-US", "2017-08-03"),
        ("3 Aug. 2017", "en-GB", "2017-08-03"),
        ("23 Sept. 2022", "en-GB", "2022-09-23"),
        ("3. August 2017", "de-DE", "2017-08-03"),
        ("3 août 2017", "fr-FR", "2017-08-03"),
        ("3 agosto 2017", "es-MX", "2017-08-03"),
        ("3 agosto 2017", "it-IT", "2017-08-03"),
        ("24 outubro 2017", "pt-BR", "2017-10-24"),
        ("2017/8/3", "ja-JP", "2017-08-03"),
        ("2017年8月3日", "ja-JP", "2017-08-03"),
        ("3 sierpnia 2017", "pl-PL", "2017-08-03"),
        ("3 Ağustos 2017", "tr-TR", "2017-08-03"),
        ("3 augustus 2017", "nl-NL", "2017-08-03"),
        ("3 augusti 2017", "sv-SE", "2017-08-03"),
        ("03/04/2017", "en-US", None),
        ("31 February 2017", "en-US", None),
        ("soon", "en-US", None),
    ],
)
def test_dates_are_read_only_when_certain(text: str, language: str, iso: str | None) -> None:
    assert iso_date_from_text(text, language=language) == iso


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("Brand Name", "brand"),
        ("Hersteller", "manufacturer"),
        ("Item model number", "model_number"),
        ("Modellnummer", "model_number"),
        ("製品型番", "model_number"),
        ("Poids de l'article", "weight"),
        ("Satışa Sunulduğu İlk Tarih", "date_first_available"),
        ("Datum eerste beschikbaarheid", "date_first_available"),
        ("Amazon.co.jp での取り扱い開始日", "date_first_available"),
        ("Country of Origin", "country_of_origin"),
        ("Batteries included", None),
        ("Brand compatibility", None),
    ],
)
def test_whole_attribute_names_only(name: str, concept: str | None) -> None:
    assert attribute_concept(name) == concept


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("https://m.media-amazon.com/images/I/71Isxx._AC_UY218_.jpg", "https://m.media-amazon.com/images/I/71Isxx.jpg"),
        ("https://m.media-amazon.com/images/I/41g+M6Q-NrL.jpg", "https://m.media-amazon.com/images/I/41g+M6Q-NrL.jpg"),
        ("//m.media-amazon.com/images/I/1a.png", "https://m.media-amazon.com/images/I/1a.png"),
        ("data:image/gif;base64,R0lG", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_image_addresses_lose_their_size(url: str | None, full: str | None) -> None:
    assert full_size_image_url(url) == full


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("List:", "list"),
        ("List Price: $20", "list"),
        ("M.R.P: ₹849", "rrp"),
        ("Typical: $13.99", "typical"),
        ("UVP: 19,00 €", "rrp"),
        ("RRP: £19.00", "rrp"),
        ("Was: $10", "was"),
        ("De: R$ 10,00", "was"),
        ("Niedrigster Preis der letzten 30 Tage", "lowest_recent"),
        ("19,00 €", "unknown"),
    ],
)
def test_what_the_struck_price_claims_to_be(label: str, kind: str) -> None:
    assert list_price_kind_from_text(label) == kind


def test_coupon_text_rendered_twice_is_one_coupon() -> None:
    coupon = coupon_from_text("Save 10% with coupon Save 10% with coupon", store_currency="USD")
    assert coupon is not None
    assert (coupon.raw, coupon.percent, coupon.amount) == (
        "Save 10% with coupon",
        Decimal(10),
        None,
    )


def test_coupon_of_an_amount() -> None:
    coupon = coupon_from_text("Aplicar cupão de 10€", store_currency="EUR")
    assert coupon is not None
    assert coupon.amount is not None
    assert (coupon.percent, coupon.amount.amount) == (None, Decimal(10))


def test_unit_follows_the_price_and_not_the_discount() -> None:
    assert unit_price_per_from_text("$5.00 ($1.52$1.52/Count)", "$1.52") == "Count"
    assert unit_price_per_from_text("3,99 € (39,90 €/kg)", "39,90 €") == "kg"
    assert unit_price_per_from_text("$5.00", "$5.00") is None


@pytest.mark.parametrize(("text", "percent"), [("-38%", 38), ("％5 off", 5), ("none", None)])
def test_percent(text: str, percent: int | None) -> None:
    assert percent_from_text(text) == percent


@pytest.mark.parametrize("name", ["Amazon", "Amazon.de", "Amazon.com.br", "Amazon Resale"])
def test_amazons_own_names(name: str) -> None:
    assert is_amazon_name(name)


@pytest.mark.parametrize("name", ["Amazonas GmbH", "My Amazon Shop", ""])
def test_names_that_only_sound_like_it(name: str) -> None:
    assert not is_amazon_name(name)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("de-de", "de-DE"), ("pt_BR", "pt-BR"), ("ja", "ja"), ("", None), ("x!", None)],
)
def test_language_tag(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        # Spelling: Persian, Hindi, Kannada, a picture of three.
        ("کتاب\u200cهای می\u200cخواهم", "کتاب\u200cهای می\u200cخواهم"),
        ("क्\u200dष रेशम", "क्\u200dष रेशम"),
        ("ಸ್ಟಾಕ್\u200cನಲ್ಲಿ", "ಸ್ಟಾಕ್\u200cನಲ್ಲಿ"),
        ("Mug 👩\u200d💻 and 🏳️\u200d🌈", "Mug 👩\u200d💻 and 🏳️\u200d🌈"),
        # Noise: at the edges, beside blanks, digits and Latin letters, and again and again.
        ("\u200cچای\u200c \u200dسبز\u200d", "چای سبز"),
        ("Spring\u200cfield 12345\u200c", "Springfield 12345"),
        ("۱\u200c۲ کتاب", "۱۲ کتاب"),
        ("می\u200c\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200fخواهم", "می\u200cخواهم"),
        ("\u200e$5\u200b.00\u202c \u2066x\u2069", "$5.00 x"),
    ],
)
def test_joiners_stay_inside_words_alone(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("text", "state"), [("ಸ್ಟಾಕ್\u200cನಲ್ಲಿದೆ", "in_stock"), ("స్టాక్\u200cలో ఉంది", "in_stock")]
)
def test_joiners_hide_no_word(text: str, state: str) -> None:
    assert availability_from_text(text) == state
    assert words_of(text) == text.replace("\u200c", "")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    brand_from_byline(text)
    brand_from_store_url(text)
    is_author_role(text)
    iso_date_from_text(text, language=text)
    full_size_image_url(text)
    coupon_from_text(text, store_currency=None)
    list_price_kind_from_text(text)
    is_amazon_name(text)
    attribute_concept(text)
    assert "\u200f" not in clean_text(text)
