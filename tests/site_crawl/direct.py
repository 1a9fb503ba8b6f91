"""A direct crawl of a site."""

import json
from pathlib import Path
from typing import Any

from tests.site_crawl.running import LOOPBACK
from tests.spiders.crawling import direct_crawl

TITLE = '{"title": "h1::text"}'


def rows(
    tmp_path: Path,
    url: str,
    *,
    selectors: str = TITLE,
    allowed: str = LOOPBACK,
    browser: str = "",
    **arguments: str,
) -> tuple[list[dict[str, Any]], str]:
    """The rows, and the log."""
    output = tmp_path / "out.json"
    output.unlink(missing_ok=True)
    given = [f"-a{name}={value}" for name, value in arguments.items()]
    done = direct_crawl(
        "site",
        f"-aurl={url}",
        f"-aselectors={selectors}",
        *given,
        "-O",
        str(output),
        ALLOWED_NETWORKS=allowed,
        BROWSER_PATH=browser,
        RETRY_DELAY_SECONDS="0.05",
    )
    found = json.loads(output.read_text())
    # Nothing succeeded, and something failed.
    assert done.returncode == (0 if found else 1), done.stderr
    return found, done.stderr
