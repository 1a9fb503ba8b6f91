"""B4: cookies within one target's own chain of redirects, and no further unless COOKIES says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site_crawl.running import LOOPBACK, hits
from tests.spiders.crawling import direct_crawl

TITLE = '{"title": "h1::text"}'


def titles(tmp_path: Path, url: str, *arguments: str, **variables: str) -> tuple[list[str], str]:
    output = tmp_path / "rows.json"
    output.unlink(missing_ok=True)
    done = direct_crawl(
        "site",
        f"-aurl={url}",
        f"-aselectors={TITLE}",
        "-arespect_robots=false",
        *arguments,
        "-O",
        str(output),
        ALLOWED_NETWORKS=LOOPBACK,
        PAGE_ATTEMPTS="2",
        RETRY_DELAY_SECONDS="0.05",
        **variables,
    )
    return [row["data"]["title"] for row in json.loads(output.read_text())], done.stderr


@pytest.mark.parametrize("follow", ["false", "true"])
@pytest.mark.parametrize("path", ["/cookie", "/cookie-by-way"])
def test_page_that_wants_a_cookie_first_is_read(
    hostile_site: str, tmp_path: Path, path: str, follow: str
) -> None:
    arguments = (f"-afollow_links={follow}", "-amax_pages=5")
    found, log = titles(tmp_path, f"{hostile_site}{path}", *arguments)
    assert found == ["Come in"], log


def test_loop_whose_cookie_stays_the_same_ends_after_five(
    hostile_site: str, tmp_path: Path
) -> None:
    found, log = titles(tmp_path, f"{hostile_site}/cookie-loop")
    assert found == []
    assert "more than 5 redirects" in log
    assert hits(hostile_site)["/cookie-loop"] == 6


@pytest.mark.parametrize(("cookies", "second"), [("chain", "[]"), ("", "[]"), ("job", "[seen=1]")])
def test_cookies_are_carried_to_other_pages_only_where_the_operator_says_so(
    hostile_site: str, tmp_path: Path, cookies: str, second: str
) -> None:
    arguments = ('-anext_page_selector=a[href*="/leaf/"]', "-amax_pages=2")
    output = titles(tmp_path, f"{hostile_site}/shows-cookies/1", *arguments, COOKIES=cookies)
    assert output[0] == ["[]", second]
