import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from sandbox.http.gzip_stream import GzipAssembler, combine, shared_segment


@given(st.binary(max_size=5000), st.binary(max_size=5000))
def test_combined_crc_is_the_crc_of_the_joined_bytes(first: bytes, second: bytes) -> None:
    assert combine(zlib.crc32(first), shared_segment(second)) == zlib.crc32(first + second)


def test_crc_combines_over_a_megabyte() -> None:
    raw = bytes(range(256)) * 5000
    assert combine(zlib.crc32(b"before"), shared_segment(raw)) == zlib.crc32(b"before" + raw)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=2000)), max_size=8))
def test_any_mix_of_parts_is_one_valid_gzip_member(parts: list[tuple[bool, bytes]]) -> None:
    page = GzipAssembler().page(
        shared_segment(raw) if is_shared else raw for is_shared, raw in parts
    )
    body = b"".join(page.chunks)
    expected = b"".join(raw for _, raw in parts)
    reader = zlib.decompressobj(wbits=31)
    assert reader.decompress(body) == expected
    assert reader.eof and not reader.unused_data
    assert gzip.decompress(body) == expected == page.identity()
    assert (page.length, page.size) == (len(body), len(expected))


def test_pages_of_one_assembler_do_not_refer_to_each_other() -> None:
    assembler = GzipAssembler()
    pages = [assembler.page([b"the same words again and again " * 50]) for _ in range(3)]
    assert {page.identity() for page in reversed(pages)} == {
        b"the same words again and again " * 50
    }


def test_shared_bytes_are_not_copied_into_a_page() -> None:
    shared = shared_segment(b"x" * 10_000)
    page = GzipAssembler().page([b"own", shared])
    assert any(chunk is shared.deflated for chunk in page.chunks)
    assert page.own_bytes < 50


def test_a_last_part_is_added_without_touching_the_page() -> None:
    page = GzipAssembler().page([b"<html>", shared_segment(b"shared" * 100)])
    longer = page.followed_by(b"</html>").followed_by(b"!")
    assert gzip.decompress(b"".join(longer.chunks)) == page.identity() + b"</html>!"
    assert longer.length == sum(map(len, longer.chunks))
    assert longer.size == len(longer.identity())
    assert page.identity() == b"<html>" + b"shared" * 100
