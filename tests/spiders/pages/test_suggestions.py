"""The answer of a store's search field: what it may be, and what is no answer of it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from spiders.items.suggestion import SuggestedDepartment
from spiders.pages.fetched import Fetched
from spiders.pages.status import PageStatus
from spiders.pages.suggestions import SuggestionsPage
from spiders.sites.marketplaces import MARKETPLACES
from spiders.types.suggestions import suggestions_url

URL = suggestions_url(MARKETPLACES["DE"], "büro", None)
KEYWORDS = {
    "alias": "aps",
    "prefix": "büro",
    "suggestions": [
        {
            "suggType": "KeywordSuggestion",
            "type": "KEYWORD",
            "value": "bürostuhl",
            "scopes": [{"type": "ALIAS", "value": "kitchen", "display": "Küche"}, {"type": "ALIAS"}],
        },
        {"type": "WIDGET", "template": "zg"},
        {"type": "KEYWORD", "value": " オフィス\u3000チェア ", "nodes": [{"name": "Büro", "alias": "office"}]},
        {"value": "büro deko"},
    ],
}  # fmt: skip


def page_of(body: Any, *, status: int = 200, kind: str = "application/json", url: str = URL) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    headers = {"content-type": kind}
    return SuggestionsPage(Fetched(url=url, status=status, headers=headers, body=raw), lang="de-DE")


@pytest.mark.parametrize("kind", ["application/json", "text/html;charset=UTF-8", ""])
def test_suggestions_are_read_with_their_departments(kind: str) -> None:
    page = page_of(KEYWORDS, kind=kind)
    assert page.status is PageStatus.OK
    rows = page.rows()
    assert [(row.position, row.suggestion, row.type) for row in rows] == [
        (1, "bürostuhl", "KEYWORD"),
        (2, "オフィス チェア", "KEYWORD"),
        (3, "büro deko", None),
    ]
    assert rows[0].departments == [SuggestedDepartment("Küche", "kitchen")]
    assert rows[1].departments == [SuggestedDepartment("Büro", "office")]
    assert rows[2].departments is None
    assert {(row.prefix, row.department, row.marketplace) for row in rows} == {("büro", None, "DE")}
    assert all(row.scrapedAt and row.parserVersion and row.sourceUrl == URL for row in rows)


def test_the_department_that_was_asked_for_stands_on_each_row() -> None:
    url = suggestions_url(MARKETPLACES["JP"], "椅子", "kitchen")
    assert "mid=A1VC38T7YXB528" in url
    (row, *_) = page_of(KEYWORDS, url=url).rows()
    assert (row.prefix, row.department) == ("椅子", "kitchen")


def test_no_suggestions_are_a_success_without_rows() -> None:
    page = page_of({"prefix": "zzqx", "suggestions": []})
    assert (page.status, page.rows()) == (PageStatus.NO_RESULTS, [])


CAPTCHA = b'<html><form action="/errors/validateCaptcha"><img src="/captcha/x.jpg"></form></html>'


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        (CAPTCHA, 200, PageStatus.CAPTCHA),
        (KEYWORDS, 503, PageStatus.THROTTLED),
        (KEYWORDS, 404, PageStatus.NOT_FOUND),
        (b"", 200, PageStatus.EMPTY_UNEXPLAINED),
        (b"{}", 200, PageStatus.NOT_HTML),
        (b'{"suggestions": "none"}', 200, PageStatus.NOT_HTML),
        (b'["suggestions"]', 200, PageStatus.NOT_HTML),
        (json.dumps(KEYWORDS).encode()[:-9], 200, PageStatus.NOT_HTML),
        (b"[" * 100_000, 200, PageStatus.NOT_HTML),
    ],
)
def test_what_is_no_answer_of_a_search_field_gives_no_row(
    body: Any, status: int, found: PageStatus
) -> None:
    is_page = isinstance(body, bytes) and body.startswith(b"<")
    page = page_of(body, status=status, kind="text/html" if is_page else "application/json")
    assert (page.status, page.rows()) == (found, [])


def test_no_mangled_answer_breaks_the_reader_or_gives_a_row_without_words() -> None:
    draw = random.Random(7)
    whole = json.dumps(KEYWORDS, ensure_ascii=False)
    junk = ["null", "7", "[]", "{}", '"x"', "true", "[[]]", '{"value": 7}', ""]
    for _ in range(400):
        pieces = whole.split(",")
        for _ in range(draw.randrange(1, 4)):
            at = draw.randrange(len(pieces))
            name, colon, _ = pieces[at].partition(":")
            pieces[at] = f"{name}{colon}{draw.choice(junk)}" if colon else draw.choice(junk)
        page = page_of(",".join(pieces).encode())
        for position, row in enumerate(page.rows(), start=1):
            assert row.suggestion and isinstance(row.suggestion, str)
            assert row.position == position
