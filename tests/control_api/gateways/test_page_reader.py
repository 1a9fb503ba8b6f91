"""Pages of strangers are read within limits, in a process without secrets, and one at a time."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from control_api.gateways import page_reader
from control_api.gateways.page_reader import PageReader, PageReaderBusy, PageUnread

URL = "https://www.amazon.com/dp/B000000001"
HEAD: dict[str, Any] = {"type": "details", "url": URL, "requested_url": URL, "status": 200}


def read(body: bytes, *, cpu_seconds: float = 10, memory_mb: int = 512) -> dict[str, Any]:
    reader = PageReader(cpu_seconds=cpu_seconds, memory_mb=memory_mb)
    return reader.read(HEAD, body, explains=False)


def test_a_bomb_is_not_blown_up() -> None:
    with pytest.raises(PageUnread, match="larger than"):
        read(gzip.compress(b"\0" * (40 * 1024 * 1024), 1))


def test_a_page_that_takes_all_memory_ends_its_own_process() -> None:
    with pytest.raises(PageUnread, match="the parser"):
        read(b"<html>" + b"<b x=1></b>" * 400_000, memory_mb=24)


def test_a_page_that_takes_too_long_ends_its_own_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_reader, "_WALL_SECONDS", 0.05)
    with pytest.raises(PageUnread, match="did not come to an end"):
        read(b"<html></html>")


def test_it_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", "a secret")
    monkeypatch.setattr(page_reader, "_MODULE", "tests.control_api.gateways.shows_environment")
    assert set(read(b"")["names"]) <= {"LANG", "LC_CTYPE", "PYTHONPATH"}


def test_one_page_is_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_reader, "_TURN_SECONDS", 0.01)
    reader = PageReader(cpu_seconds=10, memory_mb=512)
    with reader._turn, pytest.raises(PageReaderBusy):
        reader.read(HEAD, b"", explains=False)
    assert reader.read(HEAD, b"", explains=False)["pageStatus"]


def test_what_is_no_page_of_ours_breaks_nothing() -> None:
    with pytest.raises(PageUnread, match="selectors"):
        PageReader(cpu_seconds=10, memory_mb=512).read(
            {**HEAD, "type": "page", "requested_url": "https://example.com/"}, b"", explains=True
        )
