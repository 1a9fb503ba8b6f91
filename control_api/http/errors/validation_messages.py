"""pydantic's errors in the words of the original API (class-validator's)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from control_api.http.nearest import did_you_mean

_MAX_ERRORS = 50
_SHOWN_CHARACTERS = 100
# How pydantic names the choices of a union that are no model.
_PLAIN_CHOICES = frozenset(
    {"str", "int", "float", "bool", "constrained-str", "constrained-int", "constrained-float"}
)

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
    error: ValidationError, known: Collection[str] = (), models: Collection[str] = ()
) -> list[str]:
    """One message per wrong place, each naming it; at least one.

    `known`: the names that the body may hold; a name that it may not is told with the nearest one.
    `models`: names of the classes of its parts.
    """
    found = error.errors(include_url=False)[:_MAX_ERRORS]
    return [_message(details, known) for details in _one_a_place(found, models)]


def _message(details: Collection[ErrorDetails], known: Collection[str]) -> str:
    """`details`: what each choice of one place says against the value."""
    first = next(iter(details))
    place = ".".join(str(part) for part in first["loc"])[:_SHOWN_CHARACTERS] or "body"
    if first["type"] == "extra_forbidden":
        meant = did_you_mean(str(first["loc"][-1]), known)
        return f"property {place} should not exist{meant}"
    # A choice of the value's own type says more than those of other types.
    of_its_type = [detail for detail in details if not detail["type"].endswith("_type")]
    texts = list(dict.fromkeys(_text(detail) for detail in of_its_type or details))
    return f"{place} " + " or ".join(
        [texts[0], *(one.removeprefix("must be ") for one in texts[1:])]
    )


def _text(detail: ErrorDetails) -> str:
    write = _TEXT_OF_TYPE.get(detail["type"])
    return write(detail.get("ctx", {})) if write else f"is invalid: {detail['msg']}"


def _one_a_place(
    found: Iterable[ErrorDetails], models: Collection[str]
) -> Iterator[list[ErrorDetails]]:
    """pydantic puts the choices of a union among the names of a place, and tells each choice apart."""
    for place, group in groupby(found, lambda detail: _place_of_union(detail, models)):
        details = list(group)
        if place is None or (len(details) == 1 and details[0]["loc"][-1] in _PLAIN_CHOICES):
            yield from ([detail] for detail in details)
            continue
        inner = [detail for detail in details if len(detail["loc"]) > len(place) + 1]
        for detail in details:
            rest = detail["loc"][len(place) + 1 :]
            detail["loc"] = (*place, *rest)
        # What is wrong within a model says that the model was meant.
        yield from ([detail] for detail in inner) if inner else [details]


def _place_of_union(detail: ErrorDetails, models: Collection[str]) -> tuple[int | str, ...] | None:
    names = detail["loc"]
    for number, name in enumerate(names[1:], start=1):
        is_last = number == len(names) - 1
        if name in models or (is_last and name in _PLAIN_CHOICES):
            return names[:number]
    return None
