"""Several writes that hold together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from storage.connections import Document

T = TypeVar("T")

# For callers that hand a transaction's session on without knowing the driver.
Session = ClientSession


def in_transaction(
    client: MongoClient[Document],
    work: Callable[[ClientSession], T],
    session: ClientSession | None = None,
) -> T:
    """Run `work` in one majority-committed transaction, in `session` or one of its own.

    `work` may run several times (write conflicts, a lost primary): it must have no effect but its
    writes. Raises what `work` raises, with nothing written.
    """
    if session is None:
        with client.start_session() as own:
            return in_transaction(client, work, own)
    return session.with_transaction(
        work,
        read_concern=ReadConcern("snapshot"),
        write_concern=WriteConcern(w="majority", j=True),
        read_preference=ReadPreference.PRIMARY,
    )


class Transactions:
    """`in_transaction` with its client."""

    def __init__(self, client: MongoClient[Document]) -> None:
        self._client = client

    def run(self, work: Callable[[ClientSession], T]) -> T:
        return in_transaction(self._client, work)
