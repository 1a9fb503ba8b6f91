"""The exits that a probe is to try: proxies typed on the command line, or the operator's stored ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from urllib.parse import urlsplit

from settings.config import Config
from storage.clock import utc_now
from storage.connections import connect_mongo, open_database
from storage.proxies import Proxies, Proxy


class BadProxy(ValueError):
    """The text is no proxy's address; the message says what one looks like, and hides a password."""


def proxies_from_texts(texts: Sequence[str]) -> list[Proxy]:
    return [_proxy_from_text(text.strip(), number) for number, text in enumerate(texts, start=1)]


def stored_proxies(config: Config) -> list[Proxy]:
    """Raises BadProxy where the operator has none, StorageUnavailable."""
    with closing(connect_mongo(config)) as client:
        found = Proxies(open_database(client, config)).list_all()
    if not found:
        raise BadProxy("no proxy is stored; add some with POST /admin/proxies, or give --proxy URL")
    return found


def _proxy_from_text(text: str, number: int) -> Proxy:
    shown = text.rpartition("@")[2]
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadProxy(f"--proxy …{shown[:100]!r} is no address with a port: {error}") from error
    has_more = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not port or has_more:
        raise BadProxy(
            f"--proxy {shown[:100]!r} must be http://[user:password@]host:port, with the port"
        )
    return Proxy(id=f"probe-{number}", url=f"{parts.scheme}://{parts.netloc}", created_at=utc_now())
