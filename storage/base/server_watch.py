"""Whether MongoDB is there, without asking it: the driver's monitor knows, for all threads at once.

A request that meets a MongoDB that is known to be away is refused at once. If it waited for the
driver's own time-out, a few requests would hold every thread of the process.
"""

from __future__ import annotations

import logging
import threading
import time

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from storage.base.away import MongoAway
from storage.base.connections import Document
from storage.base.sessions import kill_session, session_name

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.25
# What had reached a stopped server's socket runs when the server goes on, and may open a
# transaction again after the first kill.
_SECOND_KILL_SECONDS = 1.0


class ServerAway(MongoAway):
    """MongoDB is known to be away. Raised by ServerWatch; the same call may work a second later."""


class ServerWatch:
    def __init__(self, client: MongoClient[Document]) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._left_open: set[str] = set()

    def is_away(self) -> bool:
        """False also while nothing is known yet: the first request waits for the first connection."""
        topology = self._client.topology_description
        if topology.has_writable_server():
            return False
        servers = topology.server_descriptions().values()
        return any(server.error or server.is_server_type_known for server in servers)

    def require(self) -> None:
        """Raises ServerAway."""
        if self.is_away():
            raise ServerAway("MongoDB is away")

    def leave_open(self, session: ClientSession) -> None:
        """A transaction could not be ended. It is ended, with its locks, when MongoDB is back:
        otherwise it would hold up every writer of the same documents for a minute."""
        with self._lock:
            is_first = not self._left_open
            self._left_open.add(session_name(session))
        if is_first:
            threading.Thread(target=self._end_when_back, name="end-sessions", daemon=True).start()

    def _end_when_back(self) -> None:
        while self.is_away():
            time.sleep(_LOOK_SECONDS)
        with self._lock:
            names, self._left_open = self._left_open, set()
        for pause in (0.0, _SECOND_KILL_SECONDS):
            time.sleep(pause)
            for name in names:
                self._kill(name)

    def _kill(self, name: str) -> None:
        try:
            kill_session(self._client, name)
        except PyMongoError as error:
            # The server ends it by itself, after transactionLifetimeLimitSeconds.
            log.warning("a session was not ended: %s", type(error).__name__)
