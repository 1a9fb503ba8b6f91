"""A real mongod that answers our commands with an error: its own fail point, for our clients alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

# As connections.py names its clients.
_CLIENTS = "azscraper"


@contextmanager
def failing(
    database: Database[Any],
    *commands: str,
    code: int | None = None,
    closes: bool = False,
    times: int | None = None,
    collection: str | None = None,
    labels: Sequence[str] | None = None,
) -> Iterator[None]:
    """`closes`: the server ends the connection instead. `times` None: until the block ends."""
    data: dict[str, Any] = {"failCommands": list(commands), "appName": _CLIENTS}
    if code is not None:
        data["errorCode"] = code
    if closes:
        data["closeConnection"] = True
    if labels is not None:
        data["errorLabels"] = list(labels)
    if collection is not None:
        data["namespace"] = f"{database.name}.{collection}"
    host, port = database.client.address or ("", 0)
    with MongoClient(host, port, directConnection=True) as admin:
        mode: Any = "alwaysOn" if times is None else {"times": times}
        admin.admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": data})
        try:
            yield
        finally:
            admin.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
