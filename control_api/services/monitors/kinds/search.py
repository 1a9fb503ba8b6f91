from __future__ import annotations

from collections.abc import Hashable

from control_api.services.monitors.kinds.monitor_kind import (
    AskedTarget,
    EndedTarget,
    MonitorKind,
    Rows,
)
from control_api.services.monitors.rules.checks import Check, search_check
from control_api.services.monitors.rules.field_tables import SEARCH_TABLE
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.urls import SearchOptions, search_url
from spiders.types.search import SEARCH


def _watched(target: AskedTarget) -> str | None:
    """The keyword; an address without what nobody searched for where it says more. None where it is that of a
    later page: places are counted from the first one."""
    asked = target.params
    store = MARKETPLACES.get(target.marketplace)
    if asked.get("firstPage", 1) != 1 or store is None:
        return None
    keyword, query = asked.get("keyword"), asked.get("query") or {}
    if keyword and not query:
        return str(keyword)
    return search_url(store, keyword, options=SearchOptions(query=query))


def _key(target: AskedTarget) -> Hashable:
    """The options of the job are no part of it: other options make the places incomparable."""
    asked = target.params
    query = tuple(sorted(asked.get("query", {}).items()))
    return target.marketplace, asked.get("keyword"), asked.get("firstPage", 1), query


def _reads(target: EndedTarget, rows: Rows, failure: str | None) -> Check:
    return search_check(rows, asked=target.params, said=target.search_info, failure=failure)


SEARCHES = MonitorKind(
    type=SEARCH,
    thing="keyword",
    things="keywords",
    asked="keywords or addresses of searches",
    table=SEARCH_TABLE,
    row_fields=("asin", "sponsored", "brand", "page", "warnings", "scrapedAt"),
    watched=_watched,
    found_by=lambda value: {"value": value},
    key=_key,
    reads=_reads,
    places=10,
    max_places=1_000,
    batch=20,
    is_told_in_parts=True,
)
