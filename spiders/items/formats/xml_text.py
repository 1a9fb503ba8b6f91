"""Rows as XML: nested as they are, an empty element where a value is null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from spiders.items.formats.json_text import json_bytes

# XML 1.0 has no place for these, escaped or not.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML_NAME = re.compile(r"[^\W\d][\w.-]*\Z")
# An element for a name that XML cannot have as an element's; `name` says it.
_UNNAMED = "field"
# What stands for the entries of a list.
ENTRY = "value"


def xml_element(
    name: str, value: Any, *, indent: int | None = None, depth: int = 0, is_line: bool = False
) -> str:
    """`value`, of plain values, as the element `name`; records and lists nest.

    Texts and numbers are those of JSON. `is_line`: a line of its own, even without an indent.
    """
    opening, closing = _tags(name)
    end = "\n" if indent or is_line else ""
    lead = " " * ((indent or 0) * depth)
    entries = _entries(value)
    if entries is None:
        return f"{lead}<{opening}>{_text(value)}</{closing}>{end}"
    if not entries:
        return f"{lead}<{opening}></{closing}>{end}"
    inner = "".join(
        xml_element(key, entry, indent=indent, depth=depth + 1) for key, entry in entries
    )
    line = "\n" if indent else ""
    return f"{lead}<{opening}>{line}{inner}{lead}</{closing}>{end}"


def _entries(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, list | tuple):
        return [(ENTRY, entry) for entry in value]
    return None


def _tags(name: str) -> tuple[str, str]:
    # Names that begin with "xml" are reserved.
    if _XML_NAME.match(name) and not name.lower().startswith("xml"):
        return name, name
    return f"{_UNNAMED} name={quoteattr(_NO_XML.sub('', name))}", _UNNAMED


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A bare carriage return would be read as a new line.
        return escape(_NO_XML.sub("", value), {"\r": "&#13;"})
    text = json_bytes(value).decode()
    return "" if isinstance(value, Decimal) and text == "null" else text
