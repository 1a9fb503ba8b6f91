"""What the bytes are, by themselves: JPEG, PNG or WebP, and how large a browser would have to draw them.

A few kilobytes can hold a picture of gigabytes, and an SVG can hold scripts. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_EDGE = 2_000
_JPEG, _PNG, _PNG_HEAD = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"IHDR"
# Markers that carry the size: SOF0 to SOF15 without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    content_type: str
    data: bytes


def picture_from_bytes(data: bytes) -> Picture | None:
    """None for all else, and for what is larger than MAX_EDGE."""
    content_type, size = _kind(data)
    if size is None or not all(0 < edge <= MAX_EDGE for edge in size):
        return None
    return Picture(content_type, data)


def _kind(data: bytes) -> tuple[str, tuple[int, int] | None]:
    if data.startswith(_JPEG):
        return "image/jpeg", _size_of_jpeg(data)
    if data.startswith(_PNG) and data[12:16] == _PNG_HEAD and len(data) >= 24:
        return "image/png", (_number(data[16:20]), _number(data[20:24]))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return "image/webp", _size_of_webp(data)
    return "", None


def _size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], _number(data[at + 2 : at + 4])
        if marker in _FRAMES:
            return _number(data[at + 7 : at + 9]), _number(data[at + 5 : at + 7])
        at += 2 + length
    return None


def _size_of_webp(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if form == b"VP8L":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    return None


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
