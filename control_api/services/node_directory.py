"""Crawl nodes: those of SCRAPYD_NODES and those that an admin added, drained or running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from control_api.gateways.scrapyd import PoolNode, Scrapyd
from settings.config import ScrapydNode
from storage.runs.nodes import NodeEntry, Nodes

# scrapyd answers its first schedule.json only after it has listed its spiders, in a process of its own.
_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of the fleet. `slots`: how many dedicated runs it holds at once."""

    address: ScrapydNode
    is_configured: bool
    is_draining: bool
    slots: int
    health: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.address.name


class NodeDirectory:
    """Who is in the fleet now. Clients are kept: each holds its node's connection."""

    def __init__(
        self, nodes: Nodes, configured: Sequence[ScrapydNode], *, default_slots: int
    ) -> None:
        self._nodes = nodes
        self._configured = {node.name: node for node in configured}
        self._default_slots = default_slots
        self._clients: dict[ScrapydNode, Scrapyd] = {}
        self._guard = Lock()

    def nodes(self) -> list[Node]:
        entries = {entry.name: entry for entry in self._nodes.list_all()}
        found = dict(self._configured)
        for entry in entries.values():
            if entry.url is not None:
                found.setdefault(entry.name, ScrapydNode(entry.url, entry.username, entry.password))
        return [
            self._node(address, entries.get(name), is_configured=name in self._configured)
            for name, address in found.items()
        ]

    def find(self, name: str) -> Node | None:
        return next((node for node in self.nodes() if node.name == name), None)

    def client(self, node: ScrapydNode) -> Scrapyd:
        with self._guard:
            if node not in self._clients:
                self._clients[node] = Scrapyd(node, timeout_seconds=_TIMEOUT_SECONDS)
            return self._clients[node]

    def pool_nodes(self) -> list[PoolNode]:
        return [PoolNode(self.client(node.address), node.is_draining) for node in self.nodes()]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def note_health(self, name: str, health: Mapping[str, Any]) -> None:
        self._nodes.note_health(name, health)

    def _node(self, address: ScrapydNode, entry: NodeEntry | None, *, is_configured: bool) -> Node:
        slots = entry.slots if entry and entry.slots is not None else self._default_slots
        return Node(
            address=address,
            is_configured=is_configured,
            is_draining=entry is not None and entry.is_draining,
            slots=slots,
            health=entry.health if entry else {},
        )
