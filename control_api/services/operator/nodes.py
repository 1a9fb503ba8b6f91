"""What an admin does with crawl nodes."""

from __future__ import annotations

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import Conflict, InvalidInput, NotFound
from control_api.services.node_directory import Node, NodeDirectory
from settings.addresses import BadAddress, address_from_text
from settings.config import ScrapydNode
from storage.runs.nodes import Nodes


class NodeService:
    """What an admin does with nodes."""

    def __init__(self, nodes: Nodes, directory: NodeDirectory, *, audit: AuditTrail) -> None:
        self._nodes = nodes
        self._directory = directory
        self._audit = audit

    def list_all(self) -> list[Node]:
        return self._directory.nodes()

    def add(self, actor: Actor, url: str, *, username: str, password: str) -> Node:
        """New work goes there as soon as it has answered a few times."""
        node = _node_from_url(url, username, password)
        if self._directory.find(node.name) is not None:
            raise Conflict(f"There is a node {node.name} already")
        self._nodes.add(node.name, url=node.url, username=node.username, password=node.password)
        self._audit.record(actor, "node.added", entity_id=node.name, entity_name=node.name)
        return self._get(node.name)

    def change(
        self, actor: Actor, name: str, *, is_draining: bool | None, slots: int | None
    ) -> Node:
        """A node that drains gets no new work, and what runs there runs to its end."""
        self._get(name)
        self._nodes.change(name, is_draining=is_draining, slots=slots)
        metadata = {"isDraining": is_draining, "slots": slots}
        self._audit.record(
            actor, "node.changed", entity_id=name, entity_name=name, metadata=metadata
        )
        return self._get(name)

    def remove(self, actor: Actor, name: str) -> None:
        """Runs that it still has are taken back when they fall silent; drain it first."""
        if self._get(name).is_configured:
            raise Conflict(f"{name} is in SCRAPYD_NODES: take it out there")
        self._nodes.remove(name)
        self._audit.record(actor, "node.removed", entity_id=name, entity_name=name)

    def _get(self, name: str) -> Node:
        node = self._directory.find(name)
        if node is None:
            raise NotFound("Node not found")
        return node


def _node_from_url(url: str, username: str, password: str) -> ScrapydNode:
    """In the URL user and password are encoded; by themselves they are as scrapyd.conf has them."""
    form = "url must be like http://10.0.0.5:6800 or http://user:password@10.0.0.5:6800"
    try:
        address = address_from_text(url, ("http", "https"))
    except BadAddress as error:
        raise InvalidInput(f"{form}: {error}") from None
    if address.rest not in ("", "/"):
        raise InvalidInput(f"{form}: it must end after the host and port")
    has_own = bool(address.username or address.password)
    if has_own and (username or password):
        raise InvalidInput("give user and password in the url or by themselves, not both")
    return ScrapydNode(
        f"{address.scheme}://{address.hosts}",
        address.username if has_own else username,
        address.password if has_own else password,
    )
