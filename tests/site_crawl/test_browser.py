"""Pages that need script. Needs the playwright package and a Chromium on the machine."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.site_crawl.conftest import MakeSite
from tests.site_crawl.direct import rows
from tests.site_crawl.running import hits


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("engine", ["auto", "playwright"])
def test_a_page_that_needs_script_is_read_by_the_browser(
    make_site: MakeSite, tmp_path: Path, engine: str
) -> None:
    site = make_site("--pages=20")
    found, log = rows(tmp_path, f"{site}/script", engine=engine, follow_links="true", max_pages="2")
    assert [(row["data"]["title"], row["depth"]) for row in found] == [
        ("By script", 0),
        ("Page 7", 1),
    ], log
    # `auto` asks the browser for the pages that need it alone.
    last = "scrapy" if engine == "auto" else "playwright"
    assert [row["engine"] for row in found] == ["playwright", last]
    assert hits(site)["/script"] == 1


@pytest.mark.usefixtures("browser")
def test_the_browser_reaches_no_refused_address(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site("--pages=20")
    port = site.rpartition(":")[2]
    hosts = ["127.0.0.1", "localhost", "2130706433", "[::1]"]
    query = [("to", f"http://{host}:{port}/p/1?{host}") for host in hosts]
    query += [("to", "http://169.254.169.254/"), ("ws", f"ws://127.0.0.1:{port}/p/2")]
    found, log = rows(
        tmp_path,
        f"{site}/script?{urlencode(query)}",
        engine="playwright",
        allowed="127.0.0.1/32",
    )
    assert [row["data"]["title"] for row in found] == ["By script"]
    asked = hits(site)
    # WebSockets are not even asked about: the browser has no way out of its own.
    assert "/p/2" not in asked
    assert "/p/1?[::1]" not in asked
    assert asked["/p/1?127.0.0.1"] == 1
    assert "asked for http://169.254.169.254/: ADDRESS_REFUSED" in log
    assert f"asked for http://[::1]:{port}/p/1?[::1]: ADDRESS_REFUSED" in log


def test_without_a_browser_auto_stays_with_http_and_playwright_says_so(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site("--pages=20")
    found, _ = rows(tmp_path, f"{site}/script", engine="auto", browser="/nowhere/chromium")
    assert [(row["data"]["title"], row["engine"]) for row in found] == [(None, "scrapy")]
    found, log = rows(tmp_path, f"{site}/script", engine="playwright", browser="/nowhere/chromium")
    assert found == []
    assert "failed: PARSE_ERROR: this machine has no browser" in log
