"""Conditions of alerts, and what firings have seen, in words."""

from __future__ import annotations

from typing import Any

import pytest

from control_api.console.monitors.condition_words import condition_text, seen_text
from control_api.services.monitors.rules.operators import OPERATORS


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ({"field": "price", "is": "at_most", "value": 19.99}, "the price is at most 19.99"),
        ({"field": "price", "is": "at_most", "value": {"target": True}}, "the price is at most the target price"),
        ({"field": "price", "is": "dropped", "percent": 10.0}, "the price drops by at least 10 %"),
        ({"field": "price", "is": "dropped", "amount": 5, "since": "lowest"},
         "the price drops by at least 5 below the lowest ever seen"),
        ({"field": "listPrice", "is": "rose"}, "the list price rises"),
        ({"field": "availability", "is": "became", "value": "in_stock"}, "the availability becomes in stock"),
        ({"field": "seller", "is": "changed"}, "the seller changes"),
        ({"field": "coupon", "is": "present"}, "the coupon is present"),
        ({"field": "price", "is": "lowest_in", "days": 1}, "the price is the lowest in 1 day"),
        ({"field": "price", "is": "below_average", "days": 30, "percent": 10}, "the price is 10 % below its average of 30 days"),
        ({"field": "price", "is": "below_list", "percent": 20}, "the price is 20 % below the list price"),
        ({"field": "brand", "is": "one_of", "values": ["Acme", "Other"]}, "the brand is one of Acme, Other"),
        ({"is": "stale", "hours": 36}, "nobody has seen it for 36 hours"),
        ({"is": "gone"}, "the store has it no more"),
        ({"is": "entered", "item": "B000000001"}, "B000000001 enters the list"),
        ({"all": [{"is": "returned"}, {"any": [{"field": "price", "is": "below", "value": 5}, {"is": "moved"}]}]},
         "the store has it again and (the price is below 5 or moves on the list)"),
        ({"not": {"field": "rating", "is": "below", "value": 4}}, "not (the rating is below 4)"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(when: dict[str, Any], text: str) -> None:
    assert condition_text(when) == text


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_words(operator: str) -> None:
    when = {"is": operator, "field": "price", "value": 1, "values": [1], "days": 7, "hours": 2}
    for asked in (when, {"is": operator, "hours": 2}):
        if operator in ("stale",) or "field" in asked:
            assert "_" not in condition_text(asked)


def test_a_firing_says_what_was_seen() -> None:
    money = {"amount": 26.99, "currency": "USD"}
    data = {
        "field": "price",
        "before": money,
        "after": {**money, "amount": 24.99},
        "deltaPercent": -7.41,
    }
    assert seen_text(data) == "price 26.99 USD → 24.99 USD (-7.4 %)"
    assert seen_text({"kinds": ["gone"], "field": None}) == "the store has it no more"
    assert (
        seen_text({"field": "availability", "before": None, "after": "in_stock"})
        == "availability nothing → in stock"
    )
    assert seen_text({"cause": "context_changed", "kinds": []}) == "context changed"
