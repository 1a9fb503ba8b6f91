"""Pages of results that end after their cards: what follows names the next page."""

from __future__ import annotations

import pytest

from spiders.pages.fetched import Fetched
from spiders.pages.searches.search import SearchPage
from spiders.pages.status import PageStatus

CARDS = (
    '<html lang="en-us"><body><div class="s-main-slot"><div data-component-type="s-search-result"'
    ' data-asin="B0FIXTURE1" data-index="1"><h2>A lamp</h2></div>'
)
NEXT = (
    '<span class="s-pagination-strip"><a class="s-pagination-next" href="?page=2">Next</a></span>'
)


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ("</div><div>", PageStatus.TRUNCATED),
        (f"</div><div>{NEXT}", PageStatus.OK),
        ('</div><div id="navFooter"><div>', PageStatus.OK),
        ("</div></body></html>", PageStatus.OK),
        (f"{NEXT}<div>", PageStatus.TRUNCATED),
    ],
)
def test_a_page_without_its_end_is_whole_only_where_it_names_what_follows(
    after: str, status: PageStatus
) -> None:
    body = f"{CARDS}{after}".encode()
    page = SearchPage(Fetched("https://www.amazon.com/s?k=lamp", 200, {}, body))
    assert page.status is status
