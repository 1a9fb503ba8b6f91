"""pydantic's errors in the words of the original API (class-validator's)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from control_api.http.nearest import did_you_mean

_MOST = 50
_SHOWN_CHARACTERS = 100

_Context = Mapping[str, Any]

_TEXT_OF_TYPE: Mapping[str, Callable[[_Context], str]] = {
    "string_type": lambda _: "must be a string",
    "bool_type": lambda _: "must be a boolean value",
    "bool_parsing": lambda _: "must be a boolean value",
    "list_type": lambda _: "must be an array",
    "dict_type": lambda _: "must be an object",
    "model_type": lambda _: "must be an object",
    "int_type": lambda _: "must be an integer number",
    "int_parsing": lambda _: "must be an integer number",
    "int_parsing_size": lambda _: "must be an integer number of 64 bits",
    "int_from_float": lambda _: "must be an integer number",
    "float_type": lambda _: "must be a number",
    "float_parsing": lambda _: "must be a number",
    "finite_number": lambda _: "must be a finite number",
    "greater_than_equal": lambda context: f"must not be less than {context['ge']}",
    "less_than_equal": lambda context: f"must not be greater than {context['le']}",
    "literal_error": lambda context: f"must be one of the following values: {context['expected']}",
    "enum": lambda context: f"must be one of the following values: {context['expected']}",
    "missing": lambda _: "should not be empty",
    "string_too_short": lambda context: (
        f"must be longer than or equal to {context['min_length']} characters"
    ),
    "string_too_long": lambda context: (
        f"must be shorter than or equal to {context['max_length']} characters"
    ),
    "too_short": lambda context: f"must contain at least {context['min_length']} elements",
    "too_long": lambda context: f"must contain no more than {context['max_length']} elements",
    "value_error": lambda context: str(context["error"]),
}


def messages_from_validation_error(
    error: ValidationError, known: Collection[str] = ()
) -> list[str]:
    """One message per wrong place, each naming it; at least one.

    `known`: the names that the body may hold; a name that it may not is told with the nearest one.
    """
    found = error.errors(include_url=False, include_input=False)
    return [_message(detail, known) for detail in found[:_MOST]]


def _message(detail: ErrorDetails, known: Collection[str]) -> str:
    place = ".".join(str(part) for part in detail["loc"])[:_SHOWN_CHARACTERS] or "body"
    if detail["type"] == "extra_forbidden":
        meant = did_you_mean(str(detail["loc"][-1]), known)
        return f"property {place} should not exist{meant}"
    write = _TEXT_OF_TYPE.get(detail["type"])
    text = write(detail.get("ctx", {})) if write else f"is invalid: {detail['msg']}"
    return f"{place} {text}"
