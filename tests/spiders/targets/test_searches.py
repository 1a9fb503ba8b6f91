"""Which search a text asks for: a keyword, or the address of a search."""

from __future__ import annotations

import pytest

from spiders.targets import NotAnAmazonTarget, search_target_from_text

KEYWORDS = [
    ("usb hub", "usb hub"),
    ("  usb  hub \n", "usb hub"),
    ("usb\u00a0hub", "usb hub"),
    ("usb\u3000hub", "usb hub"),
    ("\ufeffusb hub", "usb hub"),
    ("usb\u200bhub", "usbhub"),
    ("u\u00adsb hub\u200e", "usb hub"),
    ("usb\x00 hub", "usb hub"),
    ("cafe\u0301", "café"),
    ("ﾊﾌﾞ usb", "ﾊﾌﾞ usb"),
    ("👩\u200d💻 sticker", "👩\u200d💻 sticker"),
    ("👩🏽\u200d💻", "👩🏽\u200d💻"),
    ("\u200d👩", "👩"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("क्\u200dष", "क्\u200dष"),
    ("a\u200db", "ab"),
    ("❤️ mug", "❤️ mug"),
    ("-5 cable", "-5 cable"),
    ('"exact phrase"', '"exact phrase"'),
    ("ac/dc", "ac/dc"),
    ("usb-c.cable/2m", "usb-c.cable/2m"),
    ("node.js book", "node.js book"),
    ("B073JYC4XM", "B073JYC4XM"),
    ("1/4 inch", "1/4 inch"),
    ("C++: primer", "C++: primer"),
]


@pytest.mark.parametrize(("text", "keyword"), KEYWORDS)
def test_a_keyword_is_cleaned_and_otherwise_as_it_is(text: str, keyword: str) -> None:
    target = search_target_from_text(text)
    assert (target.keyword, target.host, target.page) == (keyword, None, 1)
    assert target.query == {}
    assert target.text == keyword


def test_the_address_of_a_search_says_all_that_it_says() -> None:
    target = search_target_from_text(
        "https://www.amazon.de/s?k=usb+hub&rh=n%3A1%2Cp_36%3A1000-&s=price-asc-rank&page=3&ref=x&qid=1"
    )
    assert (target.keyword, target.host, target.page) == ("usb hub", "www.amazon.de", 3)
    assert target.text.startswith("https://www.amazon.de/s?k=usb+hub&")
    assert target.query == {"rh": "n:1,p_36:1000-", "s": "price-asc-rank"}


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("https://www.amazon.com/s/ref=nb_sb_noss?field-keywords=usb+hub", "usb hub"),
        ("amazon.com/s?k=usb", "usb"),
        ("https://www.amazon.co.uk/s/?keywords=usb", "usb"),
        ("https://www.amazon.de/-/en/s?k=usb", "usb"),
        ("https://www.amazon.com/gp/aw/s?k=usb", "usb"),
        ("https://www.amazon.com/s?rh=n%3A172282", None),
    ],
)
def test_forms_of_a_searchs_address(text: str, keyword: str | None) -> None:
    assert search_target_from_text(text).keyword == keyword


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\ud83d", "half of a character"),
        ("https://www.amazon.com/dp/B073JYC4XM", "no search"),
        ("https://www.amazon.com/s", "no search"),
        ("https://www.example.com/s?k=usb", "not a store"),
        ("https://amzn.to/abc", "not a store"),
        ("ftp://www.amazon.com/s?k=usb", "scheme"),
        ("https://www.amazon.com:x/s?k=usb", "not a URL"),
    ],
)
def test_what_is_no_search_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmazonTarget, match=reason):
        search_target_from_text(text)
