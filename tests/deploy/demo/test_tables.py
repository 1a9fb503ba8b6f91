import io

import pytest
from rich.console import Console

from deploy.embedded.demo.tables import SEARCH, table_of, text_of

ROW = {
    "keyword": "usb hub",
    "rank": 1,
    "asin": "B012345678",
    "title": "[bold]Seven ports[/bold] and a title that is far too long for any column of a table",
    "price": {"amount": 1234.5, "currency": "USD", "raw": "$1,234.50"},
    "rating": None,
    "sponsored": True,
}


def printed(width: int) -> str:
    text = io.StringIO()
    Console(file=text, width=width).print(table_of([ROW], SEARCH, title="rows"))
    return text.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_only_the_title_is_ever_shortened(width: int) -> None:
    lines = [line for line in printed(width).splitlines() if "B012345678" in line]
    assert len(lines) == 1
    for value in ("usb hub", "$1,234.50", "–", "yes"):
        assert value in lines[0]
    assert max(map(len, printed(width).splitlines())) <= width


def test_brackets_in_a_title_are_no_markup() -> None:
    assert "[bold]Seven ports" in printed(120)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (False, "no"),
        ({"raw": None}, "–"),
        ({"raw": None, "amount": None, "currency": None}, "–"),
        ({"amount": 1.5, "currency": "USD"}, "1.50 USD"),
        (0, "0"),
        ("in_stock", "in_stock"),
    ],
)
def test_values_are_written_for_people(value: object, text: str) -> None:
    assert text_of(value) == text
