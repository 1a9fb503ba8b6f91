"""A task for a reader, and the readers that run."""

from __future__ import annotations

import os
from pathlib import Path

from spiders.site.reading import ReadTask
from spiders.sites.page_urls import Reach

URL = "http://shop.test/"
TASK = ReadTask(
    url=URL,
    content_type="text/html",
    kind="html",
    selectors={"title": "h1::text"},
    item_selector=None,
    next_page_selector=None,
    reach=Reach.of(URL),
    finds_links=False,
    respects_nofollow=True,
)


def children() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == os.getpid() and b"reader_process" in command:
                found.append(int(entry.name))
    return found
