"""Files of targets as spreadsheets and editors write them."""

from __future__ import annotations

import codecs

import pytest

from spiders.targets.lists import (
    UnreadableList,
    is_table,
    texts_from_argument,
    texts_from_lines,
    texts_from_table,
)

COLUMNS = ("url", "asin")


def table(text: str | bytes) -> list[tuple[int, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(listed.line, listed.text) for listed in texts_from_table(data, COLUMNS)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("asin\nA\nB\n", [(2, "A"), (3, "B")]),
        ("asin\r\nA\r\nB", [(2, "A"), (3, "B")]),
        ("asin\rA\rB\r", [(2, "A"), (3, "B")]),
        ("\ufeffasin\nA\n", [(2, "A")]),
        ("title,ASIN \nLamp,A\n", [(2, "A")]),
        ('"title";"asin"\n"Lamp; red";"A"\n', [(2, "A")]),
        ("title\tasin\nLamp\tA\n", [(2, "A")]),
        ("sep=;\r\ntitle;asin\r\nLamp;A\r\n", [(3, "A")]),
        ('title,asin\n"Lamp\nof two lines",A\nHub,B\n', [(3, "A"), (4, "B")]),
        ("asin,url\nA,https://x/dp/B\nC,\n", [(2, "https://x/dp/B"), (3, "C")]),
        ("title,asin\nLamp,A\n\n,,\nHub,B,,\n", [(2, "A"), (5, "B")]),
        ("A,Lamp\nB,Hub\n", [(1, "A"), (2, "B")]),
        ("keyword,price\nlamp,3\n", [(2, "lamp")]),
        ('"say ""hi""",2\n', [(1, 'say "hi"')]),
        ("", []),
        ("\n \n", []),
        ("asin\n", []),
    ],
)
def test_a_table_gives_its_column(text: str, found: list[tuple[int, str]]) -> None:
    assert table(text) == found


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_spreadsheets_unicode_text_is_read(mark: bytes) -> None:
    codec = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert table(mark + "title\tasin\r\nKäse\tA\r\n".encode(codec)) == [(2, "A")]


def test_a_filled_row_without_a_target_is_told_of() -> None:
    (found,) = texts_from_table(b"title,asin\nLamp, \n", COLUMNS)
    assert (found.line, found.fault) == (2, "the row holds no target")


def test_a_text_with_a_delimiter_that_is_not_quoted_is_never_cut_in_two() -> None:
    (first, second) = texts_from_table(b"keyword\nlamp, red\nhub\n", ("keyword",))
    assert "2 cells" in first.fault and first.line == 2
    assert (second.text, second.fault) == ("hub", "")


def test_lines_are_texts_and_a_delimiter_in_one_is_its_own() -> None:
    found = texts_from_lines("\ufeffusb hub, white\r\n\r\n  käse\u2028holder \rtarget".encode())
    assert [(listed.line, listed.text) for listed in found] == [
        (1, "usb hub, white"),
        (2, ""),
        (3, "  käse\u2028holder "),
        (4, "target"),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("asin\nA\nKäse\n".encode("latin-1"), r"line 3 is not UTF-8 \(byte 0xe4\)"),
        (b"PK\x03\x04\x14\x00", "workbook"),
        ("asin\nA".encode("utf-16-le"), "line 1 holds a null character"),
        (codecs.BOM_UTF16_LE + b"a\x00\x00\xd8", "line 1 is not UTF-16"),
        (b'asin\nA\n"B\nC\n', "line 4: unexpected end of data"),
        (b'asin\n"A"B\n', "line 2: "),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableList, match=words):
        texts_from_table(data, COLUMNS)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("title;ASIN\nLamp;A", True),
        ("keyword\nlamp", True),
        ("lamp\nkeyword", False),
        ('24" lamp\nhub', False),
        ('"lamp\nhub', False),
        ("", False),
    ],
)
def test_a_list_without_a_name_is_a_table_where_it_has_a_header(text: str, answer: bool) -> None:
    assert is_table(text.encode()) is answer


@pytest.mark.parametrize(
    ("argument", "texts"),
    [
        ("usb hub,desk lamp", ["usb hub", "desk lamp"]),
        ("a\nb,c\r\nd", ["a", "b", "c", "d"]),
        ("k: one,n:two", ["k: one", "n:two"]),
        ("https://x.test/s?rh=n:1,p_36:10-20,lamp", ["https://x.test/s?rh=n:1,p_36:10-20", "lamp"]),
        ("https://x.test/s?rh=n:1\nn:2", ["https://x.test/s?rh=n:1", "n:2"]),
    ],
)
def test_an_argument_lists_texts_between_commas(argument: str, texts: list[str]) -> None:
    assert [listed.text for listed in texts_from_argument(argument)] == texts
