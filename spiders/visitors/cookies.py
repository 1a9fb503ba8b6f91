"""The cookies of one visitor of one host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_COOKIES = 50
MAX_VALUE = 4_096
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
# A cookie's value may hold no separator; quotes stay as they came.
_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")


def changes_from_headers(lines: Iterable[bytes]) -> dict[str, str]:
    """What Set-Cookie lines change: names with new values; an empty value removes the cookie."""
    changes: dict[str, str] = {}
    for line in lines:
        first, _, rest = line.decode("latin-1").partition(";")
        name, equals, value = first.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            continue
        if len(value) <= MAX_VALUE:
            changes[name] = "" if _is_removal(rest) else value
    return changes


def apply_changes(cookies: dict[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Put `changes` into `cookies`; those that made a difference."""
    different = {}
    for name, value in changes.items():
        if cookies.get(name, "") == value:
            continue
        if not value:
            del cookies[name]
        elif name in cookies or len(cookies) < MAX_COOKIES:
            cookies[name] = value
        else:
            continue
        different[name] = value
    return different


def cookie_header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _is_removal(attributes: str) -> bool:
    for attribute in attributes.split(";"):
        name, _, value = attribute.strip().partition("=")
        if name.casefold() == "max-age":
            # It counts more than Expires.
            return value.strip().startswith(("-", "0"))
        if name.casefold() == "expires" and _is_past(value.strip()):
            return True
    return False


def _is_past(text: str) -> bool:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return False
    return moment.replace(tzinfo=moment.tzinfo or UTC) <= datetime.now(UTC)
