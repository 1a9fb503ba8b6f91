"""MongoDB sessions that outlive their process.

A process that is killed inside a transaction leaves the transaction open on the server, with its
locks, for a minute by default (transactionLifetimeLimitSeconds): every other crawler that settles
targets of the same job would wait for it. So each crawler writes in one session whose name it tells
with its heartbeat, and the worker ends the sessions of crawlers that fell silent.
"""

from __future__ import annotations

from bson.binary import UUID_SUBTYPE, Binary
from pymongo import MongoClient
from pymongo.client_session import ClientSession

from storage.base.connections import Document


def open_session(client: MongoClient[Document]) -> ClientSession:
    """For one thread, and for as long as the process lives."""
    return client.start_session()


def session_name(session: ClientSession) -> str:
    return bytes(session.session_id["id"]).hex()


def kill_session(client: MongoClient[Document], name: str) -> None:
    """End what the session is doing. Harmless when it does nothing, or is unknown."""
    identity = Binary(bytes.fromhex(name), UUID_SUBTYPE)
    client.admin.command("killSessions", [{"id": identity}])
