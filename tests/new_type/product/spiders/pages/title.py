from __future__ import annotations

from spiders.items.title import TitleRow

from spiders.pages.classify import PageKind, page_status
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.reading import PageReading
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.sites.urls import asin_from_path


class TitlePage:
    def __init__(self, fetched: Fetched, *, asin: str) -> None:
        self._asin = asin
        self._document = Document(fetched)
        self.status = page_status(fetched, kind=PageKind.DETAIL, document=self._document)

    def item(self) -> TitleRow | None:
        if self.status is not PageStatus.OK:
            return None
        title = self._document.text_of("productTitle")
        return TitleRow(asin=self._asin, title=title, letters=len(title or ""))


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    page = TitlePage(fetched, asin=asin_from_path(url) or "")
    item = page.item()
    return PageReading(status=page.status, items=[item] if item else [], summary="a title")


def where_fields_are_read() -> dict[str, str]:
    return {}
