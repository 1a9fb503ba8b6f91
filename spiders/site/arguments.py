"""Spider arguments of direct mode (`-a name=value`, all text) as the params of a page job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from spiders.base import BadArgument


def params_from_arguments(arguments: Mapping[str, str]) -> dict[str, Any]:
    """Empty arguments count as not given; raises BadArgument."""
    params = {}
    for name, text in arguments.items():
        param, read = _READERS[name]
        if text != "":
            try:
                params[param] = read(text)
            except ValueError as error:
                raise BadArgument(f"{name} is {text!r}, {error}") from error
    return params


def _selectors(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f'it must be JSON like {{"title": "h1::text"}}: {error}') from error


def _switch(text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError("it must be true or false")
    return words[text.lower()]


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("it must be a whole number") from None


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("it must be a number of seconds") from None


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "selectors": ("selectors", _selectors),
    "item_selector": ("itemSelector", str),
    "next_page_selector": ("nextPageSelector", str),
    "follow_links": ("followLinks", _switch),
    "max_pages": ("maxPages", _whole),
    "max_depth": ("maxDepth", _whole),
    "allowed_domains": ("allowedDomains", _list),
    "delay": ("delay", _seconds),
    "respect_robots": ("respectRobots", _switch),
    "engine": ("engine", str),
}
NAMES = tuple(_READERS)
