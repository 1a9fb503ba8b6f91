from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from control_api.azscraper.schemas.monitors.standings import (
    GroupShareOut,
    PlacementOut,
    PlacementsAnswer,
    PlacementsMeta,
    PlacementsQuery,
    ShareAnswer,
    ShareQuery,
)
from control_api.azscraper.schemas.monitors.watches import WatchIdPath
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.monitors.histories.standings import SharesFound
from control_api.services.monitors.rules.lists.listings import Listing
from control_api.services.monitors.rules.shares import GroupShare, Part

standings = dialect_blueprint("standings", "Who stands where on a followed list")


@standings.get(
    "/watches/<id>/placements",
    summary="List who stood where on a list",
    responses={200: PlacementsAnswer},
)
def list_placements(path: WatchIdPath, query: PlacementsQuery) -> Response:
    seen = services().standings.find(current_actor(), path.id, query.at)
    listing = seen.listing if seen else Listing(entries=())
    meta = PlacementsMeta.read(listing, at=seen.at if seen else None)
    return json_answer(PlacementsAnswer.of(list(_placements(listing)), meta=meta))


@standings.get(
    "/watches/<id>/share", summary="Get the shares of a list", responses={200: ShareAnswer}
)
def get_share(path: WatchIdPath, query: ShareQuery) -> Response:
    found = services().standings.shares(current_actor(), path.id, query.wanted)
    groups = [_group_answer(found, one) for one in found.groups]
    return json_answer(ShareAnswer.of(groups, meta=found))


def _placements(listing: Listing) -> Iterator[PlacementOut]:
    place = 0
    for position, one in enumerate(listing.entries, 1):
        place += not one.is_ad
        yield PlacementOut.read(one, place=None if one.is_ad else place, position=position)


def _group_answer(found: SharesFound, share: GroupShare) -> GroupShareOut:
    spans = [
        {
            "at": start,
            **{part.value: share.cells[part][number].mean for part in Part},
            "observed": share.cells[Part.ALL][number].observed,
        }
        for number, start in enumerate(found.edges[:-1])
    ]
    return GroupShareOut.read(share, spans=spans)
