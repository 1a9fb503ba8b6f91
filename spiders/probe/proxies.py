"""The exits that a probe is to try: proxies typed on the command line, or the operator's stored ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from settings.addresses import BadAddress, address_from_text, masked
from settings.config import Config
from storage.accounts.proxies import Proxies, Proxy, fault_of_credentials
from storage.base.clock import utc_now
from storage.base.connections import connect_mongo, open_database

_PORT = re.compile(r":[0-9]+\Z")


class BadProxy(ValueError):
    """The text is no proxy's address; the message says what one looks like, and hides a password."""


def proxies_from_texts(texts: Sequence[str]) -> list[Proxy]:
    return [_proxy_from_text(text.strip(), number) for number, text in enumerate(texts, start=1)]


def stored_proxies(config: Config) -> list[Proxy]:
    """Raises BadProxy where the operator has none, StorageAway."""
    with closing(connect_mongo(config)) as client:
        found = Proxies(open_database(client, config)).list_all()
    if not found:
        raise BadProxy("no proxy is stored; add some with POST /admin/proxies, or give --proxy URL")
    return found


def _proxy_from_text(text: str, number: int) -> Proxy:
    form = "must be http://[user:password@]host:port, with the port"
    # Without a scheme, what stands before a colon may be a user, and after it a password.
    shown = masked(text) if "://" in text else text.rpartition("@")[2].partition(":")[0]
    try:
        address = address_from_text(text, ("http", "https"))
    except BadAddress as error:
        raise BadProxy(f"--proxy {shown[:100]} {form}: {error}") from None
    if address.rest not in ("", "/") or not _PORT.search(address.hosts):
        raise BadProxy(f"--proxy {shown[:100]} {form}")
    if (fault := fault_of_credentials(address)) is not None:
        raise BadProxy(f"--proxy {shown[:100]} {fault}")
    return Proxy(id=f"probe-{number}", url=address.url, created_at=utc_now())
