"""The nodes collection: crawl nodes that an admin added, and what is decided and known of every node.

A node of SCRAPYD_NODES has its address in the environment; here is only whether it drains, and how it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    """`url` None: the node is one of SCRAPYD_NODES. `health` is what the worker saw last."""

    name: str
    url: str | None
    username: str
    password: str
    slots: int | None
    is_draining: bool
    health: Mapping[str, Any]


class Nodes:
    def __init__(self, database: MongoDatabase) -> None:
        self._nodes = database["nodes"]

    def list_all(self) -> list[NodeEntry]:
        return [_entry_from_document(document) for document in self._nodes.find().sort("_id", 1)]

    def add(self, name: str, *, url: str, username: str, password: str) -> None:
        """Add a node, or give it another password."""
        self._set(name, {"url": url, "username": username, "password": password})

    def remove(self, name: str) -> bool:
        return self._nodes.delete_one({"_id": name}).deleted_count == 1

    def change(
        self, name: str, *, is_draining: bool | None = None, slots: int | None = None
    ) -> None:
        fields: Document = {}
        if is_draining is not None:
            fields["isDraining"] = is_draining
        if slots is not None:
            fields["slots"] = slots
        self._set(name, fields)

    def note_health(self, name: str, health: Mapping[str, Any]) -> None:
        """Does not bring back a node that was removed meanwhile, unless it is a configured one."""
        self._set(name, {"health": {**health, "at": utc_now()}})

    def _set(self, name: str, fields: Document) -> None:
        self._nodes.update_one({"_id": name}, {"$set": fields}, upsert=True)


def _entry_from_document(document: Document) -> NodeEntry:
    return NodeEntry(
        name=document["_id"],
        url=document.get("url"),
        username=document.get("username", ""),
        password=document.get("password", ""),
        slots=document.get("slots"),
        is_draining=document.get("isDraining", False),
        health=document.get("health", {}),
    )
