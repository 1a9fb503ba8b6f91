"""Crawl nodes: listing, adding, draining and removing crawl nodes. Admins only, by the route's prefix."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response

from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.operator.schemas.admin import CrawlerOut, NodeOut, NodesAnswer
from control_api.operator.schemas.nodes import (
    AddNodeBody,
    ChangeNodeBody,
    FleetNodeAnswer,
    FleetNodeOut,
    NodePath,
    NodeStateOut,
)
from control_api.services.node_directory import Node
from control_api.services.operator.operations import NodeCrawlers
from control_api.services.records import Beat

# What a crawler said of its node longer ago says nothing of now.
FRESH_SECONDS = 60.0

nodes = dialect_blueprint("nodes", "Crawl nodes. Admins only")


@nodes.get("/admin/nodes", summary="Crawl nodes and their crawlers", responses={200: NodesAnswer})
def list_nodes() -> Response:
    nodes = {node.name: node for node in services().nodes.list_all()}
    beating = {node.name: node for node in services().operations.list_nodes()}
    shown = [
        _listed_node(beating.get(name) or NodeCrawlers(name, False, ()), nodes.get(name))
        for name in sorted({*nodes, *beating})
    ]
    return json_answer(NodesAnswer.of(shown, total=len(shown)))


@nodes.post(
    "/admin/nodes",
    summary="Add a crawl node",
    responses={201: FleetNodeAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def add_node(body: AddNodeBody) -> Response:
    node = services().nodes.add(
        current_actor(), body.url, username=body.username, password=body.password
    )
    return json_answer(_node_answer(node), 201)


@nodes.patch(
    "/admin/nodes/<name>",
    summary="Drain a crawl node, or change its slots",
    description="A node that drains gets no new work; what runs there runs to its end.",
    responses={200: FleetNodeAnswer, 415: ErrorEnvelope},
)
def change_node(path: NodePath, body: ChangeNodeBody) -> Response:
    node = services().nodes.change(
        current_actor(), path.name, is_draining=body.draining, slots=body.slots
    )
    return json_answer(_node_answer(node))


@nodes.delete(
    "/admin/nodes/<name>",
    summary="Remove a crawl node that was added",
    responses={200: OkAnswer, 409: ErrorEnvelope},
)
def remove_node(path: NodePath) -> Response:
    services().nodes.remove(current_actor(), path.name)
    return done()


def _node_answer(node: Node) -> FleetNodeAnswer:
    shown = FleetNodeOut.read(node, url=node.address.url, health=_health(node))
    return FleetNodeAnswer.of(shown)


def _listed_node(crawlers: NodeCrawlers, node: Node | None) -> NodeOut:
    """`node` None: it only beats."""
    told: dict[str, Any] = {
        "crawlers": [_crawler_answer(beat) for beat in crawlers.beats],
        "load": _load(crawlers, node),
    }
    if node is None:
        return NodeOut.read(crawlers, **told)
    return NodeOut.read(node, url=node.address.url, health=_health(node), **told)


def _health(node: Node) -> NodeStateOut:
    seen = node.health
    said = {name: seen.get(name) for name in NodeStateOut.model_fields}
    return NodeStateOut.model_validate({**said, "seenAt": seen.get("at")})


def _load(crawlers: NodeCrawlers, node: Node | None) -> float | None:
    """What the crawler that beat last said; else what the worker heard from spider jobs."""
    beats = [beat for beat in crawlers.beats if beat.age_seconds < FRESH_SECONDS]
    told = [beat for beat in beats if beat.crawler.load is not None]
    if told:
        return min(told, key=lambda beat: beat.age_seconds).crawler.load
    return node.health.get("load") if node else None


def _crawler_answer(beat: Beat) -> CrawlerOut:
    crawler = beat.crawler
    return CrawlerOut.read(
        crawler,
        startedAt=datetime.fromtimestamp(crawler.started_at, UTC),
        lastBeatSecondsAgo=round(beat.age_seconds, 1),
    )
