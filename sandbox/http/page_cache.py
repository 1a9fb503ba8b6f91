"""Finished pages, the least recently used go first; only bytes of their own count."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from sandbox.http.gzip_stream import GzipPage

# A page's tuple, key and bookkeeping, measured with tracemalloc; shared chunks cost a pointer.
_OVERHEAD_BYTES = 900


class PageCache:
    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pages: OrderedDict[Hashable, GzipPage] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], GzipPage]) -> GzipPage:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
            return page
        page = make()
        self._pages[key] = page
        self._bytes += _cost(page)
        while self._bytes > self._max_bytes and len(self._pages) > 1:
            _, oldest = self._pages.popitem(last=False)
            self._bytes -= _cost(oldest)
        return page


def _cost(page: GzipPage) -> int:
    return page.own_bytes + _OVERHEAD_BYTES
