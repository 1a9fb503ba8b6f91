"""A job whose rows have pictures, and the pictures of a page."""

from __future__ import annotations

import re
from html import unescape

from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.console.seeded import search_row
from tests.control_api.crawling import end_target

BASE = "https://m.media-amazon.com/images/I/"


def job_with(tenant: Tenant, settlement: Settlement, *names: str, **row: object) -> str:
    job: str = tenant.make_job(targets=["usb hub"])["id"]
    rows = [
        search_row(n, imageUrl=f"{BASE}{name}.jpg", marketplace="US", **row)
        for n, name in enumerate(names)
    ]
    end_target(settlement, job, 0, rows)
    return job


def paths_of_pictures(page: str) -> list[str]:
    return [unescape(path) for path in re.findall(r'<img class="thumb" src="([^"]+)"', page)]
