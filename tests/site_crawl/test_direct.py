"""`scrapy crawl site` on a developer's machine: no Redis, no MongoDB."""

from pathlib import Path

import pytest

from tests.site_crawl.conftest import MakeSite
from tests.site_crawl.direct import rows
from tests.site_crawl.running import hits, links_url
from tests.spiders.crawling import direct_crawl


def test_a_followed_crawl_reads_exactly_max_pages_and_each_once(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site("--plain", "--pages=200")
    found, _ = rows(tmp_path, site, follow_links="true", max_pages="40")
    assert len(found) == len({row["url"] for row in found}) == 40
    assert sum(hits(site).values()) == 41
    assert found[0] == {
        "url": site,
        "data": {"title": "Page 0"},
        "depth": 0,
        "engine": "scrapy",
        "scrapedAt": found[0]["scrapedAt"],
        "jobId": None,
    }


CHARSETS = {
    "iso-8859-1": "Größe",
    "cp1252": "Größe",
    "utf-8-sig": "Größe 日本",
    "utf-16": "Größe 日本",
    "meta": "Größe",
    "none": "Größe",
}


def test_every_charset_is_read(make_site: MakeSite, tmp_path: Path) -> None:
    url = links_url(make_site(), [f"/charset/{name}" for name in CHARSETS])
    found, _ = rows(tmp_path, url, follow_links="true", max_pages="20")
    titles = {row["url"].rpartition("/")[2]: row["data"]["title"] for row in found[1:]}
    assert titles == CHARSETS


FAILURES = {
    "/private/1": "ROBOTS_DENIED: robots.txt of the site denies this page",
    "/huge": "PARSE_ERROR: the page is too large",
    "/bomb": "PARSE_ERROR: the body is larger than 8388608 bytes when decoded",
    "/binary": "PARSE_ERROR: not a page: image/png",
    "/missing": "NOT_FOUND: the site has no such page (HTTP 404)",
    "/leaves": "ADDRESS_REFUSED: redirected to a host the job may not visit: ",
    "/to?url=ftp://127.0.0.1/": "ADDRESS_REFUSED: redirected to what is no page",
    "/broken": "SERVER_ERROR: the site answered with a server error (HTTP 500)",
}


def test_what_is_no_page_fails_with_its_reason(make_site: MakeSite, tmp_path: Path) -> None:
    url = links_url(make_site(), FAILURES)
    found, log = rows(tmp_path, url, follow_links="true", max_pages="20")
    assert [row["data"]["title"] for row in found] == ["Links"]
    for path, words in FAILURES.items():
        assert f"{path} failed: {words}" in log


def test_a_page_whose_author_closed_nothing_is_read(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    found, _ = rows(tmp_path, f"{site}/sloppy", selectors='{"row": "div.row b::text"}')
    assert [row["data"] for row in found] == [{"row": "Row 1"}]
    assert hits(site)["/sloppy"] == 1


CUTS = ("gzip", "deflate", "br", "zstd", "length", "chunks", "closed", "html", "xml")


def test_a_page_that_ended_early_is_asked_for_again_and_gives_no_row(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    paths = [f"/cut/{how}" for how in CUTS]
    found, log = rows(
        tmp_path,
        links_url(site, paths),
        selectors='{"rows": "div.row b::text"}',
        follow_links="true",
        max_pages="20",
    )
    assert [row["url"] for row in found] == [links_url(site, paths)]
    asked = hits(site)
    for path in paths:
        assert f"{path} failed: TRUNCATED_PAGE: " in log
        assert asked[path] == 4, "each of PAGE_ATTEMPTS"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/to?url=/to?url=/private/1", "ROBOTS_DENIED: robots.txt of the site denies this page"),
        ("/loop", "PARSE_ERROR: more than 5 redirects"),
    ],
)
def test_redirects_of_a_single_page_are_followed_and_checked_hop_by_hop(
    make_site: MakeSite, tmp_path: Path, path: str, words: str
) -> None:
    found, log = rows(tmp_path, f"{make_site()}{path}")
    assert found == []
    assert f"failed: {words}" in log


def test_robots_are_ignored_on_demand(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    found, _ = rows(tmp_path, f"{site}/private/1", respect_robots="false")
    assert [row["data"]["title"] for row in found] == ["private"]
    assert "/robots.txt" not in hits(site)


def test_a_wrong_argument_stops_the_start_with_one_line(tmp_path: Path) -> None:
    done = direct_crawl("site", "-aurl=http://shop.test/", "-aselectors={h1}")
    assert done.returncode != 0
    assert "selectors is '{h1}'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
