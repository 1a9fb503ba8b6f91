from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from control_api.services.monitors.kinds.monitor_kind import (
    AskedTarget,
    EndedTarget,
    MonitorKind,
    Rows,
)
from control_api.services.monitors.rules.checks import Check, ranked_check
from control_api.services.monitors.rules.field_tables import RANKED_TABLE
from spiders.sites.bestsellers import MAX_RANK
from spiders.types.bestsellers import BESTSELLERS


def _path(target: AskedTarget) -> str:
    """As a target's text: it names the list and the category, in no language."""
    return urlsplit(target.url).path.strip("/")


def _found_by(path: str) -> dict[str, Any]:
    return {"url": {"$regex": rf"^https://[^/]+/{re.escape(path)}(\?|$)"}}


def _reads(target: EndedTarget, rows: Rows, failure: str | None) -> Check:
    return ranked_check(rows, asked=target.params, failure=failure)


LISTS = MonitorKind(
    type=BESTSELLERS,
    thing="list",
    things="lists",
    asked="categories or addresses of lists",
    table=RANKED_TABLE,
    row_fields=("asin", "rank", "byline", "warnings", "scrapedAt"),
    watched=_path,
    found_by=_found_by,
    key=lambda target: (target.marketplace, _path(target)),
    reads=_reads,
    places=MAX_RANK,
    max_places=MAX_RANK,
    batch=50,
    is_told_in_parts=True,
)
