"""Which search a text asks for: a keyword, or the address of a search."""

from __future__ import annotations

import re

import pytest

from spiders.sites.marketplaces import MARKETPLACES
from spiders.targets import (
    NotAnAmazonTarget,
    SearchTarget,
    require_own_store,
    search_target_from_text,
)


def read(text: str) -> SearchTarget:
    target = search_target_from_text(text)
    assert isinstance(target, SearchTarget)
    return target


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
    ("node: the book", "node: the book"),
    ("what is a/b?", "what is a/b?"),
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
        ("https://www.amazon.com/s?rh=n%3A172282%2Ck%3Ausb+hub", "usb hub"),
        ("https://www.amazon.com/s?i=electronics", None),
        ("https://www.amazon.com/s?srs=19313219011", None),
        ("look here: <https://www.amazon.de/s?k=usb+hub> !", "usb hub"),
        ("https://www.google.com/url?q=https://www.amazon.de/s?k%3Dusb%2Bhub", "usb hub"),
        ("https%3A%2F%2Fwww.amazon.de%2Fs%3Fk%3Dusb%2Bhub", "usb hub"),
        ("https:/www.amazon.de/s?k=usb+hub", "usb hub"),
        ("https://urldefense.com/v3/__https://www.amazon.de/s?k=usb*hub__;Kw!!a$", "usb*hub"),
    ],
)
def test_forms_of_a_searchs_address(text: str, keyword: str | None) -> None:
    assert read(text).keyword == keyword


