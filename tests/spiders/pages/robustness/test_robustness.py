"""Whatever the bytes, a page object answers with a status and never raises."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.pages.classify import PageKind, page_status
from spiders.pages.document import utf8_body
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage
from spiders.pages.status import PageStatus, failure_from_status
from tests.spiders.pages.cases import Case, all_cases

CASES = all_cases()
# Of the kinds that a page's status is told for without its page object.
PAGES = [case for case in CASES if case.meta["kind"] != "list"]
GOOD = (PageStatus.OK, PageStatus.NO_RESULTS)


def read(fetched: Fetched) -> tuple[PageStatus, ...]:
    """All kinds of page object on the same bytes, items and all."""
    product, search = ProductPage(fetched, asked_asin="B0FIXTURE1"), SearchPage(fetched)
    ranked = BestsellersPage(fetched)
    places = ranked.rows()
    assert bool(places) == (ranked.status is PageStatus.OK)
    assert ranked.has_next in (True, False, None)
    assert not ranked.categories or ranked.status in (*GOOD, PageStatus.NOT_A_LISTING)
    item, rows = product.item(), search.rows()
    assert (item is not None) == (product.status is PageStatus.OK)
    assert not rows or search.status is PageStatus.OK
    assert search.has_next in (True, False, None)
    return product.status, search.status, ranked.status


@given(body=st.binary(), status=st.integers(0, 599), encoding=st.none() | st.text())
@settings(max_examples=300)
def test_arbitrary_bytes_get_a_status(body: bytes, status: int, encoding: str | None) -> None:
    fetched = Fetched("https://www.amazon.com/dp/B0FIXTURE1", status, {}, body, encoding)
    for found in read(fetched):
        assert found in PageStatus


@given(case=st.sampled_from(CASES), share=st.floats(0, 1))
@settings(max_examples=300)
def test_truncated_pages_get_a_status(case: Case, share: float) -> None:
    body = (case.folder / "input.html").read_bytes()
    read(case.fetched(body[: int(len(body) * share)]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_cut_anywhere_gives_what_the_whole_page_gives_or_nothing(case: Case) -> None:
    """A cut behind what we read (a footer, logging scripts) takes nothing away; all others are seen."""
    body = (case.folder / "input.html").read_bytes()
    whole = case.answer()
    for hundredth in range(1, 100):
        cut = case.answer(body[: len(body) * hundredth // 100])
        if cut["pageStatus"] in ("ok", "no_results"):
            # A piece of a page that stops between two of its elements shows no sign of it; then the
            # way to the next page is unknown, and no row is lost.
            is_unknown = cut.get("hasNext", True) is None
            known = {**whole, "hasNext": None} if is_unknown else whole
            assert cut == known, f"cut at {hundredth} %"


@given(case=st.sampled_from(CASES), seed=st.integers(0, 2**32))
@settings(max_examples=300)
def test_mangled_pages_get_a_status(case: Case, seed: int) -> None:
    chance = random.Random(seed)
    body = bytearray((case.folder / "input.html").read_bytes())
    for _ in range(chance.randint(1, 40)):
        where = chance.randrange(len(body) + 1)
        body[where : where + chance.randint(0, 30)] = chance.randbytes(chance.randint(0, 12))
    read(case.fetched(bytes(body)))


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
@pytest.mark.parametrize("encoding", ["utf-16", "shift_jis", "iso-8859-1", "utf-8-sig"])
def test_reencoded_pages_read_the_same(case: Case, encoding: str) -> None:
    text = (case.folder / "input.html").read_text(encoding="utf-8")
    body = text.replace('<meta charset="utf-8">', "").encode(encoding, "xmlcharrefreplace")
    plain = case.fetched()
    declared = replace(plain, body=body, encoding=encoding)
    kind = PageKind(case.meta["kind"])
    assert page_status(declared, kind=kind, asked_asin="B0FIXTURE1") == page_status(
        plain, kind=kind, asked_asin="B0FIXTURE1"
    )


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_pages_of_wide_characters_read_the_same_without_any_declaration(
    case: Case, encoding: str
) -> None:
    plain = case.fetched()
    if plain.encoding or not plain.body.lstrip().startswith(b"<"):
        return
    wide = replace(plain, body=plain.body.decode().lstrip().encode(encoding))
    kind = PageKind(case.meta["kind"])
    assert page_status(wide, kind=kind, asked_asin="B0FIXTURE1") == page_status(
        plain, kind=kind, asked_asin="B0FIXTURE1"
    )


def test_undeclared_page_of_a_japanese_store_is_read_as_browsers_do() -> None:
    html = "<span id=productTitle>青いケトル</span><div id=buybox></div><input id=ASIN value=B0FIXTURE1>"
    fetched = Fetched("https://www.amazon.co.jp/dp/B0FIXTURE1", 200, {}, html.encode("cp932"))
    assert "青いケトル".encode() in utf8_body(fetched)


def test_charset_of_the_header_is_used() -> None:
    html = "<span id=productTitle>青いケトル</span><div id=buybox></div><input id=ASIN value=B0FIXTURE1>"
    headers = {"content-type": "text/html; charset=Shift_JIS"}
    fetched = Fetched(
        "https://www.amazon.co.jp/dp/B0FIXTURE1", 200, headers, html.encode("shift_jis")
    )
    item = ProductPage(fetched).item()
    assert item is not None
    assert item.title == "青いケトル"


def test_unknown_charset_is_read_as_utf8() -> None:
    headers = {"content-type": "text/html; charset=no-such-thing"}
    html = "<span id=productTitle>é</span><div id=buybox></div><input id=ASIN value=B0FIXTURE1>"
    fetched = Fetched("https://www.amazon.fr/dp/B0FIXTURE1", 200, headers, html.encode())
    item = ProductPage(fetched).item()
    assert item is not None
    assert item.title == "é"


@pytest.mark.parametrize(
    "url", ["", "not a url", "https://[::1", "https://www.amazon.com/ap/signin"]
)
def test_odd_final_urls_get_a_status(url: str) -> None:
    fetched = Fetched(url, 200, {}, b"<html></html>")
    assert page_status(fetched, kind=PageKind.DETAIL) not in GOOD


def test_every_bad_status_has_a_failure_and_no_good_one_has() -> None:
    assert [s for s in PageStatus if failure_from_status(s) is None] == [
        PageStatus.OK,
        PageStatus.NO_RESULTS,
    ]


def test_memory_of_a_page_is_returned() -> None:
    """Items hold no nodes: a kept item must not keep its page's tree alive."""
    case = next(case for case in CASES if case.name == "product_everything")
    page = ProductPage(case.fetched(), asked_asin="B0FIXTURE1")
    item = page.item()
    assert item is not None
    from spiders.items.formats.plain import plain_from_item

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for entry in value.values() for leaf in leaves(entry)]
        if isinstance(value, list):
            return [leaf for entry in value for leaf in leaves(entry)]
        return [value]

    kinds = {type(leaf).__name__ for leaf in leaves(plain_from_item(item))}
    assert kinds <= {"str", "int", "bool", "Decimal", "NoneType"}
