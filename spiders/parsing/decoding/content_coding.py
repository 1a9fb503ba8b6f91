"""Undoes Content-Encoding: gzip, deflate, br and zstd (RFC 9110, 8878, 9659), strictly and within a limit.

A stream that ends before its own end mark is not a body (`CutBody`): what it gave until then looks
like a page and lacks its second half. Decoding goes step by step, so that a caller with an event
loop can let others run between two steps.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP_BYTES = 256 * 1024
# Servers that compress twice exist; more layers are a trap.
MAX_LAYERS = 3

_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_NO_CODING = frozenset({"", "identity", "none"})
_NAMES = {"x-gzip": "gzip", "x-deflate": "deflate"}
# RFC 9659: a content coding may ask for no larger window, and so for no more memory.
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}


class BadBody(ValueError):
    """The body cannot be used; the message says why, without quoting it."""


class CutBody(BadBody):
    """It ends before its own end. Another try may bring all of it."""


class DamagedBody(BadBody):
    """It is not what its Content-Encoding says."""


class OversizeBody(BadBody):
    """It is larger than allowed when decoded."""


class UnknownCoding(BadBody):
    """Its Content-Encoding is one that we do not read."""


def codings_from_headers(values: Iterable[bytes]) -> list[str]:
    """The names in the Content-Encoding headers, in the order in which they were applied."""
    parts = [part for value in values for part in value.decode("latin-1").split(",")]
    names = [part.strip().lower() for part in parts]
    return [_NAMES.get(name, name) for name in names if name not in _NO_CODING]


def decoded(body: bytes, codings: Sequence[str], *, max_bytes: int) -> bytes:
    """The body without `codings`, and without a further layer that nobody declared; raises BadBody."""
    steps = decoding(body, codings, max_bytes=max_bytes)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            whole: bytes = end.value
            return whole


def decoding(
    body: bytes, codings: Sequence[str], *, max_bytes: int
) -> Generator[None, None, bytes]:
    """`decoded` in steps of STEP_BYTES."""
    if len(codings) > MAX_LAYERS:
        raise DamagedBody(f"the body is compressed more than {MAX_LAYERS} times over")
    for coding in reversed(codings):
        body = yield from _without(body, coding, max_bytes)
    for _ in range(MAX_LAYERS):
        undeclared = undeclared_coding(body)
        if undeclared is None:
            return body
        body = yield from _without(body, undeclared, max_bytes)
    raise DamagedBody(f"the body is compressed more than {MAX_LAYERS} times over")


def beginning(body: bytes, codings: Sequence[str], *, max_bytes: int) -> bytes:
    """The first bytes of a body that was left off in the middle; raises BadBody."""
    for coding in reversed(codings):
        read = _READERS.get(coding)
        if read is None:
            raise UnknownCoding(f"its Content-Encoding is {coding[:40]!r}")
        whole = bytearray()
        with suppress(CutBody, zlib.error, brotli.error, zstd.ZstdError):
            for part in read(body):
                whole += part
                if len(whole) > max_bytes:
                    break
        body = bytes(whole)
    return body[:max_bytes]


def undeclared_coding(body: bytes) -> str | None:
    """The coding that the first bytes prove; brotli has no such mark."""
    if body.startswith(_GZIP_MAGIC):
        return "gzip"
    if body.startswith(_ZSTD_MAGIC):
        return "zstd"
    # Two letters may begin a text as well: then the stream is none.
    return "deflate" if body.startswith(_ZLIB_HEADS) and _begins_zlib(body) else None


def _without(body: bytes, coding: str, max_bytes: int) -> Generator[None, None, bytes]:
    parts = _READERS.get(coding)
    if parts is None:
        raise UnknownCoding(
            f"its Content-Encoding is {coding[:40]!r}; {', '.join(_READERS)} can be read"
        )
    if not body:
        return body
    whole = bytearray()
    try:
        for part in parts(body):
            whole += part
            if max_bytes and len(whole) > max_bytes:
                raise OversizeBody(f"the body is larger than {max_bytes} bytes when decoded")
            yield
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        if not whole and _is_markup(body):
            # Declared to be compressed, and never was.
            return body
        raise DamagedBody(f"its {coding} stream is damaged") from error
    return bytes(whole)


def _inflated(body: bytes, bits: int) -> Iterator[bytes]:
    """zlib's three containers. A gzip body may be several members; what else follows is padding."""
    while True:
        stream = zlib.decompressobj(bits)
        part = stream.decompress(body, STEP_BYTES)
        while part or (stream.unconsumed_tail and not stream.eof):
            yield part
            part = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, STEP_BYTES)
        if not stream.eof:
            raise CutBody("the compressed body ends before its end")
        body = stream.unused_data
        if bits != _GZIP_BITS or not body.startswith(_GZIP_MAGIC):
            return


_GZIP_BITS = 31
_ZLIB_BITS = 15
_RAW_BITS = -15


def _gunzipped(body: bytes) -> Iterator[bytes]:
    return _inflated(body, _GZIP_BITS)


def _undeflated(body: bytes) -> Iterator[bytes]:
    """`deflate` means zlib's container; some servers send the bare stream."""
    return _inflated(body, _ZLIB_BITS if body.startswith(_ZLIB_HEADS) else _RAW_BITS)


def _unbrotlied(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    part = stream.process(body, output_buffer_limit=STEP_BYTES)
    while part:
        yield part
        part = b"" if stream.is_finished() else _more_brotli(stream)
    if not stream.is_finished():
        raise CutBody("the compressed body ends before its end")


def _more_brotli(stream: Any) -> bytes:
    part: bytes = stream.process(b"", output_buffer_limit=STEP_BYTES)
    return part


def _unzstd(body: bytes) -> Iterator[bytes]:
    """One frame after the other; one that can be skipped gives nothing."""
    while body:
        stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
        part = stream.decompress(body, STEP_BYTES)
        while part or not (stream.eof or stream.needs_input):
            yield part
            part = b"" if stream.eof else stream.decompress(b"", STEP_BYTES)
        if not stream.eof:
            raise CutBody("the compressed body ends before its end")
        body = stream.unused_data


_READERS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
    "zstd": _unzstd,
}


def _begins_zlib(body: bytes) -> bool:
    try:
        return bool(zlib.decompressobj(_ZLIB_BITS).decompress(body[:1024], 1024))
    except zlib.error:
        return False


def _is_markup(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
