from __future__ import annotations

import struct
import zlib

import pytest

from sandbox.goods.pictures import picture_of


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("options", "edge"),
    [("_SL160_.", 160), ("_AC_SX425_.", 425), ("", 500), ("_AC_.", 500), ("_SL9999_.", 1500)],
)
def test_a_picture_has_the_size_that_its_address_asks_for(options: str, edge: int) -> None:
    picture = picture_of(f"/images/I/41abc.{options}jpg")
    assert picture is not None and size_of(picture) == (edge, edge)


def test_every_line_of_a_picture_is_whole() -> None:
    for number in range(40):
        picture = picture_of(f"/images/I/41abc{number}._SL160_.jpg")
        assert picture is not None and len(picture) < 1_000
        begin = picture.index(b"IDAT") + 4
        (length,) = struct.unpack(">I", picture[begin - 8 : begin - 4])
        assert len(zlib.decompress(picture[begin : begin + length])) == 160 * 161


def test_a_thing_looks_always_the_same_and_not_as_all_others() -> None:
    def draw(name: str) -> bytes | None:
        return picture_of(f"/images/I/{name}._SL160_.jpg")

    assert draw("41abc") == draw("41abc")
    assert len({draw(f"41abc{number}") for number in range(20)}) == 20


@pytest.mark.parametrize(
    "path", ["/images/I/", "/images/I/.jpg", "/images/I/a", "/images/I/a/b.jpg"]
)
def test_a_path_that_names_no_picture_has_none(path: str) -> None:
    assert picture_of(path) is None
