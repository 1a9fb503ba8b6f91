"""Crawl nodes: listing, adding, draining and removing crawl nodes. Admins only, by the route's prefix."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response

from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer, optional_time, text_from_time
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.operator.schemas.admin import NodesAnswer
from control_api.operator.schemas.nodes import (
    AddNodeBody,
    ChangeNodeBody,
    FleetNodeAnswer,
    NodePath,
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
    data = [
        {
            **_crawlers_answer(beating.get(name) or NodeCrawlers(name, False, ())),
            **(_node_answer(node) if (node := nodes.get(name)) else {}),
            "load": _load(beating.get(name), nodes.get(name)),
        }
        for name in sorted({*nodes, *beating})
    ]
    return json_answer({"data": data, "meta": {"total": len(data)}})


@nodes.post(
    "/admin/nodes",
    summary="Add a crawl node",
    responses={201: FleetNodeAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def add_node(body: AddNodeBody) -> Response:
    node = services().nodes.add(
        current_actor(), body.url, username=body.username, password=body.password
    )
    return json_answer({"data": _node_answer(node)}, 201)


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
    return json_answer({"data": _node_answer(node)})


@nodes.delete(
    "/admin/nodes/<name>",
    summary="Remove a crawl node that was added",
    responses={200: OkAnswer, 409: ErrorEnvelope},
)
def remove_node(path: NodePath) -> Response:
    services().nodes.remove(current_actor(), path.name)
    return done()


def _node_answer(node: Node) -> dict[str, Any]:
    health = node.health
    return {
        "name": node.name,
        "url": node.address.url,
        "isConfigured": node.is_configured,
        "draining": node.is_draining,
        "slots": node.slots,
        "health": {
            **{name: health.get(name) for name in ("isUp", "takesWork", "pending", "running")},
            "error": health.get("error"),
            "seenAt": optional_time(health.get("at")),
        },
    }


def _load(crawlers: NodeCrawlers | None, node: Node | None) -> float | None:
    """What the crawler that beat last said; else what the worker heard from spider jobs."""
    beats = (
        [beat for beat in crawlers.beats if beat.age_seconds < FRESH_SECONDS] if crawlers else []
    )
    told = [beat for beat in beats if beat.crawler.load is not None]
    if told:
        return min(told, key=lambda beat: beat.age_seconds).crawler.load
    return node.health.get("load") if node else None


def _crawlers_answer(node: NodeCrawlers) -> dict[str, Any]:
    return {
        "name": node.name,
        "isConfigured": node.is_configured,
        "crawlers": [_crawler_answer(beat) for beat in node.beats],
    }


def _crawler_answer(beat: Beat) -> dict[str, Any]:
    crawler = beat.crawler
    return {
        "id": crawler.owner,
        "spider": crawler.spider,
        "pid": crawler.pid,
        "version": crawler.version,
        "startedAt": text_from_time(datetime.fromtimestamp(crawler.started_at, UTC)),
        "lastBeatSecondsAgo": round(beat.age_seconds, 1),
    }
