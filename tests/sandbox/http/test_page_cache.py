from sandbox.http.gzip_stream import GzipPage
from sandbox.http.page_cache import PageCache


def page(own_bytes: int) -> GzipPage:
    return GzipPage((b"",), 0, own_bytes, 0)


def test_a_page_is_made_once() -> None:
    cache = PageCache(max_bytes=10_000)
    first = cache.get("a", lambda: page(10))
    assert cache.get("a", lambda: page(20)) is first


def test_the_least_recently_used_page_goes_when_bytes_run_out() -> None:
    cache = PageCache(max_bytes=10_000)
    kept = cache.get("a", lambda: page(3000))
    gone = cache.get("b", lambda: page(3000))
    cache.get("a", lambda: page(3000))
    cache.get("c", lambda: page(3000))
    assert cache.get("a", lambda: page(3000)) is kept
    assert cache.get("b", lambda: page(3000)) is not gone


def test_a_page_larger_than_the_cache_is_still_served() -> None:
    cache = PageCache(max_bytes=100)
    assert cache.get("a", lambda: page(5000)).own_bytes == 5000
