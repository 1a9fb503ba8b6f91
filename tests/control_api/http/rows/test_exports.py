from __future__ import annotations

from decimal import Decimal

import pytest

from control_api.http.rows.exports import cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("plain", "plain"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("12.50"), "12.5"),
        (Decimal("1E+2"), "100"),
        (-5, "-5"),
        (Decimal("-5.5"), "-5.5"),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-20 %", "'-20 %"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a=b", "a=b"),
        (["=a", "b"], "'=a | b"),
        (["a", "=b"], "a | =b"),
        ([], ""),
        ([{"name": "Audio", "nodeId": None}], '{"name":"Audio","nodeId":null}'),
        ({"5": Decimal("0.7"), "4": Decimal("0.3")}, "5: 0.7 | 4: 0.3"),
    ],
)
def test_a_value_becomes_a_cell(value: object, text: str) -> None:
    assert cell({"field": value}, ["field"]) == text


def test_a_path_into_nothing_is_an_empty_cell() -> None:
    assert cell({"price": None}, ["price", "amount"]) == ""
    assert cell({}, ["price", "amount"]) == ""
    assert cell({"price": {"amount": 5}}, ["price", "amount"]) == "5"
