"""Values of `-a` arguments."""

from __future__ import annotations

from spiders.base import BadArgument


def yes(name: str, text: str) -> bool:
    """Raises BadArgument for what is neither true nor false."""
    if text.lower() in ("true", "yes", "1"):
        return True
    if text.lower() in ("false", "no", "0"):
        return False
    raise BadArgument(f"{name} is {text!r}, it must be true or false")


def whole_number(name: str, text: str) -> int:
    """Raises BadArgument for what is not a whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise BadArgument(f"{name} is {text!r}, it must be a whole number above 0")
    return value
