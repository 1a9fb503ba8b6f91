"""The shop's own pictures: a thing of its own form and colour for each picture's id."""

import hashlib
import re
import struct
import zlib
from colorsys import hsv_to_rgb
from functools import lru_cache

PREFIX = "/images/I/"
_PATH = re.compile(r"/images/I/(?P<id>[^./]+)(?:\.(?P<options>.*))?\.[a-z]+")
_SIZE = re.compile(r"_(?:SL|SX|SY|UL|UY|SR|US)(?P<edge>\d{2,4})_")
_USUAL_EDGE, _MAX_EDGE = 500, 1500
_GROUND, _BODY, _SHADE, _LIGHT, _SHADOW = range(5)

# A form is a pile of slabs: (from, to, half of the width above, and below), in hundredths of the edge.
_FORMS = (
    ((22, 30, 9, 9), (30, 38, 9, 24), (38, 82, 24, 24)),  # a bottle
    ((20, 52, 16, 32), (52, 78, 3, 3), (78, 82, 20, 20)),  # a lamp
    ((34, 82, 33, 33),),  # a box
    ((26, 38, 14, 30), (38, 68, 30, 30), (68, 82, 30, 14)),  # a can
    ((30, 54, 30, 30), (54, 58, 4, 4), (58, 62, 26, 26), (62, 82, 3, 3)),  # a screen
    ((18, 78, 17, 17), (78, 82, 17, 12)),  # a telephone
)


def picture_of(path: str) -> bytes | None:
    """PNG, in the size that the path asks for; None for a path that names none."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    asked = _SIZE.search(found["options"] or "")
    edge = min(int(asked["edge"]) if asked else _USUAL_EDGE, _MAX_EDGE)
    return _picture(found["id"], edge)


@lru_cache(maxsize=512)
def _picture(name: str, edge: int) -> bytes:
    draw = hashlib.sha256(name.encode()).digest()
    form, hue, saturation = _FORMS[draw[0] % len(_FORMS)], draw[1] / 255, 0.35 + draw[2] / 600
    colours = b"".join(
        (
            b"\xfa\xfa\xf8",
            *(_rgb(hue, saturation, value) for value in (0.78, 0.62, 0.9)),
            b"\xe4\xe4\xe0",
        )
    )
    lines = b"".join(b"\0" + _line(form, y * 100 / edge, edge) for y in range(edge))
    head = struct.pack(">IIBBBBB", edge, edge, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", colours),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _line(form: tuple[tuple[int, int, int, int], ...], y: float, edge: int) -> bytes:
    for top, bottom, above, below in form:
        if top <= y < bottom:
            half = above + (below - above) * (y - top) / (bottom - top)
            return _span(
                edge, (half * 0.3, _LIGHT), (half * 1.2, _BODY), (half * 0.5, _SHADE), half=half
            )
    if 82 <= y < 85:
        return _span(edge, (70, _SHADOW), half=35)
    return bytes([_GROUND]) * edge


def _span(edge: int, *parts: tuple[float, int], half: float) -> bytes:
    """Parts beside each other around the middle; widths in hundredths of the edge."""
    left = round((50 - half) * edge / 100)
    line = bytes([_GROUND]) * left
    for width, colour in parts:
        line += bytes([colour]) * round(width * edge / 100)
    return line[:edge].ljust(edge, bytes([_GROUND]))


def _rgb(hue: float, saturation: float, value: float) -> bytes:
    return bytes(round(part * 255) for part in hsv_to_rgb(hue, saturation, value))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
