"""Bounds of a download: headers, speed."""

from __future__ import annotations

import re
import time
import urllib.request
from pathlib import Path

import pytest

from tests.site_crawl.running import LOOPBACK, hits
from tests.spiders.crawling import direct_crawl


def outcome(url: str, respects_robots: str = "false", **variables: str) -> str:
    done = direct_crawl(
        "site",
        f"-aurl={url}",
        '-aselectors={"title": "h1::text"}',
        f"-arespect_robots={respects_robots}",
        ALLOWED_NETWORKS=LOOPBACK,
        RETRY_DELAY_SECONDS="0.05",
        **variables,
    )
    found = re.search(rf"{re.escape(url)} failed: (.*)", done.stderr)
    rows = "'item_scraped_count': 1" in done.stderr
    return found[1] if found else "a row" if rows else done.stderr


@pytest.mark.parametrize("size", [9_000, 60_000])
def test_long_header_line_is_read(hostile_site: str, size: int) -> None:
    assert outcome(f"{hostile_site}/long-line?{size}") == "a row"


@pytest.mark.parametrize(
    ("path", "variables", "words"),
    [
        ("/long-line?70000", {}, "sent a header line of more than 65536 bytes"),
        ("/large-line", {}, "sent a header line of more than 65536 bytes"),
        (
            "/long-line?9000",
            {"MAX_HEADER_LINE_BYTES": "8000"},
            "sent a header line of more than 8000 bytes",
        ),
        ("/large-head", {}, "sent headers of more than 262144 bytes"),
        (
            "/long-line?9000",
            {"MAX_HEADER_BYTES": "8000"},
            "sent headers of more than 8000 bytes",
        ),
    ],
)
def test_headers_beyond_the_limit_fail_at_once_and_are_named(
    hostile_site: str, path: str, variables: dict[str, str], words: str
) -> None:
    found = outcome(f"{hostile_site}{path}", **variables)
    assert found == f"PARSE_ERROR: 127.0.0.1 {words}"
    assert hits(hostile_site)[path] == 1, "another try would change nothing"


@pytest.mark.slow
def test_drip_is_given_up_after_ten_seconds(hostile_site: str) -> None:
    started = time.monotonic()
    found = outcome(f"{hostile_site}/drip", PAGE_ATTEMPTS="1")
    assert found == "TIMEOUT: 127.0.0.1 sent less than 500 bytes a second"
    assert 10 <= time.monotonic() - started < 20


def test_drip_of_headers_ends_with_the_limit_of_the_download(hostile_site: str) -> None:
    found = outcome(f"{hostile_site}/dripping-head", PAGE_ATTEMPTS="1", REQUEST_TIMEOUT_SECONDS="2")
    assert found == "TIMEOUT: 127.0.0.1 did not send its answer within 2 s"


ROBOTS = "User-agent: *\nDisallow: /deep\n"


@pytest.mark.parametrize(
    ("robots", "is_denied"),
    [
        (b"\xef\xbb\xbf" + ROBOTS.encode(), True),
        (ROBOTS.encode("utf-16"), True),
        (ROBOTS.encode() + b"# filler\n" * 1_000_000, True),
        (b"# filler\n" * 100_000 + ROBOTS.encode(), False),
        (b"<html>not found</html>", False),
    ],
)
def test_robots_file_is_read_as_it_is_written(
    hostile_site: str, tmp_path: Path, robots: bytes, is_denied: bool
) -> None:
    (tmp_path / "robots.txt").write_bytes(robots)
    urllib.request.urlopen(f"{hostile_site}/set-robots?{tmp_path}/robots.txt").close()
    found = outcome(f"{hostile_site}/deep", "true")
    assert found == (
        "ROBOTS_DENIED: robots.txt of the site denies this page" if is_denied else "a row"
    )


def test_robots_file_behind_endless_redirects_is_none(hostile_site: str) -> None:
    urllib.request.urlopen(f"{hostile_site}/set-robots?loop").close()
    assert outcome(f"{hostile_site}/deep", "true") == "a row"
