"""Bytes to text as browsers do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.decoding.encodings import declared_encoding, text_from_bytes

GERMAN = "Größe: Grün … €"


@pytest.mark.parametrize(
    ("text", "encoding", "host"),
    [
        # UTF-8 is UTF-8 on every host.
        (GERMAN, "utf-8", "shop.de"),
        (GERMAN, "utf-8", "shop.ru"),
        ("日本", "utf-8", "shop.com"),
        # Then the default of the host's language.
        (GERMAN, "cp1252", "shop.de"),
        ("café", "cp1252", "shop.fr"),
        ("£19.99", "cp1252", "shop.co.uk"),
        ("£19.99", "cp1252", "192.0.2.1"),
        ("£19.99", "cp1252", ""),
        ("Zażółć gęślą jaźń", "cp1250", "sklep.pl"),
        ("Příliš žluťoučký kůň", "cp1250", "obchod.cz"),
        ("Árvíztűrő tükörfúrógép", "cp1250", "bolt.hu"),
        ("Цена без скидки", "cp1251", "shop.ru"),
        ("Цена", "cp1251", "магазин.xn--p1ai"),
        ("価格は①円", "cp932", "mise.co.jp"),
        ("가격 똠방각하", "cp949", "shop.kr"),
        ("价格", "gb18030", "shop.com.cn"),
        ("價格", "big5", "shop.com.tw"),
        ("Τιμή", "iso8859-7", "shop.gr"),
        ("Fiyatı şöyle ığ", "cp1254", "magaza.com.tr"),
        ("מחיר", "cp1255", "shop.co.il"),
        ("السعر", "cp1256", "shop.sa"),
        ("Kaina už šį", "cp1257", "shop.lt"),
        ("ราคา", "cp874", "shop.co.th"),
        ("Цена", "cp1251", "SHOP.RU."),
    ],
)
def test_undeclared_page_is_utf8_or_what_its_host_suggests(
    text: str, encoding: str, host: str
) -> None:
    page = f"<html><body><h1>{text}</h1></body></html>"
    assert text_from_bytes(page.encode(encoding), content_type="text/html", host=host) == page


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        # A byte order mark comes before everything that is said.
        (b"\xef\xbb\xbf" + "ü".encode(), "text/html; charset=iso-8859-1", "ü"),
        ("ü".encode("utf-16"), "text/html; charset=utf-8", "ü"),
        (b"\xfe\xff" + "ü".encode("utf-16-be"), "", "ü"),
        # The header before the page.
        (b'<meta charset="utf-8">\xfc', "text/html; charset=iso-8859-1", '<meta charset="utf-8">ü'),
        (b"\x80", 'text/html; charset="ISO-8859-1"', "€"),
        (b"\x80", "text/html;charset=latin1;q=1", "€"),
        (b"\x80", "text/html; CHARSET = us-ascii", "€"),
        ("①".encode("cp932"), "text/html; charset=Shift_JIS", "①"),
        ("镕".encode("gb18030"), "text/html; charset=gb2312", "镕"),
        ("ü".encode("utf-16-le"), "text/html; charset=utf-16", "ü"),
        # A label that no browser knows is none.
        (b"+AGE-", "text/html; charset=utf-7", "+AGE-"),
        ("ü".encode(), "text/html; charset=mac_latin2", "ü"),
        (b"\xfc", "text/html; charset=no-such-thing", "ü"),
        # What the page says.
        (b"<meta charset=windows-1251>\xc4", "text/html", "<meta charset=windows-1251>Д"),
        (
            b'<META HTTP-EQUIV="Content-Type" content="text/html; charset=iso-8859-2">\xb1',
            "text/html",
            '<META HTTP-EQUIV="Content-Type" content="text/html; charset=iso-8859-2">ą',
        ),
        (b"<meta charset='utf-16'>\xc3\xbc", "text/html", "<meta charset='utf-16'>ü"),
        (
            b"<!-- <meta charset=windows-1251> --><meta charset=iso-8859-2>\xb1",
            "",
            "<!-- <meta charset=windows-1251> --><meta charset=iso-8859-2>ą",
        ),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?><a>\xb1</a>',
            "application/xml",
            '<?xml version="1.0" encoding="iso-8859-2"?><a>ą</a>',
        ),
        # Declared and wrong: replaced, never guessed.
        (b"a\xfcb", "text/html; charset=utf-8", "a\ufffdb"),
        (b"<meta charset=utf-8>a\xfcb", "", "<meta charset=utf-8>a\ufffdb"),
        # Bytes that windows-1252 leaves open are control characters, as in browsers.
        (b"\x81\x80\x9d", "text/html; charset=windows-1252", "\x81€\x9d"),
        # Encodings that hide markup are replaced as a whole.
        (b"<h1>x</h1>", "text/html; charset=iso-2022-kr", "\ufffd"),
        (b"", "", ""),
    ],
)
def test_what_is_declared_counts_in_the_order_of_browsers(
    body: bytes, content_type: str, text: str
) -> None:
    assert text_from_bytes(body, content_type=content_type) == text


def test_declaration_beyond_the_first_bytes_is_not_looked_for() -> None:
    assert declared_encoding(b" " * 5_000 + b"<meta charset=windows-1251>") is None


def test_statistics_play_no_part() -> None:
    """More of a language in the page changes nothing."""
    russian = "Длинный русский текст о товаре и цене. " * 50
    assert text_from_bytes(russian.encode("cp1251"), host="shop.de") == russian.encode(
        "cp1251"
    ).decode("cp1252", "replace").replace("\ufffd", "\x98")


@given(body=st.binary(), content_type=st.text(max_size=60), host=st.text(max_size=20))
def test_any_bytes_become_text(body: bytes, content_type: str, host: str) -> None:
    assert isinstance(text_from_bytes(body, content_type=content_type, host=host), str)
