"""Values inside Amazon's inline scripts, which are JavaScript and not JSON.

Read value by value: find a key, then take what its brackets hold. A pattern such as `.+?}` cuts
nested objects, and the blocks as a whole hold functions and single quotes.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

_CLOSING = {"{": "}", "[": "]", "(": ")"}
_QUOTES = "\"'`"
_TOKEN = re.compile(r"[\"'`{}\[\]()]")
_AFTER_KEY = re.compile(rb"\s*:\s*")
_DECODER = json.JSONDecoder(strict=False)
# Most values are small; the largest image lists take a few hundred kilobytes.
_WINDOWS = (8_192, 131_072, 2_097_152)
# Around a key: plain, in a text inside a script, in an attribute.
_KEY_QUOTES = (b'"', b"'", b'\\"', b"&quot;")
# Lists are empty, or hold a kilobyte an entry; the last one takes what has to be read loosely.
_LIST_WINDOWS = (64, 32_768, 2_097_152)
_SINGLE_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
# Deeper nesting than any page has; guards against hostile input.
_MAX_DEPTH = 64


def string_end(text: str, start: int) -> int:
    """Index just after the string that opens at `start`; -1 when it never closes."""
    quote = text[start]
    position = start + 1
    while True:
        close = text.find(quote, position)
        if close < 0:
            return -1
        escaped = text[position:close]
        backslashes = len(escaped) - len(escaped.rstrip("\\"))
        if backslashes % 2 == 0:
            return close + 1
        position = close + 1


def balanced_end(text: str, start: int) -> int:
    """Index just after the bracket that closes the one at `start`; -1 when none does.

    Brackets inside strings do not count.
    """
    stack: list[str] = []
    position = start
    while match := _TOKEN.search(text, position):
        char, position = match.group(), match.end()
        if char in _QUOTES:
            position = string_end(text, match.start())
            if position < 0:
                return -1
        elif char in _CLOSING:
            stack.append(_CLOSING[char])
            if len(stack) > _MAX_DEPTH:
                return -1
        elif not stack or char != stack.pop():
            return -1
        elif not stack:
            return position
    return -1


def find_value(body: bytes, *keys: str, start: int = 0, end: int | None = None) -> Any:
    """The value of the first of the keys that `body` holds as `"key": value`, in either quotes.

    Works on the undecoded page: bodies are megabytes, and only the value's own bytes are decoded.
    None when the key is absent or its value unreadable.
    """
    for key in keys:
        position = value_position(body, key, start=start, end=end)
        if position >= 0:
            return value_at(body, position)
    return None


def list_values(body: bytes, key: str) -> Iterator[list[Any]]:
    """Every list that the page holds as the key's value, in scripts, in texts inside scripts and
    in attributes."""
    wanted = key.encode()
    found = body.find(wanted)
    while found >= 0:
        after = found + len(wanted)
        quote = next((q for q in _KEY_QUOTES if body.startswith(q, after)), None)
        if quote is not None and body.endswith(quote, 0, found):
            match = _AFTER_KEY.match(body, after + len(quote))
            if match and body.startswith(b"[", match.end()):
                value = _list_at(body, match.end(), quote)
                if value is not None:
                    yield value
        found = body.find(wanted, after)


def _list_at(body: bytes, position: int, quote: bytes) -> list[Any] | None:
    for size in _LIST_WINDOWS:
        window = body[position : position + size].decode("utf-8", "ignore")
        plain = _unquoted(window, quote)
        try:
            value = _DECODER.raw_decode(plain)[0]
        except RecursionError:
            return None
        except ValueError:
            if size != _LIST_WINDOWS[-1] and len(body) > position + size:
                continue
            end = balanced_end(plain, 0)
            value = loads_loosely(plain[:end]) if end >= 0 else None
        return value if isinstance(value, list) else None
    return None


def _unquoted(window: str, quote: bytes) -> str:
    """What a script's or an attribute's own quoting did to the JSON inside it, undone."""
    if quote == b"&quot;":
        return html.unescape(window)
    if quote == b'\\"':
        return re.sub(r"\\(.)", r"\1", window)
    if "\\\\" not in window and "\\'" not in window:
        return window
    # `parseJSON('…')`: a text in single quotes doubles the backslashes of the JSON.
    return re.sub(r"\\(['\\])", r"\1", window)


def value_position(body: bytes, key: str, *, start: int = 0, end: int | None = None) -> int:
    """Index of the first byte of the key's value; -1 without such a key."""
    for quote in (b'"', b"'"):
        name = quote + key.encode() + quote
        found = body.find(name, start, end)
        while found >= 0:
            match = _AFTER_KEY.match(body, found + len(name))
            if match:
                return match.end()
            found = body.find(name, found + 1, end)
    return -1


def value_at(body: bytes, position: int) -> Any:
    """Object, array, string, number or word that begins at `position`."""
    for size in _WINDOWS:
        window = body[position : position + size].decode("utf-8", "ignore")
        is_whole = len(body) <= position + size
        try:
            value, stop = _DECODER.raw_decode(window)
            # A number cut by the window's edge would look whole.
            if stop < len(window) or is_whole:
                return value
            continue
        except ValueError:
            pass
        except RecursionError:
            return None
        end = _value_end(window)
        if end >= 0:
            return loads_loosely(window[:end])
        if is_whole:
            return None
    return None


def _value_end(text: str) -> int:
    if text[:1] in _CLOSING:
        return balanced_end(text, 0)
    return string_end(text, 0) if text[:1] in ("'", '"') else -1


def json_object(source: str | bytes | None) -> dict[str, Any]:
    """Empty where it is not JSON, or JSON of another kind."""
    try:
        found = json.loads(source or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def loads_loosely(source: str) -> Any:
    """JSON, or JSON but for single quotes and trailing commas; None for anything else."""
    try:
        return json.loads(source, strict=False)
    except (ValueError, RecursionError):
        pass
    relaxed = _TRAILING_COMMA.sub(r"\1", _SINGLE_QUOTED.sub(_double_quoted, source))
    try:
        return json.loads(relaxed, strict=False)
    except (ValueError, RecursionError):
        return None


def _double_quoted(match: re.Match[str]) -> str:
    inner = match.group(1)
    if inner is None:
        return match.group()
    plain = inner.replace("\\'", "'")
    escaped = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', plain)
    return f'"{escaped}"'
