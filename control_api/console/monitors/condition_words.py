"""The condition of an alert in words, and what a firing has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from control_api.console.words import amount, plural, term

_LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "below": "is below",
        "at_most": "is at most",
        "above": "is above",
        "at_least": "is at least",
        "equals": "is",
        "not_equals": "is not",
        "contains": "contains",
        "became": "becomes",
        "left": "is no longer",
        "one_of": "is one of",
        "none_of": "is none of",
    }
)
_PLAIN: Mapping[str, str] = MappingProxyType(
    {"changed": "changes", "absent": "is absent", "present": "is present"}
)
_EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "gone": "the store has it no more",
        "returned": "the store has it again",
        "redirected": "its page leads to another product",
        "context_changed": "its currency or place is another one",
        "entered": "enters the list",
        "left": "leaves the list",
        "moved": "moves on the list",
        "ad_started": "begins to advertise",
        "ad_stopped": "advertises no more",
    }
)


def condition_text(when: Mapping[str, Any]) -> str:
    """As it was stored, which the service has judged."""
    for name, word in (("all", " and "), ("any", " or ")):
        if name in when:
            return word.join(_part_text(one) for one in when[name])
    if "not" in when:
        return f"not ({condition_text(when['not'])})"
    return _leaf_text(when)


def seen_text(data: Mapping[str, Any]) -> str:
    """What a firing tells of: a field before and after, else what has happened."""
    if data.get("field") is not None and ("before" in data or "after" in data):
        text = f"{term(data['field'])} {_value(data.get('before'))} → {_value(data.get('after'))}"
        percent = data.get("deltaPercent")
        return text if percent is None else f"{text} ({float(percent):+.1f} %)"
    happened = [_EVENTS.get(kind, term(kind)) for kind in data.get("kinds") or ()]
    return ", ".join(happened) or term(str(data.get("cause") or ""))


def _part_text(when: Mapping[str, Any]) -> str:
    return f"({condition_text(when)})" if {"all", "any"} & when.keys() else condition_text(when)


def _leaf_text(when: Mapping[str, Any]) -> str:
    operator = when["is"]
    field = when.get("field")
    if field is None:
        if operator == "stale":
            return f"nobody has seen it for {plural(when['hours'], 'hour')}"
        who = f"{when['item']} " if when.get("item") else ""
        return who + _EVENTS.get(operator, term(operator))
    subject = f"the {term(field)}"
    if operator in _LIMITS:
        value = when.get("value", when.get("values"))
        return f"{subject} {_LIMITS[operator]} {_value(value)}"
    if operator in _PLAIN:
        return f"{subject} {_PLAIN[operator]}"
    return f"{subject} {_WITH_MEASURE.get(operator, _any)(when)}"


def _measure(when: Mapping[str, Any]) -> str:
    parts = [
        *([f"{_number(when['percent'])} %"] if when.get("percent") is not None else []),
        *([_number(when["amount"])] if when.get("amount") is not None else []),
    ]
    return " and ".join(parts)


def _moves(word: str) -> Callable[[Mapping[str, Any]], str]:
    since = {"lowest": " below the lowest ever seen", "last_fired": " since this alert fired"}

    def text(when: Mapping[str, Any]) -> str:
        least = _measure(when)
        return f"{word}{f' by at least {least}' if least else ''}{since.get(when.get('since', ''), '')}"

    return text


def _under(what: str) -> Callable[[Mapping[str, Any]], str]:
    def text(when: Mapping[str, Any]) -> str:
        least = _measure(when)
        days = f" of {plural(when['days'], 'day')}" if when.get("days") else ""
        return f"is {f'{least} ' if least else ''}below {what}{days}"

    return text


def _extreme(word: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda when: f"is the {word} in {plural(when['days'], 'day')}"


def _any(when: Mapping[str, Any]) -> str:
    return term(when["is"])


_WITH_MEASURE: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "dropped": _moves("drops"),
        "rose": _moves("rises"),
        "lowest_in": _extreme("lowest"),
        "highest_in": _extreme("highest"),
        "below_average": _under("its average"),
        "below_list": _under("the list price"),
    }
)


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "amount" in value:
            return f"{_number(value['amount'])} {value.get('currency') or ''}".strip()
        return str(value.get("name") or value.get("id") or "the target price")
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    return term(value) if isinstance(value, str) and value.islower() else _number(value)


def _number(value: Any) -> str:
    return value if isinstance(value, str) else amount(value)
