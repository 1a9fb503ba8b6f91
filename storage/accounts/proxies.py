"""The proxies collection: the operator's own proxies, with their credentials.

They stay in MongoDB and in the memory of crawlers; everyone else is shown `masked_url`. How each of
them fares is in Redis: see proxy_states.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from settings.addresses import Address, address_from_text
from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id
from storage.base.transactions import Session

_SHORT_SECRET = 4


class ProxyExists(ValueError):
    """Raised by `insert`: this proxy with these credentials is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """`url` is scheme://[user:password@]host:port, user and password percent-encoded."""

    id: str
    url: str = field(repr=False)
    created_at: datetime

    @property
    def masked_url(self) -> str:
        scheme, rest = self.url.split("://")
        _, at, host = rest.rpartition("@")
        return f"{scheme}://{'***@' if at else ''}{host}"

    def hide_credentials(self, text: str) -> str:
        """`text` of somebody who may have quoted the URL, without user and password."""
        credentials = self.url.partition("://")[2].rpartition("@")[0]
        if not credentials:
            return text
        address = address_from_text(self.url, ("http", "https"))
        user, password = address.username, address.password
        secrets = {credentials, f"{user}:{password}", user, password, *credentials.split(":")}
        secrets.discard("")
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORT_SECRET:
                text = text.replace(secret, "***")
            else:
                # A user called "u" is no part of every word with that letter.
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
        return text


def fault_of_credentials(address: Address) -> str | None:
    """Why crawlers cannot send them: RFC 7617 has no name with a colon, and no common charset."""
    user, password = address.username, address.password
    if (password and not user) or ":" in user or not (user + password).isascii():
        return "must hold a user name and password of ASCII characters, or neither"
    if not (user + password).isprintable():
        return "must hold a user name and password without control characters"
    return None


class Proxies:
    def __init__(self, database: MongoDatabase) -> None:
        self._proxies = database["proxies"]

    def list_all(self) -> list[Proxy]:
        return [_proxy_from_document(found) for found in self._proxies.find().sort("_id", 1)]

    def find(self, proxy_id: str) -> Proxy | None:
        found = self._proxies.find_one({"_id": proxy_id})
        return _proxy_from_document(found) if found else None

    def insert(self, url: str, *, session: Session) -> Proxy:
        document = {"_id": new_id(), "url": url, "createdAt": utc_now()}
        try:
            self._proxies.insert_one(document, session=session)
        except DuplicateKeyError:
            # Its own words hold the URL.
            raise ProxyExists from None
        return _proxy_from_document(document)

    def remove(self, proxy_id: str, *, session: Session) -> bool:
        return self._proxies.delete_one({"_id": proxy_id}, session=session).deleted_count == 1


def _proxy_from_document(document: Document) -> Proxy:
    return Proxy(id=document["_id"], url=document["url"], created_at=document["createdAt"])