# Each line holds spellings of one and the same list of results, and what is kept of them.
SAME: list[tuple[dict[str, str], list[str]]] = [
    ({"rh": "n:172282"}, [
        "node:172282", "NODE: 172282", "https://www.amazon.com/b?node=172282",
        "https://www.amazon.com/b/?node=172282&ref=sr_nr_n_1", "amazon.com/b?ie=UTF8&node=172282",
        "https://www.amazon.com/Electronics-Store/b?ie=UTF8&node=172282",
        "https://www.amazon.com/Electronics/b/ref=dp_bc_aui_C_1?node=172282",
        "https://www.amazon.com/gp/browse.html?node=172282&ref_=nav_em",
        "https://www.amazon.com/gp/browse.html/ref=x?ie=UTF8&node=172282",
        "https://www.amazon.com/-/es/b?node=172282", "https://www.amazon.com/s?node=172282",
        "https://www.amazon.com/s?rh=n%3A172282&fs=true&ref=lp_172282_sar&dc", "https://www.amazon.com/s?i=aps&rh=n:172282",
    ]),
    ({"me": "A2L77EE7U53NWQ"}, [
        "seller:A2L77EE7U53NWQ", "https://www.amazon.com/s?me=A2L77EE7U53NWQ",
        "https://www.amazon.com/s?me=a2l77ee7u53nwq&marketplaceID=ATVPDKIKX0DER",
    ]),
    ({"rh": "n:1,p_36:1000-,p_89:Anker|Sony", "s": "price-asc-rank"}, [
        "https://www.amazon.com/s?rh=n%3A1%2Cp_36%3A1000-%2Cp_89%3ASony%7CAnker&s=price-asc-rank",
        "https://www.amazon.com/s?s=price-asc-rank&rh=p_89:Anker|Sony,n:1,p_36:1000-&qid=17&rnid=2",
        "https://www.amazon.com/s?s=Price-Asc-Rank&rh=p_89:Anker,p_89:Sony,p_36:1000-&node=1&crid=X&sprefix=a%2Caps%2C1",
        "https://www.amazon.com/b?node=1&rh=p_36:1000-,p_89:Anker|Sony&s=price-asc-rank&pd_rd_w=a&pf_rd_p=b&content-id=c",
    ]),
    ({"i": "electronics", "low-price": "10", "high-price": "20.5", "rh": "n:565108,n:13896615011"}, [
        "https://www.amazon.com/s?i=electronics&rh=n:565108,n:13896615011&low-price=10&high-price=20.5",
        "https://www.amazon.com/s?i=Electronics&rh=n:565108,n:13896615011&low-price=10.00&high-price=20.50&dib=ey&dib_tag=se",
        "https://www.amazon.com/s?url=search-alias%3Delectronics&rh=n:565108,n:13896615011&low-price=10&high-price=20.5&s=relevanceblender",
        "https://www.amazon.com/s?rh=i:electronics,n:565108,n:13896615011&low-price=10&high-price=20.5&xpid=1&_encoding=UTF8",
    ]),
    ({"rh": "n:2", "bbn": "3", "srs": "19313219011"}, [
        "https://www.amazon.com/s?bbn=3&rh=n:2&srs=19313219011",
        "https://www.amazon.com/s?srs=19313219011&rh=n%3A2&bbn=3&page=1",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "texts"), SAME)
def test_spellings_of_one_list_of_results_read_alike(
    kept: dict[str, str], texts: list[str]
) -> None:
    for text in texts:
        found = read(text)
        assert (found.query, found.keyword, found.page) == (kept, None, 1), text


def test_what_only_tells_of_a_click_is_dropped_beside_a_keyword() -> None:
    tracking = "&".join(f"{name}=x" for name in TRACKING)
    assert read(f"https://www.amazon.de/s?k=usb+hub&{tracking}").query == {}


TRACKING = (
    "ref", "ref_", "qid", "sprefix", "crid", "dib", "dib_tag", "xpid", "rnid", "pd_rd_w", "pf_rd_r",
    "ds", "dc", "c", "ts_id", "tag", "linkCode", "_encoding", "__mk_de_DE", "sr", "th", "marketplaceID",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\ud83d", "half of a character"),
        ("https://www.amazon.com/dp/B073JYC4XM", "it is a product's; send it to a details job"),
        ("https://www.amazon.com/gp/bestsellers/electronics", "send it to a bestsellers job"),
        ("https://www.amazon.com/sp?seller=A2L77EE7U53NWQ", "send seller:ID"),
        ("https://www.amazon.com/stores/Anker/page/1", "send the brand as a keyword"),
        ("https://www.amazon.com/", "no search"),
        ("https://www.amazon.com/s", "no search"),
        ("https://www.amazon.com/s?s=price-asc-rank", "no search"),
        ("https://www.amazon.com/b?ref=x", "no search"),
        ("https://www.example.com/s?k=usb", "not a store we know; send a keyword, a browse node"),
        ("ebay.de/sch/i.html?_nkw=usb", "not a store"),
        ("https://amzn.to/abc", "a short link; open it"),
        ("amzn.eu/d/abc", "a short link; open it"),
        ("a.co/abc", "a short link; open it"),
        ("ftp://www.amazon.com/s?k=usb", "scheme"),
        ("https://www.amazon.com:x/s?k=usb", "not a URL"),
        ("https://www.amazon.de/s?k=a https://www.amazon.de/s?k=b", "names 2 addresses"),
        ("https://www.amazon.de/s?k=a&rh=words", "rh: 'words' is no refinement"),
        ("https://www.amazon.de/s?rh=n:usb", "rh: 'usb' is no browse node"),
        ("https://www.amazon.de/b?node=usb", "node of this address is 'usb'"),
        ("https://www.amazon.de/s?k=a&low-price=ten", "low-price of this address is 'ten'"),
        ("https://www.amazon.de/s?me=me", "me of this address is 'me'"),
    ],
)
def test_what_is_no_search_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmazonTarget, match=re.escape(reason)):
        search_target_from_text(text)


def test_numbers_of_one_store_are_not_asked_of_another() -> None:
    """A keyword means the same everywhere; a node does not."""
    german, american = MARKETPLACES["DE"], MARKETPLACES["US"]
    address = read("https://www.amazon.de/s?k=usb&rh=n:1&me=A2L77EE7U53NWQ")
    require_own_store(address, german)
    with pytest.raises(NotAnAmazonTarget, match=r"in its rh, me .*www\.amazon\.de.* is US"):
        require_own_store(address, american)
    require_own_store(read("https://www.amazon.de/s?k=usb&s=review-rank"), american)
    require_own_store(read("node:172282"), american)
