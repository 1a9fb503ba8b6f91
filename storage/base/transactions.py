"""Several writes that hold together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from storage.base.away import mongo_errors
from storage.base.connections import Document
from storage.base.server_watch import ServerAway, ServerWatch

T = TypeVar("T")

# A commit may be repeated: the server knows whether it has done it.
_COMMIT_TRIES = 5

# For callers that hand a transaction's session on without knowing the driver.
Session = ClientSession


def in_transaction(
    client: MongoClient[Document],
    work: Callable[[ClientSession], T],
    session: ClientSession | None = None,
    *,
    watch: ServerWatch | None = None,
) -> T:
    """Run `work` in one majority-committed transaction, in `session` or one of its own.

    `work` may run several times (write conflicts, a lost primary): it must have no effect but its
    writes. Raises what `work` raises, with nothing written.
    Raises StorageAway, with nothing written unless its commit was under way, when waiting can help.
    Without `watch` it waits up to two minutes for a MongoDB that is away. With it, it raises
    ServerAway as soon as that is known; when the commit was under way, it may have been written.
    """
    if session is None:
        with client.start_session() as own:
            return in_transaction(client, work, own, watch=watch)
    with mongo_errors():
        return session.with_transaction(
            work if watch is None else _giving_up(work, watch),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern(w="majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )


def _giving_up(
    work: Callable[[ClientSession], T], watch: ServerWatch
) -> Callable[[ClientSession], T]:
    """`work` with its commit, so that neither is repeated while MongoDB is known to be away."""

    def attempt(session: ClientSession) -> T:
        watch.require()
        try:
            value = work(session)
            _commit(session, watch)
        except ConnectionFailure as error:
            if watch.is_away():
                watch.leave_open(session)
                raise ServerAway(f"MongoDB went away: {error}") from error
            raise
        return value

    return attempt


def _commit(session: ClientSession, watch: ServerWatch) -> None:
    for tries_left in reversed(range(_COMMIT_TRIES)):
        try:
            session.commit_transaction()
            return
        except PyMongoError as error:
            is_unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not (is_unknown and tries_left) or watch.is_away():
                raise


class Transactions:
    """`in_transaction` with its client."""

    def __init__(self, client: MongoClient[Document], *, watch: ServerWatch | None = None) -> None:
        self._client = client
        self._watch = watch

    def run(self, work: Callable[[ClientSession], T]) -> T:
        return in_transaction(self._client, work, watch=self._watch)
