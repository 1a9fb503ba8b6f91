"""The local site in a process of its own, and page jobs for a farm to crawl it."""

import json
import re
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from deploy.embedded.children import start_child, stop_child
from spiders.sites.page_urls import host_of, page_key
from storage.base.records import NewJob, NewTarget
from storage.queue.seed_keys import site_group
from tests.crash.farm import ORGANIZATION

READY = re.compile(rb"listening on (http://\S+)")
SELECTORS = {"title": "h1::text", "price": "span.price::text"}
LOOPBACK = "127.0.0.0/8"


@contextmanager
def running_site(folder: Path, *options: str) -> Iterator[str]:
    log = folder / "site.log"
    child = start_child([sys.executable, "-m", "tests.site_crawl.server", *options], log=log)
    try:
        deadline = time.monotonic() + 20
        while not (found := READY.search(log.read_bytes())):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield found[1].decode()
    finally:
        stop_child(child)


def hits(site_url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{site_url}/__hits") as answer:
        return json.load(answer)


def links_url(site_url: str, targets: Iterable[str]) -> str:
    """A page of the site that links to each of `targets`."""
    return f"{site_url}/links?{urlencode([('to', target) for target in targets])}"


def page_job(url: str, **params: Any) -> NewJob:
    """A page job as the API submits one."""
    return page_list_job([url], **params)


def page_list_job(
    urls: Sequence[str], *, organization: str = ORGANIZATION, **params: Any
) -> NewJob:
    """One that names several pages, each a target."""
    seed = {"selectors": SELECTORS, "maxPages": 1, "depth": 0, **params}
    return NewJob(
        organization_id=organization,
        project_id="a-project",
        kind="page",
        spider="site",
        config={},
        targets=[
            NewTarget(url, url, site_group(host_of(url)), seed, key=page_key(url)) for url in urls
        ],
        target_limit=max(len(urls), seed["maxPages"]),
    )
