"""Conditions of alerts as a request and a document hold them: read, and refused with the place that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from control_api.services.monitors.rules.conditions import Condition, Group, Leaf, leaves_of
from control_api.services.monitors.rules.field_tables import PRODUCT_TABLE, FieldTable, is_numeric
from control_api.services.monitors.rules.operators import (
    EXTREMES,
    LIMITS,
    LIST_EVENTS,
    LISTS,
    MAX_DAYS,
    MAX_HOURS,
    MOVES,
    OF_ADS,
    OF_PLACES,
    OPERATORS,
    PLAIN,
    WITH_DAYS,
    WITH_VALUE,
    WITHOUT_FIELD,
)

MAX_DEPTH = 3
MAX_LEAVES = 20
_GROUPS = ("all", "any", "not")


class BadCondition(ValueError):
    """The message names the place in the condition and what is wrong there."""


def condition_from_json(data: Any, table: FieldTable = PRODUCT_TABLE) -> Condition:
    """`table`: the fields that the watches have. Raises BadCondition."""
    found = _node(data, "when", 1, table)
    if sum(1 for _ in leaves_of(found)) > MAX_LEAVES:
        raise BadCondition(f"when: a condition has {MAX_LEAVES} parts at most")
    return found


def _node(data: Any, path: str, depth: int, table: FieldTable) -> Condition:
    if not isinstance(data, Mapping):
        raise BadCondition(f"{path} must be an object")
    names = [name for name in _GROUPS if name in data]
    if not names:
        return _leaf(data, path, table)
    if len(data) != 1:
        raise BadCondition(f"{path} must have `{names[0]}` alone")
    if depth > MAX_DEPTH:
        raise BadCondition(f"{path}: groups stand {MAX_DEPTH} deep at most")
    (name,) = names
    inside = [data[name]] if name == "not" else data[name]
    if not isinstance(inside, list) or not inside:
        raise BadCondition(f"{path}.{name} must be a list of conditions")
    return Group(
        name, [_node(one, f"{path}.{name}.{n}", depth + 1, table) for n, one in enumerate(inside)]
    )


def _leaf(data: Mapping[str, Any], path: str, table: FieldTable) -> Leaf:
    operator = data.get("is")
    if operator not in OPERATORS:
        raise BadCondition(f"{path}.is must be one of {', '.join(OPERATORS)}")
    if operator in LIST_EVENTS and "field" not in data and table.has_members:
        return _list_leaf(data, path, table)
    if operator in LIST_EVENTS.keys() - WITH_VALUE:
        raise BadCondition(f"{path}: `{operator}` is for monitors of lists, and takes no `field`")
    known = {"is", *_names_of(operator)}
    unknown = [name for name in data if name not in known]
    if unknown:
        raise BadCondition(f"{path}: `{operator}` takes no `{unknown[0]}`")
    name = data.get("field")
    if operator not in WITHOUT_FIELD and not table.has(name):
        raise BadCondition(f"{path}.field must be one of {', '.join(table.shown_names)}")
    if operator in LIMITS | WITH_DAYS | MOVES and not is_numeric(str(name)):
        raise BadCondition(f"{path}: `{operator}` needs a field of numbers, which `{name}` is not")
    if operator == "below_list" and name != "price":
        raise BadCondition(f"{path}: `below_list` is for the field `price` alone")
    return Leaf(
        operator=operator,
        field=name,
        value=_value(data, operator, path),
        days=_whole(data, "days", MAX_DAYS, path) if operator in WITH_DAYS else 0,
        hours=_whole(data, "hours", MAX_HOURS, path) if operator == "stale" else 0,
        percent=_positive(data, "percent", path),
        amount=_positive(data, "amount", path),
        since=_since(data, path),
        or_equal=_flag(data, "orEqual", path),
    )


def _list_leaf(data: Mapping[str, Any], path: str, table: FieldTable) -> Leaf:
    operator = data["is"]
    if (operator in OF_PLACES and not table.has_places) or (
        operator in OF_ADS and not table.has_ads
    ):
        raise BadCondition(f"{path}: `{operator}` is not told of this type of monitor")
    unknown = [name for name in data if name not in ("is", "item")]
    if unknown:
        raise BadCondition(f"{path}: `{operator}` takes no `{unknown[0]}` beside `item`")
    item = data.get("item")
    if item is not None and not (isinstance(item, str) and item):
        raise BadCondition(f"{path}.item must be a text, such as an ASIN")
    return Leaf(operator=operator, item=item)


def _names_of(operator: str) -> set[str]:
    if operator in WITHOUT_FIELD:
        return {"hours"} if operator == "stale" else set()
    if operator in EXTREMES:
        return {"field", "days", "orEqual"}
    if operator == "below_average":
        return {"field", "days", "percent"}
    if operator in MOVES:
        return {"field", "percent", "amount", "from"}
    if operator == "below_list":
        return {"field", "percent"}
    return {"field"} if operator in PLAIN else {"field", "value"}


def _value(data: Mapping[str, Any], operator: str, path: str) -> Any:
    if operator not in WITH_VALUE | LISTS:
        return None
    value = data.get("value")
    if operator in LISTS:
        if not isinstance(value, list) or not value:
            raise BadCondition(f"{path}.value must be a list")
        return [_exact(one) for one in value]
    if operator in LIMITS and not _is_limit(value):
        raise BadCondition(f'{path}.value must be a number, or {{"note": "target"}}')
    if value is None:
        raise BadCondition(f"{path}.value is missing; `absent` asks for a field without a value")
    return _exact(value)


def _is_limit(value: Any) -> bool:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return is_number or value == {"note": "target"}


def _whole(data: Mapping[str, Any], name: str, greatest: int, path: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= greatest:
        raise BadCondition(f"{path}.{name} must be a whole number from 1 to {greatest}")
    return value


def _positive(data: Mapping[str, Any], name: str, path: str) -> Decimal | None:
    if name not in data:
        return None
    value = _exact(data[name])
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 < value <= 10**9:
        raise BadCondition(f"{path}.{name} must be a number above 0")
    return Decimal(value)


def _since(data: Mapping[str, Any], path: str) -> str:
    since = data.get("from", "previous")
    if since not in ("previous", "last_fired", "lowest"):
        raise BadCondition(f"{path}.from must be previous, last_fired or lowest")
    return str(since)


def _flag(data: Mapping[str, Any], name: str, path: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise BadCondition(f"{path}.{name} must be true or false")
    return value


def _exact(value: Any) -> Any:
    """As it was written: 19.99 of JSON is 19.99."""
    return Decimal(str(value)) if isinstance(value, float) else value
