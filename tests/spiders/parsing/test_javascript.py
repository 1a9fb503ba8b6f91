from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.javascript import (
    balanced_end,
    find_value,
    loads_loosely,
    string_end,
)


def test_nested_braces_and_braces_in_strings_do_not_cut_the_value() -> None:
    script = b'var data = {"a": {"b": {"c": "}]"}}, "d": [1, {"e": "\\"}"}]}; more();'
    assert find_value(script, "a") == {"b": {"c": "}]"}}
    assert find_value(script, "d") == [1, {"e": '"}'}]


def test_single_quotes_and_trailing_commas_are_read() -> None:
    script = rb"x = { 'images': [ {'large': 'https://i/x.jpg', 'alt': 'it\'s \"big\"',}, ], };"
    assert find_value(script, "images") == [{"large": "https://i/x.jpg", "alt": 'it\'s "big"'}]


def test_key_without_colon_is_passed_over() -> None:
    assert find_value(b'["total"], {"total" : 12 }', "total") == 12


def test_first_key_found_wins_and_absence_is_none() -> None:
    assert find_value(b'{"b": 1}', "a", "b") == 1
    assert find_value(b"{}", "a") is None


def test_values_larger_than_the_first_window_are_read_whole() -> None:
    value = {f"B{i:09d}": ["ä" * 20] for i in range(3000)}
    body = b'lead {"table": ' + json.dumps(value, ensure_ascii=False).encode() + b"} tail"
    assert find_value(body, "table") == value


def test_single_quoted_value_larger_than_the_first_window() -> None:
    inner = ",".join(f"'{i}'" for i in range(5000))
    assert find_value(f"{{'list': [{inner}] }} tail".encode(), "list") == [
        str(i) for i in range(5000)
    ]


@pytest.mark.parametrize("source", ["{", "[1, 2", "{]", "'open", "function() {}", "{a: 1}", ""])
def test_unreadable_sources_give_none(source: str) -> None:
    assert loads_loosely(source) is None
    assert find_value(f'"key": {source}'.encode(), "key") is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_value_comes_back(value: object) -> None:
    body = b'{"k9": ' + json.dumps(value).encode() + b"}"
    assert find_value(body, "k9") == value


@given(st.text())
def test_no_text_raises(text: str) -> None:
    loads_loosely(text)
    find_value(f'"key": {text}'.encode("utf-8", "replace"), "key")
    if text[:1] in ("'", '"'):
        assert string_end(text, 0) <= len(text)
    if text[:1] in ("{", "["):
        assert balanced_end(text, 0) <= len(text)
