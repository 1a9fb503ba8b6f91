"""A compressed body is read whole, in whatever layers, or not at all."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.decoding.content_coding import (
    CutBody,
    DamagedBody,
    OversizeBody,
    UnknownCoding,
    codings_from_headers,
    decoded,
    zstd,
)

PAGE = "".join(f"<p>Größe {number} €</p>" for number in range(2_000)).encode()
LIMIT = 4 * 1024 * 1024


def bare_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def compressed_without_size(body: bytes) -> bytes:
    packer = zstd.ZstdCompressor()
    return packer.compress(body[:9_000]) + packer.compress(body[9_000:]) + packer.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd in a stream": ("zstd", compressed_without_size),
}

WHOLE = {name: encode(PAGE) for name, (_, encode) in ENCODERS.items()}


def read(body: bytes, *headers: bytes, max_bytes: int = LIMIT) -> bytes:
    return decoded(body, codings_from_headers(headers), max_bytes=max_bytes)


@pytest.mark.parametrize("name", ENCODERS)
def test_whole_stream_is_read(name: str) -> None:
    coding, encode = ENCODERS[name]
    assert read(encode(PAGE), coding.encode()) == PAGE


@pytest.mark.parametrize("name", ENCODERS)
@given(share=st.floats(0, 1, exclude_max=True))
def test_stream_that_ends_early_is_no_body(name: str, share: float) -> None:
    coding, whole = ENCODERS[name][0], WHOLE[name]
    with pytest.raises(CutBody):
        read(whole[: max(1, int(len(whole) * share))], coding.encode())


@pytest.mark.parametrize("lost", [1, 4, 8])
def test_gzip_without_its_checksum_has_ended_early(lost: int) -> None:
    with pytest.raises(CutBody):
        read(gzip.compress(PAGE)[:-lost], b"gzip")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([b"gzip, br"], brotli.compress(gzip.compress(PAGE))),
        ([b"gzip", b"br"], brotli.compress(gzip.compress(PAGE))),
        ([b"GZIP"], gzip.compress(PAGE)),
        ([b"identity"], PAGE),
        ([b"none"], PAGE),
        ([b""], PAGE),
        # One layer more than declared.
        ([b"gzip"], gzip.compress(gzip.compress(PAGE))),
        ([b"br"], brotli.compress(gzip.compress(PAGE))),
        ([b"gzip"], gzip.compress(zlib.compress(PAGE))),
        ([b"gzip"], gzip.compress(zstd.compress(PAGE))),
        ([], gzip.compress(PAGE)),
        ([], zstd.compress(PAGE)),
        ([], zlib.compress(PAGE)),
        # One layer less.
        ([b"gzip"], PAGE),
        ([b"deflate"], PAGE),
        ([b"br"], PAGE),
        ([b"zstd"], b"\xef\xbb\xbf" + PAGE),
        # Members and frames one after the other, and padding.
        ([b"gzip"], gzip.compress(PAGE[:500]) + gzip.compress(PAGE[500:])),
        ([b"gzip"], gzip.compress(PAGE) + bytes(512)),
        ([b"zstd"], zstd.compress(PAGE[:500]) + zstd.compress(PAGE[500:])),
        ([b"zstd"], b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + zstd.compress(PAGE)),
    ],
)
def test_layers_are_undone_as_they_are_and_not_as_they_are_called(
    headers: list[bytes], body: bytes
) -> None:
    assert read(body, *headers).removeprefix(b"\xef\xbb\xbf") == PAGE


def test_cut_inner_layer_is_no_body_either() -> None:
    inner = gzip.compress(PAGE)
    with pytest.raises(CutBody):
        read(gzip.compress(inner[: len(inner) // 2]), b"gzip")


@pytest.mark.parametrize("text", [b"x\x9c is how it began", b"x^2 + y^2", b"x\x01", b"(\xb5/\xfe"])
def test_text_that_begins_like_a_stream_stays_text(text: bytes) -> None:
    assert read(text) == text


@pytest.mark.parametrize("name", ENCODERS)
def test_bomb_is_given_up_while_it_grows(name: str) -> None:
    coding, encode = ENCODERS[name]
    with pytest.raises(OversizeBody, match="larger than 1000000 bytes"):
        read(encode(bytes(50_000_000)), coding.encode(), max_bytes=1_000_000)


def test_bomb_within_a_bomb_is_given_up() -> None:
    with pytest.raises(OversizeBody):
        read(gzip.compress(gzip.compress(bytes(200_000_000), 1)), b"gzip", max_bytes=1_000_000)


def test_more_layers_than_any_server_sends_are_damage() -> None:
    body = PAGE
    for _ in range(6):
        body = gzip.compress(body)
    with pytest.raises(DamagedBody, match="more than 3 times"):
        read(body, b"gzip")
    with pytest.raises(DamagedBody, match="more than 3 times"):
        read(body, b"gzip, gzip, gzip, gzip")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_damage_is_named_with_its_coding(coding: str) -> None:
    whole = bytearray(ENCODERS[coding][1](PAGE))
    whole[20:40] = bytes(20)
    with pytest.raises(DamagedBody, match=f"its {coding} stream is damaged"):
        read(bytes(whole), coding.encode())


def test_zstd_window_beyond_the_standard_is_refused() -> None:
    # RFC 9659: eight megabytes; what this frame asks for would be taken from every other page.
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(DamagedBody):
        read(packer.compress(PAGE) + packer.flush(), b"zstd")


@pytest.mark.parametrize("coding", [b"compress", b"aws-chunked", b"dcb", b"sdch"])
def test_unknown_coding_is_named(coding: bytes) -> None:
    with pytest.raises(UnknownCoding, match=coding.decode()):
        read(b"\x1f\x9d\x90", coding)


def test_empty_body_is_empty_whatever_its_coding() -> None:
    assert read(b"", b"gzip") == b""


@given(body=st.binary(max_size=300), coding=st.sampled_from([b"gzip", b"deflate", b"br", b"zstd"]))
def test_any_bytes_are_read_or_named(body: bytes, coding: bytes) -> None:
    try:
        read(body, coding)
    except (CutBody, DamagedBody, OversizeBody) as error:
        assert str(error)
