from __future__ import annotations

import pytest

from spiders.pages.place_shown import PlaceProof, header_lines, place_proof
from spiders.sites.places import Place


def page(first: str, second: str, language: str = "en-us") -> bytes:
    return (
        f'<!doctype html><html lang="{language}"><body>{"<p>x</p>" * 2000}'
        f'<span class="nav-line-1" id="glow-ingress-line1">{first} </span>'
        f'<span class="nav-line-2" id="glow-ingress-line2">{second}\u200c</span>{"<p>y</p>" * 500}'
    ).encode()


@pytest.mark.parametrize(
    ("first", "second", "place", "language"),
    [
        ("Deliver to", "New York 10001", Place("US", "10001"), "en-us"),
        ("Delivering to San Jose 95141", "Update location", Place("US", "95141"), "en-us"),
        ("Deliver to", "London SW1A 1", Place("GB", "SW1A 1AA"), "en-gb"),
        ("Deliver to", "London SW1A", Place("GB", "SW1A 1AA"), "en-gb"),
        ("Deliver to", "SW1A 1AA London", Place("GB", "SW1A 1AA"), "en-gb"),
        ("Enviar a", "Ciudad Ju... 32575", Place("MX", "32575"), "es-mx"),
        ("お届け先", "市川南 272-0033", Place("JP", "272-0033"), "ja-jp"),
        ("お届け先", "市川南272-0033", Place("JP", "272-0033"), "ja-jp"),
        ("Deliver to", "Toronto M5H 2N", Place("CA", "M5H 2N2"), "en-ca"),
        ("Deliver to", "Toronto M5H", Place("CA", "M5H 2N2"), "en-ca"),
        ("Lieferung nach", "80331 München", Place("DE", "80331"), "de-de"),
        ("Bezorgen in", "Amsterdam 1012", Place("NL", "1012 AB"), "nl-nl"),
        ("Levereras till", "111 20 Stockholm", Place("SE", "111 20"), "sv-se"),
        ("Deliver to", "Germany", Place("DE"), "en-us"),
        ("Liefern nach", "Frankreich", Place("FR"), "de-de"),
        ("Enviar a", "Alemania", Place("DE"), "es-us"),
        ("Deliver to", "Hong Kong", Place("HK"), "en-us"),
        ("Delivering to Niger", "Update location", Place("NE"), "en-us"),
    ],
)
def test_confirmed(first: str, second: str, place: Place, language: str) -> None:
    assert place_proof(page(first, second, language), place) is PlaceProof.CONFIRMED


@pytest.mark.parametrize(
    ("first", "second", "place", "language"),
    [
        ("Deliver to", "San Jose 95141", Place("US", "10001"), "en-us"),
        ("Deliver to", "Pakistan", Place("US", "10001"), "en-us"),
        ("Deliver to", "London SW1B 2", Place("GB", "SW1A 1AA"), "en-gb"),
        ("Deliver to", "Berlin 110001", Place("DE", "10001"), "de-de"),
        ("Deliver to", "Berlin 100011", Place("DE", "10001"), "de-de"),
        ("Deliver to", "Berlin 1000", Place("DE", "10001"), "de-de"),
        ("Deliver to", "Pakistan", Place("DE"), "en-us"),
        ("Deliver to", "Niger", Place("NG"), "en-us"),
        ("Deliver to", "Guinea-Bissau", Place("GN"), "en-us"),
        ("Deliver to", "Papua New Guinea", Place("GN"), "en-us"),
        ("Deliver to", "South Sudan", Place("SD"), "en-us"),
        ("Deliver to", "Dominican Republic", Place("DM"), "en-us"),
    ],
)
def test_another_place(first: str, second: str, place: Place, language: str) -> None:
    assert place_proof(page(first, second, language), place) is PlaceProof.OTHER


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>no header</body></html>", b"glow-ingress-line2"]
)
def test_a_page_without_the_header_names_none(body: bytes) -> None:
    assert place_proof(body, Place("US", "10001")) is PlaceProof.UNNAMED
    assert header_lines(body) == []
