"""A followed list as a page shows it: who stands on it now, and the course of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from control_api.console.monitors.price_chart import Chart, place_chart_of
from control_api.http.context import current_actor, services
from control_api.services.monitors.histories.histories import HistoryWanted
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from control_api.services.monitors.kinds.registry import KINDS
from control_api.services.monitors.rules.field_tables import PLACE
from control_api.services.monitors.rules.lists.listings import Entry, Listing
from control_api.services.records import Monitor, Watch


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """`place` None: an advertisement. `is_own`: one of the monitor's products."""

    entry: Entry
    place: int | None
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """`chart`: the course of `item`, of lists in which places count."""

    kind: MonitorKind
    places: Sequence[ShownPlace]
    depth: int
    is_partial: bool
    item: str | None
    chart: Chart | None


def list_view_of(watch: Watch, monitor: Monitor, item: str | None) -> ListView:
    """`item` None: the first of the monitor's products, else who stands first."""
    kind, actor = KINDS[monitor.kind], current_actor()
    seen = services().standings.find(actor, watch.id, None)
    listing = seen.listing if seen is not None else Listing(entries=())
    own = list(monitor.rules.asins)
    chosen = item or next(
        iter([*own, *(one.key for one in listing.entries if not one.is_ad)]), None
    )
    chart = None
    if chosen is not None and kind.table.has_places:
        name = f"{PLACE}:{chosen}"
        history = services().histories.steps(actor, watch.id, HistoryWanted(fields=[name]))
        chart = place_chart_of(history, name)
    return ListView(
        kind=kind,
        places=_places(listing, own),
        depth=listing.depth,
        is_partial=listing.is_partial,
        item=chosen,
        chart=chart,
    )


def _places(listing: Listing, own: Sequence[str]) -> list[ShownPlace]:
    found: list[ShownPlace] = []
    place = 0
    for one in listing.entries:
        place += not one.is_ad
        found.append(ShownPlace(one, None if one.is_ad else place, one.key in own))
    return found
