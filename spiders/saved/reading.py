"""A saved page, read again by the parser of today. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from spiders.items.formats.plain import plain_from_item
from spiders.pages.fetched import Fetched
from spiders.pages.reading import PageReading, page_module
from spiders.pages.status import failure_from_status
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.decoding.content_coding import BadBody, CutBody, decoded
from spiders.types.registry import TYPE_OF_NAME, type_of_address
from spiders.work.failures import FAILURES

MAX_BYTES = 32 * 1024 * 1024
MAX_SHOWN = 600


class UnreadablePage(Exception):
    """The stored bytes are no page; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedHead:
    """What is known of a page beside its body, by the names of its record."""

    # Of the job; an address may be that of another type's page.
    type: str
    url: str
    requested_url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    lang: str | None = None
    read_with: Mapping[str, Any] = field(default_factory=dict)


def read_saved(head: SavedHead, body: bytes, *, explains: bool = False) -> dict[str, Any]:
    """Plain values for JSON. `explains`: with what every source of a field said."""
    known = type_of_address(head.requested_url) or TYPE_OF_NAME[head.type]
    if known.page is None:
        raise UnreadablePage("such pages are read by the selectors of their job")
    sources = Sources(explain=True) if explains else None
    module = page_module(known.page)
    reading = module.read_page(
        _fetched(head, body), url=head.requested_url, lang=head.lang, sources=sources
    )
    code = failure_from_status(reading.status)
    answer: dict[str, Any] = {
        "type": known.name,
        "pageStatus": reading.status.value,
        "failure": None
        if code is None
        else {"code": code.value, "message": FAILURES[code].message},
        "summary": reading.summary,
        "hasNext": reading.has_next,
        "parserVersion": PARSER_VERSION,
        "rows": [plain_from_item(item) for item in reading.items],
    }
    if sources is not None:
        answer["fields"] = _fields(reading, sources, module.where_fields_are_read())
    return answer


def json_of(answer: Mapping[str, Any]) -> bytes:
    return orjson.dumps(answer, default=_json_value)


def _fetched(head: SavedHead, body: bytes) -> Fetched:
    is_cut = False
    try:
        body = decoded(body, [], max_bytes=MAX_BYTES)
    except CutBody:
        body, is_cut = b"", True
    except BadBody as error:
        raise UnreadablePage(str(error)) from error
    return Fetched(
        url=head.url,
        status=head.status,
        headers=head.headers,
        body=body,
        requested_url=head.requested_url,
        is_cut=is_cut,
        read_with=head.read_with,
    )


def _fields(
    reading: PageReading, sources: Sources, read_in: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Of the last row, whose sources are kept: each field with its value, and who said it. Without a row,
    what the sources said."""
    said = sources.said or {}
    row = plain_from_item(reading.items[-1]) if reading.items else dict.fromkeys(said)
    return [
        {
            "field": name,
            "value": _shown(row[name]),
            "readIn": read_in.get(name),
            "sources": _sources(said.get(name, [])),
        }
        for name in row
    ]


def _sources(answers: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    won = next((number for number, (_, value) in enumerate(answers) if value is not None), None)
    return [
        {"name": name, "value": _shown(value), "won": number == won}
        for number, (name, value) in enumerate(answers)
    ]


def _shown(value: Any) -> Any:
    """As the row would have it; what is long, as the beginning of its text."""
    try:
        plain = plain_from_item({"value": value})["value"]
    except ValueError:
        plain = repr(value)
    text = plain if isinstance(plain, str) else orjson.dumps(plain, default=_json_value).decode()
    return plain if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _json_value(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
