"""One gzip member put together from parts: shared parts are deflated once, own parts per page.

Every part is raw deflate ended with Z_FULL_FLUSH: byte-aligned and without references to what came
before, so parts may follow each other in any order. The checksum of a shared part is folded in
with zlib's crc32_combine, which Python does not expose.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_FINAL_BLOCK = b"\x03\x00"
_POLYNOMIAL = 0xEDB88320

Matrix = tuple[int, ...]
Shift = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A shared part. `shift` moves a running crc32 over `size` zero bytes."""

    deflated: bytes
    crc: int
    size: int
    shift: Shift


@dataclass(frozen=True, slots=True)
class GzipPage:
    """A whole gzip body as chunks, most of them shared with other pages."""

    chunks: tuple[bytes, ...]
    length: int
    own_bytes: int
    size: int
    crc: int = 0

    def followed_by(self, part: bytes) -> "GzipPage":
        """The page with a last part of its own, below 64 kB; all else stays shared.

        A stored block: a deflate stream for some hundred bytes costs more than the page's lookup.
        """
        stored = struct.pack("<BHH", 0, len(part), len(part) ^ 0xFFFF) + part
        size = self.size + len(part)
        crc = zlib.crc32(part, self.crc)
        chunks = (*self.chunks[:-1], stored, _trailer(crc, size))
        length = self.length + len(stored)
        return GzipPage(chunks, length, self.own_bytes + len(stored), size, crc)

    def identity(self) -> bytes:
        return zlib.decompress(b"".join(self.chunks), wbits=31)


def _trailer(crc: int, size: int) -> bytes:
    return _FINAL_BLOCK + struct.pack("<II", crc, size & 0xFFFFFFFF)


def _times(matrix: Matrix, vector: int) -> int:
    total = 0
    row = 0
    while vector:
        if vector & 1:
            total ^= matrix[row]
        vector >>= 1
        row += 1
    return total


@lru_cache(maxsize=64)
def _power_of_two_bytes(exponent: int) -> Matrix:
    """The operator that appends 2**exponent zero bytes to a crc32."""
    if exponent == -3:
        return (_POLYNOMIAL, *(1 << bit for bit in range(31)))
    half = _power_of_two_bytes(exponent - 1)
    return tuple(_times(half, row) for row in half)


def _zeros_operator(size: int) -> Matrix:
    operator: Matrix = tuple(1 << bit for bit in range(32))
    for exponent in range(size.bit_length()):
        if size >> exponent & 1:
            step = _power_of_two_bytes(exponent)
            operator = tuple(_times(step, row) for row in operator)
    return operator


def shift_tables(size: int) -> Shift:
    operator = _zeros_operator(size)
    tables = [
        tuple(_times(operator, value << place) for value in range(256)) for place in (0, 8, 16, 24)
    ]
    return tables[0], tables[1], tables[2], tables[3]


def combine(crc: int, segment: Segment) -> int:
    """crc32 of (what gave `crc`) + (the segment's bytes)."""
    low, second, third, high = segment.shift
    return (
        low[crc & 255]
        ^ second[crc >> 8 & 255]
        ^ third[crc >> 16 & 255]
        ^ high[crc >> 24]
        ^ segment.crc
    )


def shared_segment(raw: bytes, *, level: int = 6) -> Segment:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    deflated = packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)
    return Segment(deflated, zlib.crc32(raw), len(raw), shift_tables(len(raw)))


class GzipAssembler:
    """Keeps one deflate stream open: a full flush resets its window, so its memory is reused."""

    def __init__(self, *, level: int = 1) -> None:
        self._packer = zlib.compressobj(level, zlib.DEFLATED, -15)

    def page(self, parts: Iterable[Segment | bytes]) -> GzipPage:
        chunks = [HEADER]
        crc = size = own = 0
        for part in parts:
            if isinstance(part, Segment):
                chunks.append(part.deflated)
                crc = combine(crc, part)
                size += part.size
            elif part:
                deflated = self._packer.compress(part) + self._packer.flush(zlib.Z_FULL_FLUSH)
                chunks.append(deflated)
                own += len(deflated)
                crc = zlib.crc32(part, crc)
                size += len(part)
        chunks.append(_trailer(crc, size))
        return GzipPage(tuple(chunks), sum(map(len, chunks)), own, size, crc)
